/* SPDX-License-Identifier: MIT */
/* What all readers of a stream share: the lock, the queue, the threads that load. */
#ifndef TRFS_STREAM_LOADERS_H
#define TRFS_STREAM_LOADERS_H

#include "base/clock.h"
#include "stream/chunk.h"
#include "stream/pace.h"
#include "stream/read_ahead.h"

/**
 * struct trfs_read_ahead - shared
 * @lock: guards all of it, and of all readers and chunks
 * @work: idle loaders wait here, and are woken one at a time
 * @queue: chunks for loaders, the first to be needed in front
 * @all: chunks that several readers of a shard may share
 * @nr_bytes: of chunks there are, loaded or to be
 * @threads: @nr_threads of them, of which @nr_idle wait and @nr_busy load
 * @latest, @oldest: readers, by when they were asked last
 * @ended: readers that are closed and that nothing is done for any more
 * @nr_active: readers that were asked within the last moments, counted at @counted_ms
 */
struct trfs_read_ahead {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct trfs_stream *stream;
	struct trfs_chunk_memory memory;
	struct trfs_chunk_list queue;
	struct trfs_chunk_list all;
	uint64_t nr_bytes;
	struct trfs_pace pace;
	pthread_t threads[TRFS_PACE_LOADERS_MAX];
	unsigned int nr_threads;
	unsigned int nr_idle;
	unsigned int nr_busy;
	bool stopping;
	struct trfs_shard_reader *latest;
	struct trfs_shard_reader *oldest;
	struct trfs_shard_reader *ended;
	unsigned int nr_active;
	uint64_t counted_ms;
	struct trfs_read_ahead_counts counts;
};

/* A chunk in a reader's list, and how many bytes of it the reader has had. */
struct trfs_planned_chunk {
	struct trfs_chunk *chunk;
	uint64_t nr_served;
	struct trfs_planned_chunk *next;
};

/**
 * struct trfs_shard_reader - of one shard
 * @next: behind the last byte that was asked for
 * @run_start, @run_bytes: since requests go on from each other: the first byte, and how
 *	many were asked for
 * @is_doubted: it has skipped most of the shard, and has to ask for some in a row first
 * @planned: behind the last chunk
 * @nr_reads: how often it was read on
 * @chunks: in the order of the shard, without gaps
 * @nr_inside: calls under way, and chunks there are
 * @used_ms: when it was asked last
 * @newer, @older: in the list of all; @older also in that of the ended
 */
struct trfs_shard_reader {
	struct trfs_read_ahead *ahead;
	const struct trfs_view *view;
	uint32_t shard;
	uint64_t size;
	struct trfs_view_cursor cursor;
	uint64_t next;
	uint64_t run_start;
	uint64_t run_bytes;
	bool is_doubted;
	uint64_t planned;
	unsigned int nr_reads;
	struct trfs_planned_chunk *chunks;
	struct trfs_planned_chunk *last_chunk;
	unsigned int nr_inside;
	bool is_closed;
	void (*closed)(void *user);
	void *user;
	uint64_t used_ms;
	struct trfs_shard_reader *newer;
	struct trfs_shard_reader *older;
};

void trfs_read_ahead_lock(struct trfs_read_ahead *ahead);
/* And end the readers that can be ended by now. */
void trfs_read_ahead_unlock(struct trfs_read_ahead *ahead);

/*
 * All of the below under the lock.
 */

/* A new chunk, with one user and its reader kept; NULL: no memory. */
struct trfs_chunk *trfs_read_ahead_add(struct trfs_shard_reader *reader, uint64_t start,
				       uint64_t end);
/* One user less of a chunk. */
void trfs_read_ahead_drop(struct trfs_read_ahead *ahead, struct trfs_chunk *chunk);

/* Read the bytes of a chunk; the lock is released meanwhile.  As trfs_stream_read_view().
 */
TRFS_MUST_CHECK
int trfs_chunk_fill(struct trfs_read_ahead *ahead, struct trfs_chunk *chunk,
		    struct trfs_error *err);

/* Load a chunk that was queued; the lock is released meanwhile.  The caller is a user. */
void trfs_chunk_load(struct trfs_read_ahead *ahead, struct trfs_chunk *chunk);

/* See that chunks in the queue are loaded, if that many threads pay. */
void trfs_loaders_wake(struct trfs_read_ahead *ahead);

/* A call or a chunk is over; where the reader was closed meanwhile this ends it. */
void trfs_shard_reader_leave(struct trfs_shard_reader *reader);

/* Readers that are being read, for sharing. */
unsigned int trfs_read_ahead_nr_active(struct trfs_read_ahead *ahead);

/*
 * Of chunk_plan.c: which chunks a reader has.
 */

/* Chunks for [@offset, @end), and as far beyond as pays. */
void trfs_shard_reader_plan(struct trfs_shard_reader *reader, uint64_t offset,
			    uint64_t end);
/* Forget all chunks, but for those that others use. */
void trfs_shard_reader_forget(struct trfs_shard_reader *reader);
/* Those in front that will not be asked for again. */
void trfs_shard_reader_forget_served(struct trfs_shard_reader *reader);
/* Forget what was loaded for one reader that stopped; false where there is none. */
bool trfs_read_ahead_make_room(struct trfs_read_ahead *ahead);

/* A reader that was not asked for this long is not being read. */
#define TRFS_READER_ACTIVE_MS 250

/* Requests of one front-to-back reader reach us out of order, and this far apart. */
#define TRFS_READER_REORDERED ((uint64_t)2 << 20)

#endif
