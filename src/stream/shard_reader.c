/* SPDX-License-Identifier: MIT */
/*
 * A reader: which requests go on from each other, what is planned ahead of them, and of
 * which pieces a reply is made.
 */
#include "stream/loaders.h"

#include "base/error.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#define CHUNK_LEN     (256u * 1024u)
#define CHUNK_LEN_MAX (UINT64_C(8) << 20)

/* Requests of one front-to-back reader reach us out of order, and this far apart. */
#define REORDERED ((uint64_t)2 << 20)

/* Chunks that were passed over are kept this long behind the last byte asked for. */
#define KEPT_BEHIND (2 * REORDERED)

/* A reader that was not asked for this long is not being read. */
#define ACTIVE_MS  250
#define RECOUNT_MS 20

/* --- The list of readers ------------------------------------------------------------ */

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

unsigned int trfs_read_ahead_nr_active(struct trfs_read_ahead *ahead)
{
	uint64_t now = trfs_read_ahead_now_ms();
	unsigned int nr = 0;

	if (now - ahead->counted_ms < RECOUNT_MS)
		return ahead->nr_active;
	for (const struct trfs_shard_reader *r = ahead->latest;
	     r && now - r->used_ms < ACTIVE_MS; r = r->older)
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
	pthread_mutex_lock(&ahead->lock);
	link_reader(reader);
	pthread_mutex_unlock(&ahead->lock);
	*ret = reader;
	return 0;
}

void trfs_shard_reader_close(struct trfs_shard_reader *reader)
{
	struct trfs_read_ahead *ahead = reader->ahead;

	pthread_mutex_lock(&ahead->lock);
	reader->is_closed = true;
	reader->nr_inside++;
	trfs_shard_reader_forget(reader);
	unlink_reader(reader);
	trfs_shard_reader_leave(reader);
	pthread_mutex_unlock(&ahead->lock);
}

void trfs_shard_reader_leave(struct trfs_shard_reader *reader)
{
	struct trfs_read_ahead *ahead = reader->ahead;

	if (--reader->nr_inside > 0 || !reader->is_closed)
		return;
	/* Closing a view may take locks of its own. */
	pthread_mutex_unlock(&ahead->lock);
	reader->closed(reader->user);
	free(reader);
	pthread_mutex_lock(&ahead->lock);
}

/* --- Its chunks --------------------------------------------------------------------- */

static void forget_first(struct trfs_shard_reader *reader)
{
	struct trfs_chunk *chunk = reader->chunks;

	reader->chunks = chunk->next;
	if (!reader->chunks)
		reader->last_chunk = NULL;
	if (chunk->state == TRFS_CHUNK_QUEUED)
		trfs_chunk_queue_remove(&reader->ahead->queue, chunk);
	trfs_read_ahead_drop(reader->ahead, chunk);
}

void trfs_shard_reader_forget(struct trfs_shard_reader *reader)
{
	while (reader->chunks)
		forget_first(reader);
}

/* Those in front that nobody will ask for again. */
static void forget_served(struct trfs_shard_reader *reader)
{
	while (reader->chunks &&
	       (reader->chunks->nr_served >= trfs_chunk_len(reader->chunks) ||
		reader->chunks->end + KEPT_BEHIND < reader->next))
		forget_first(reader);
}

/* Where the chunk that starts at @start ends; 0 where the index cannot be asked. */
static uint64_t find_end(struct trfs_shard_reader *reader, uint64_t start)
{
	struct trfs_record_place place;

	if (reader->size - start <= CHUNK_LEN)
		return reader->size;
	if (trfs_view_find(reader->view, &reader->cursor, reader->shard,
			   start + CHUNK_LEN, &place, NULL) < 0)
		return 0;
	return place.offset > start ? place.offset : place.offset + place.size;
}

