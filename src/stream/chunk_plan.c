/* SPDX-License-Identifier: MIT */
/*
 * Which chunks a reader has.  Where chunks begin depends on the shard alone: at the first
 * record that starts at or behind each multiple of 128 KiB.  So readers of one shard can
 * share them, wherever they began.
 */
#include "stream/loaders.h"

#include <stdlib.h>

#define CHUNK_LEN     (UINT64_C(128) << 10)
#define CHUNK_LEN_MAX (UINT64_C(8) << 20)

/* Chunks that were passed over are kept this long behind the last byte asked for. */
#define KEPT_BEHIND (2 * TRFS_READER_REORDERED)

static void forget_first(struct trfs_shard_reader *reader)
{
	struct trfs_planned_chunk *first = reader->chunks;

	reader->chunks = first->next;
	if (!reader->chunks)
		reader->last_chunk = NULL;
	trfs_read_ahead_drop(reader->ahead, first->chunk);
	free(first);
}

void trfs_shard_reader_forget(struct trfs_shard_reader *reader)
{
	while (reader->chunks)
		forget_first(reader);
}

void trfs_shard_reader_forget_served(struct trfs_shard_reader *reader)
{
	while (reader->chunks &&
	       (reader->chunks->nr_served >= trfs_chunk_len(reader->chunks->chunk) ||
		reader->chunks->chunk->end + KEPT_BEHIND < reader->next))
		forget_first(reader);
}

bool trfs_read_ahead_make_room(struct trfs_read_ahead *ahead)
{
	uint64_t now = trfs_clock_ms();

	for (struct trfs_shard_reader *r = ahead->oldest;
	     r && now - r->used_ms > TRFS_READER_ACTIVE_MS; r = r->newer) {
		if (r->chunks) {
			trfs_shard_reader_forget(r);
			return true;
		}
	}
	return false;
}

/* The first record at or behind @offset; false where the index cannot be asked. */
static bool find_border(struct trfs_shard_reader *reader, uint64_t offset, uint64_t *ret)
{
	struct trfs_record_place place;

	*ret = reader->size;
	if (offset >= reader->size)
		return true;
	if (trfs_view_find(reader->view, &reader->cursor, reader->shard, offset, &place,
			   NULL) < 0)
		return false;
	*ret = place.offset == offset ? offset : place.offset + place.size;
	return true;
}

/* Where the chunk starts that byte @offset is in. */
static bool find_start(struct trfs_shard_reader *reader, uint64_t offset, uint64_t *ret)
{
	struct trfs_record_place place;

	if (trfs_view_find(reader->view, &reader->cursor, reader->shard, offset, &place,
			   NULL) < 0)
		return false;
	return find_border(reader, place.offset / CHUNK_LEN * CHUNK_LEN, ret);
}

/* The same chunk, of another reader of the shard. */
static struct trfs_chunk *find_shared(const struct trfs_shard_reader *reader,
				      uint64_t start, uint64_t end)
{
	for (struct trfs_chunk *c = reader->ahead->all.first; c; c = c->all.next)
		if (c->start == start && c->end == end &&
		    c->reader->view == reader->view &&
		    c->reader->shard == reader->shard && c->state != TRFS_CHUNK_BY_WINDOW)
			return c;
	return NULL;
}

static struct trfs_chunk *take_chunk(struct trfs_shard_reader *reader, uint64_t start,
				     uint64_t end)
{
	struct trfs_read_ahead *ahead = reader->ahead;
	struct trfs_chunk *chunk = find_shared(reader, start, end);

	if (chunk) {
		chunk->nr_users++;
		ahead->counts.nr_shared++;
		return chunk;
	}
	chunk = trfs_read_ahead_add(reader, start, end);
	if (!chunk)
		return NULL;
	if (end - start > CHUNK_LEN_MAX) {
		/* Nothing will be loaded for it. */
		chunk->state = TRFS_CHUNK_BY_WINDOW;
		ahead->nr_bytes -= chunk->nr_counted;
		chunk->nr_counted = 0;
		return chunk;
	}
	trfs_chunk_list_add(&ahead->all, chunk);
	trfs_chunk_list_add(&ahead->queue, chunk);
	return chunk;
}

/* Append the chunk that starts where the last one ends. */
static bool plan_next(struct trfs_shard_reader *reader)
{
	struct trfs_planned_chunk *planned = calloc(1, sizeof(*planned));
	uint64_t start = reader->planned;
	uint64_t end;

	if (planned && find_border(reader, (start / CHUNK_LEN + 1) * CHUNK_LEN, &end) &&
	    end > start)
		planned->chunk = take_chunk(reader, start, end);
	if (!planned || !planned->chunk) {
		free(planned);
		return false;
	}
	if (reader->last_chunk)
		reader->last_chunk->next = planned;
	else
		reader->chunks = planned;
	reader->last_chunk = planned;
	reader->planned = end;
	return true;
}

/* Have the plan begin no later than at @offset, if it is empty. */
static bool begin_at(struct trfs_shard_reader *reader, uint64_t offset)
{
	bool goes_on = reader->planned >= offset && reader->nr_reads > 1 &&
		       reader->planned <= offset + TRFS_READER_REORDERED;

	return reader->chunks || goes_on || find_start(reader, offset, &reader->planned);
}

void trfs_shard_reader_plan(struct trfs_shard_reader *reader, uint64_t offset,
			    uint64_t end)
{
	struct trfs_read_ahead *ahead = reader->ahead;
	unsigned int nr_active = trfs_read_ahead_nr_active(ahead);
	uint64_t target =
		end + trfs_pace_bytes_ahead(&ahead->pace, nr_active, reader->nr_reads);

	if (!begin_at(reader, offset))
		return;
	target = target < reader->size ? target : reader->size;
	while (reader->planned < target) {
		if (reader->planned >= end && ahead->nr_bytes >= TRFS_PACE_BYTES_MAX &&
		    !trfs_read_ahead_make_room(ahead))
			break;
		if (!plan_next(reader))
			break;
	}
	trfs_loaders_wake(ahead);
}
