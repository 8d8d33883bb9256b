/* SPDX-License-Identifier: MIT */
/* What all readers of a stream share: the lock, the queue, the threads that load. */
#ifndef TRFS_STREAM_LOADERS_H
#define TRFS_STREAM_LOADERS_H

#include "stream/chunk.h"
#include "stream/pace.h"
#include "stream/read_ahead.h"

/**
 * struct trfs_read_ahead - shared
 * @lock: guards all of it, and of all readers and chunks
 * @work: idle loaders wait here, and are woken one at a time
 * @queue: chunks for loaders
 * @nr_bytes: of chunks there are, loaded or to be
 * @threads: @nr_threads of them, of which @nr_idle wait and @nr_busy load
 * @nr_running: threads that have not ended
 * @latest: readers, the one that was asked last in front
 * @nr_active: readers that were asked within the last moments, counted at @counted_ms
 */
struct trfs_read_ahead {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct trfs_stream *stream;
	struct trfs_chunk_memory memory;
	struct trfs_chunk_queue queue;
	uint64_t nr_bytes;
	struct trfs_pace pace;
	pthread_t threads[TRFS_PACE_LOADERS_MAX];
	unsigned int nr_threads;
	unsigned int nr_idle;
	unsigned int nr_busy;
	bool stopping;
	struct trfs_shard_reader *latest;
	struct trfs_shard_reader *oldest;
	unsigned int nr_active;
	uint64_t counted_ms;
	struct trfs_read_ahead_counts counts;
};

/**
 * struct trfs_shard_reader - of one shard
 * @next: behind the last byte that was asked for
 * @planned: behind the last chunk
 * @nr_reads: how often it was read on
 * @chunks: in the order of the shard, without gaps
 * @nr_inside: calls and loads that are under way
 * @used_ms: when it was asked last
 */
struct trfs_shard_reader {
	struct trfs_read_ahead *ahead;
	const struct trfs_view *view;
	uint32_t shard;
	uint64_t size;
	struct trfs_view_cursor cursor;
	uint64_t next;
	uint64_t planned;
	unsigned int nr_reads;
	struct trfs_chunk *chunks;
	struct trfs_chunk *last_chunk;
	unsigned int nr_inside;
	bool is_closed;
	void (*closed)(void *user);
	void *user;
	uint64_t used_ms;
	struct trfs_shard_reader *newer;
	struct trfs_shard_reader *older;
};

/* Of a clock that only goes forward. */
uint64_t trfs_read_ahead_now_ms(void);

/*
 * All of the below under the lock.
 */

/* Load a chunk that was queued; the lock is released meanwhile.  The caller is a user. */
void trfs_chunk_load(struct trfs_read_ahead *ahead, struct trfs_chunk *chunk);

/* See that chunks in the queue are loaded, if that many threads pay. */
void trfs_loaders_wake(struct trfs_read_ahead *ahead);

/* One user less of a chunk. */
void trfs_read_ahead_drop(struct trfs_read_ahead *ahead, struct trfs_chunk *chunk);

/* Forget a reader's chunks, but for those that others use. */
void trfs_shard_reader_forget(struct trfs_shard_reader *reader);

/* A call or a load is over; where the reader was closed meanwhile this may end it. */
void trfs_shard_reader_leave(struct trfs_shard_reader *reader);

/* Readers that are being read, for sharing. */
unsigned int trfs_read_ahead_nr_active(struct trfs_read_ahead *ahead);

#endif