static bool add_chunk(struct trfs_shard_reader *reader)
{
	struct trfs_read_ahead *ahead = reader->ahead;
	uint64_t start = reader->planned;
	uint64_t end = find_end(reader, start);
	struct trfs_chunk *chunk =
		end > start ? trfs_chunk_new(reader, start, end) : NULL;

	if (!chunk)
		return false;
	if (reader->last_chunk)
		reader->last_chunk->next = chunk;
	else
		reader->chunks = chunk;
	reader->last_chunk = chunk;
	reader->planned = end;
	if (end - start > CHUNK_LEN_MAX) {
		chunk->state = TRFS_CHUNK_BY_WINDOW;
		return true;
	}
	chunk->nr_counted = end - start;
	ahead->nr_bytes += chunk->nr_counted;
	trfs_chunk_queue_add(&ahead->queue, chunk);
	return true;
}

/* Make room by what was loaded for readers that stopped; false where there is none. */
static bool make_room(struct trfs_read_ahead *ahead)
{
	uint64_t now = trfs_read_ahead_now_ms();

	for (struct trfs_shard_reader *r = ahead->oldest;
	     r && now - r->used_ms > ACTIVE_MS; r = r->newer) {
		if (r->chunks) {
			trfs_shard_reader_forget(r);
			return true;
		}
	}
	return false;
}

/* Where the first chunk for byte @offset starts. */
static bool begin_at(struct trfs_shard_reader *reader, uint64_t offset)
{
	struct trfs_record_place place;

	if (reader->planned >= offset && reader->planned <= offset + REORDERED &&
	    reader->nr_reads > 1)
		return true;
	if (trfs_view_find(reader->view, &reader->cursor, reader->shard, offset, &place,
			   NULL) < 0)
		return false;
	reader->planned = place.offset;
	return true;
}

/* Chunks for [@offset, @end), and as far beyond as pays. */
static void plan(struct trfs_shard_reader *reader, uint64_t offset, uint64_t end)
{
	struct trfs_read_ahead *ahead = reader->ahead;
	unsigned int nr_active = trfs_read_ahead_nr_active(ahead);
	uint64_t target =
		end + trfs_pace_bytes_ahead(&ahead->pace, nr_active, reader->nr_reads);

	if (!reader->chunks && !begin_at(reader, offset))
		return;
	target = target < reader->size ? target : reader->size;
	while (reader->planned < target) {
		if (reader->planned >= end && ahead->nr_bytes >= TRFS_PACE_BYTES_MAX &&
		    !make_room(ahead))
			break;
		if (!add_chunk(reader))
			break;
	}
	trfs_loaders_wake(ahead);
}

/* True where the request goes on from those before, or begins the shard. */
static bool goes_on(struct trfs_shard_reader *reader, uint64_t offset, uint64_t end)
{
	bool is_near =
		offset <= reader->next + REORDERED && offset + REORDERED >= reader->next;

	if (!is_near || (reader->next == 0 && offset > REORDERED)) {
		trfs_shard_reader_forget(reader);
		reader->nr_reads = 0;
		reader->next = end;
		return false;
	}
	reader->nr_reads++;
	reader->next = reader->next > end ? reader->next : end;
	return true;
}

/* --- Replies ------------------------------------------------------------------------ */

