/* SPDX-License-Identifier: MIT */
/* A reader: which requests go on from each other, and of which pieces a reply is made. */
#include "stream/loaders.h"

#include "base/error.h"
#include "dataset/source_reads.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#define RECOUNT_MS 20

/* Whether nobody wants the answer any more is looked at so often. */
#define INTERRUPTED_MS 100

/* Requests are looked at for gaps once they span this much. */
#define SPAN_MIN ((uint64_t)512 << 10)

static void unlink_reader(struct trfs_shard_reader *reader)
{
	struct trfs_read_ahead *ahead = reader->ahead;

	if (reader->newer)
		reader->newer->older = reader->older;
	else
		ahead->latest = reader->older;
	if (reader->older)
		reader->older->newer = reader->newer;
	else
		ahead->oldest = reader->newer;
}

static void link_reader(struct trfs_shard_reader *reader)
{
	struct trfs_read_ahead *ahead = reader->ahead;

	reader->newer = NULL;
	reader->older = ahead->latest;
	if (ahead->latest)
		ahead->latest->newer = reader;
	else
		ahead->oldest = reader;
	ahead->latest = reader;
}

static void note_use(struct trfs_shard_reader *reader)
{
	reader->used_ms = trfs_clock_ms();
	if (reader->ahead->latest == reader)
		return;
	unlink_reader(reader);
	link_reader(reader);
}

unsigned int trfs_read_ahead_nr_active(struct trfs_read_ahead *ahead)
{
	uint64_t now = trfs_clock_ms();
	unsigned int nr = 0;

	if (now - ahead->counted_ms < RECOUNT_MS)
		return ahead->nr_active;
	for (const struct trfs_shard_reader *r = ahead->latest;
	     r && now - r->used_ms < TRFS_READER_ACTIVE_MS; r = r->older)
		nr += r->nr_reads > 0;
	ahead->nr_active = nr ? nr : 1;
	ahead->counted_ms = now;
	return ahead->nr_active;
}

int trfs_shard_reader_open(struct trfs_read_ahead *ahead, const struct trfs_view *view,
			   uint32_t shard, void (*closed)(void *user), void *user,
			   struct trfs_shard_reader **ret, struct trfs_error *err)
{
	struct trfs_shard_reader *reader = calloc(1, sizeof(*reader));
	int rc;

	if (!reader)
		return trfs_fail_memory(err, "an open shard");
	rc = trfs_view_shard_size(view, shard, &reader->size, err);
	if (rc < 0) {
		free(reader);
		return rc;
	}
	reader->ahead = ahead;
	reader->view = view;
	reader->shard = shard;
	reader->closed = closed;
	reader->user = user;
	trfs_read_ahead_lock(ahead);
	reader->used_ms = trfs_clock_ms();
	link_reader(reader);
	/* Where readers take whole shards, the storage can begin before they do. */
	if (reader->size > 0 && trfs_pace_trusts_readers(&ahead->pace) &&
	    trfs_pace_is_cold(&ahead->pace))
		trfs_shard_reader_plan(reader, 0, 0);
	trfs_read_ahead_unlock(ahead);
	*ret = reader;
	return 0;
}

void trfs_shard_reader_close(struct trfs_shard_reader *reader)
{
	struct trfs_read_ahead *ahead = reader->ahead;

	trfs_read_ahead_lock(ahead);
	reader->is_closed = true;
	reader->nr_inside++;
	if (reader->size > 0)
		trfs_pace_note_closed(&ahead->pace, reader->next >= reader->size);
	trfs_shard_reader_forget(reader);
	unlink_reader(reader);
	trfs_shard_reader_leave(reader);
	trfs_read_ahead_unlock(ahead);
}

void trfs_shard_reader_leave(struct trfs_shard_reader *reader)
{
	if (--reader->nr_inside > 0 || !reader->is_closed)
		return;
	reader->older = reader->ahead->ended;
	reader->ahead->ended = reader;
}

/* Whether most of what lies between the requests so far was asked for. */
static bool reads_most(const struct trfs_shard_reader *reader)
{
	return reader->run_bytes >= (reader->next - reader->run_start) / 2;
}

static bool is_run(struct trfs_shard_reader *reader)
{
	bool is_long = reader->next - reader->run_start > SPAN_MIN;

	if (reader->is_doubted)
		reader->is_doubted = !is_long || !reads_most(reader);
	else
		reader->is_doubted = is_long && !reads_most(reader);
	return !reader->is_doubted;
}

static bool is_near(const struct trfs_shard_reader *reader, uint64_t offset)
{
	return offset <= reader->next + TRFS_READER_REORDERED &&
	       offset + TRFS_READER_REORDERED >= reader->next;
}

/* True where the request goes on from those before, or begins the shard. */
static bool goes_on(struct trfs_shard_reader *reader, uint64_t offset, uint64_t end)
{
	if (is_near(reader, offset)) {
		reader->nr_reads++;
		reader->run_bytes += end - offset;
		reader->next = reader->next > end ? reader->next : end;
		if (is_run(reader))
			return true;
		if (reads_most(reader))
			return false;
	}
	trfs_shard_reader_forget(reader);
	reader->nr_reads = 0;
	reader->run_start = offset;
	reader->run_bytes = end - offset;
	reader->next = end;
	return false;
}