static struct trfs_chunk *chunk_at(const struct trfs_shard_reader *reader,
				   uint64_t offset, uint64_t *ret_next)
{
	*ret_next = UINT64_MAX;
	for (struct trfs_chunk *c = reader->chunks; c; c = c->next) {
		if (offset < c->start) {
			*ret_next = c->start;
			break;
		}
		if (offset < c->end)
			return c;
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
	struct trfs_chunk *own = trfs_chunk_new(reader, start, end);
	uint64_t nr_sleeps = 0;
	size_t got = 0;
	int rc;

	if (!own)
		return trfs_fail_memory(err, "a reply");
	own->nr_counted = end - start;
	ahead->nr_bytes += own->nr_counted;
	ahead->counts.nr_by_window++;
	reply->chunks[reply->nr++] = own;
	pthread_mutex_unlock(&ahead->lock);
	own->data = trfs_chunk_memory_take(&ahead->memory, (size_t)(end - start));
	nr_sleeps = trfs_pace_nr_sleeps();
	rc = own->data ? trfs_stream_read_view(ahead->stream, reader->view, reader->shard,
					       start, own->data, (size_t)(end - start),
					       &got, err)
		       : trfs_fail_memory(err, "a reply");
	nr_sleeps = trfs_pace_nr_sleeps() - nr_sleeps;
	pthread_mutex_lock(&ahead->lock);
	trfs_pace_note(&ahead->pace, nr_sleeps > 0);
	reply->parts[reply->nr - 1] =
		(struct iovec){ .iov_base = own->data, .iov_len = got };
	reply->len += got;
	return rc;
}

/* Have the chunk ready, or known to be read by window; -EINTR. */
static int await(struct trfs_shard_reader *reader, struct trfs_chunk *chunk,
		 const _Atomic bool *interrupted)
{
	struct trfs_read_ahead *ahead = reader->ahead;

	if (chunk->state == TRFS_CHUNK_QUEUED)
		trfs_chunk_load(ahead, chunk);
	else if (chunk->state == TRFS_CHUNK_LOADING)
		ahead->counts.nr_waits++;
	while (chunk->state == TRFS_CHUNK_LOADING) {
		if (interrupted && atomic_load(interrupted))
			return -EINTR;
		pthread_cond_wait(&chunk->changed, &ahead->lock);
	}
	return 0;
}

/* Append what stands at @start, at most up to @end; @ret_end: where that ended. */
static int add_next(struct trfs_shard_reader *reader, struct trfs_reply *reply,
		    uint64_t start, uint64_t end, const _Atomic bool *interrupted,
		    uint64_t *ret_end, struct trfs_error *err)
{
	uint64_t next;
	struct trfs_chunk *chunk = chunk_at(reader, start, &next);
	int rc;

	*ret_end = end;
	if (reply->nr == TRFS_REPLY_PARTS_MAX - 1)
		return add_window(reader, reply, start, end, err);
	if (!chunk) {
		*ret_end = next < end ? next : end;
		return add_window(reader, reply, start, *ret_end, err);
	}
	*ret_end = chunk->end < end ? chunk->end : end;
	chunk->nr_users++;
	rc = await(reader, chunk, interrupted);
	chunk->nr_served += *ret_end - start;
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
	pthread_mutex_lock(&ahead->lock);
	reader->nr_inside++;
	reader->used_ms = trfs_read_ahead_now_ms();
	if (ahead->latest != reader) {
		unlink_reader(reader);
		link_reader(reader);
	}
	if (offset < end && goes_on(reader, offset, end))
		plan(reader, offset, end);
	while (offset < end && rc == 0)
		rc = add_next(reader, ret, offset, end, interrupted, &offset, err);
	forget_served(reader);
	pthread_mutex_unlock(&ahead->lock);
	return rc;
}

void trfs_reply_done(struct trfs_shard_reader *reader, struct trfs_reply *reply)
{
	struct trfs_read_ahead *ahead = reader->ahead;

	pthread_mutex_lock(&ahead->lock);
	for (int i = 0; i < reply->nr; i++)
		trfs_read_ahead_drop(ahead, reply->chunks[i]);
	reply->nr = 0;
	trfs_shard_reader_leave(reader);
	pthread_mutex_unlock(&ahead->lock);
}

void trfs_shard_reader_wake(struct trfs_shard_reader *reader)
{
	pthread_mutex_lock(&reader->ahead->lock);
	for (struct trfs_chunk *c = reader->chunks; c; c = c->next)
		pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&reader->ahead->lock);
}

bool trfs_read_ahead_age(struct trfs_read_ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	while (make_room(ahead))
		;
	pthread_mutex_unlock(&ahead->lock);
	return trfs_chunk_memory_trim(&ahead->memory);
}