static struct trfs_planned_chunk *chunk_at(const struct trfs_shard_reader *reader,
					   uint64_t offset, uint64_t *ret_next)
{
	*ret_next = UINT64_MAX;
	for (struct trfs_planned_chunk *p = reader->chunks; p; p = p->next) {
		if (offset < p->chunk->start) {
			*ret_next = p->chunk->start;
			break;
		}
		if (offset < p->chunk->end)
			return p;
	}
	return NULL;
}

static void add_part(struct trfs_reply *reply, struct trfs_chunk *chunk, uint64_t start,
		     uint64_t end)
{
	reply->chunks[reply->nr] = chunk;
	reply->parts[reply->nr++] =
		(struct iovec){ .iov_base = chunk->data + (start - chunk->start),
				.iov_len = (size_t)(end - start) };
	reply->len += (size_t)(end - start);
}

/* Into memory of the reply's own. */
static int add_window(struct trfs_shard_reader *reader, struct trfs_reply *reply,
		      uint64_t start, uint64_t end, struct trfs_error *err)
{
	struct trfs_read_ahead *ahead = reader->ahead;
	struct trfs_chunk *own = trfs_read_ahead_add(reader, start, end);
	int rc;

	if (!own)
		return trfs_fail_memory(err, "a reply");
	ahead->counts.nr_by_window++;
	rc = trfs_chunk_fill(ahead, own, err);
	if (rc == 0)
		add_part(reply, own, start, end);
	else
		trfs_read_ahead_drop(ahead, own);
	return rc;
}

/* For so long at most, one of its images is slow, and the others should not be. */
static bool is_worth_waiting(const struct trfs_chunk *chunk)
{
	return chunk->state == TRFS_CHUNK_LOADING &&
	       trfs_clock_ms() - chunk->loading_ms <= TRFS_SLOW_READ_MS;
}

/* Have the chunk ready, or known to be read by window; -EINTR. */
static int await(struct trfs_read_ahead *ahead, struct trfs_chunk *chunk,
		 const _Atomic bool *interrupted)
{
	if (chunk->state == TRFS_CHUNK_QUEUED)
		trfs_chunk_load(ahead, chunk);
	else if (chunk->state == TRFS_CHUNK_LOADING)
		ahead->counts.nr_waits++;
	while (is_worth_waiting(chunk)) {
		if (interrupted && atomic_load(interrupted))
			return -EINTR;
		trfs_clock_wait_until(&chunk->changed, &ahead->lock,
				      trfs_clock_ms() + INTERRUPTED_MS);
	}
	return 0;
}

/* Append what stands at @start, at most up to @end; @ret_end: where that ended. */
static int add_next(struct trfs_shard_reader *reader, struct trfs_reply *reply,
		    uint64_t start, uint64_t end, const _Atomic bool *interrupted,
		    uint64_t *ret_end, struct trfs_error *err)
{
	uint64_t next;
	struct trfs_planned_chunk *planned = chunk_at(reader, start, &next);
	struct trfs_chunk *chunk;
	int rc;

	*ret_end = end;
	if (reply->nr == TRFS_REPLY_PARTS_MAX - 1)
		return add_window(reader, reply, start, end, err);
	if (!planned) {
		*ret_end = next < end ? next : end;
		return add_window(reader, reply, start, *ret_end, err);
	}
	chunk = planned->chunk;
	*ret_end = chunk->end < end ? chunk->end : end;
	/* Others may forget what is planned while this waits; not the chunk. */
	planned->nr_served += *ret_end - start;
	chunk->nr_users++;
	rc = await(reader->ahead, chunk, interrupted);
	if (rc == 0 && chunk->state == TRFS_CHUNK_READY) {
		add_part(reply, chunk, start, *ret_end);
		return 0;
	}
	trfs_read_ahead_drop(reader->ahead, chunk);
	return rc < 0 ? trfs_fail(err, rc, "interrupted")
		      : add_window(reader, reply, start, *ret_end, err);
}

int trfs_shard_reader_read(struct trfs_shard_reader *reader, uint64_t offset, size_t len,
			   const _Atomic bool *interrupted, struct trfs_reply *ret,
			   struct trfs_error *err)
{
	struct trfs_read_ahead *ahead = reader->ahead;
	uint64_t left = offset < reader->size ? reader->size - offset : 0;
	uint64_t end = offset + (left < len ? left : len);
	int rc = 0;

	ret->nr = 0;
	ret->len = 0;
	trfs_read_ahead_lock(ahead);
	reader->nr_inside++;
	note_use(reader);
	if (offset < end && goes_on(reader, offset, end))
		trfs_shard_reader_plan(reader, offset, end);
	while (offset < end && rc == 0)
		rc = add_next(reader, ret, offset, end, interrupted, &offset, err);
	trfs_shard_reader_forget_served(reader);
	trfs_read_ahead_unlock(ahead);
	return rc;
}

void trfs_reply_done(struct trfs_shard_reader *reader, struct trfs_reply *reply)
{
	struct trfs_read_ahead *ahead = reader->ahead;

	trfs_read_ahead_lock(ahead);
	for (int i = 0; i < reply->nr; i++)
		trfs_read_ahead_drop(ahead, reply->chunks[i]);
	reply->nr = 0;
	trfs_shard_reader_leave(reader);
	trfs_read_ahead_unlock(ahead);
}

bool trfs_read_ahead_age(struct trfs_read_ahead *ahead)
{
	trfs_read_ahead_lock(ahead);
	while (trfs_read_ahead_make_room(ahead))
		;
	trfs_read_ahead_unlock(ahead);
	return trfs_chunk_memory_trim(&ahead->memory);
}
