/* SPDX-License-Identifier: MIT */
/* A chunk, and the lists it stands in.  All under the lock of struct trfs_read_ahead. */
#ifndef TRFS_STREAM_CHUNK_H
#define TRFS_STREAM_CHUNK_H

#include "base/compiler.h"
#include "stream/chunk_memory.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* See read_ahead.h for how one follows the other. */
enum trfs_chunk_state {
	TRFS_CHUNK_QUEUED,
	TRFS_CHUNK_LOADING,
	TRFS_CHUNK_READY,
	TRFS_CHUNK_BY_WINDOW,
};

/**
 * struct trfs_chunk - bytes [@start, @end) of a shard
 * @data: while loading or ready
 * @nr_users: its reader's list, who loads or waits for it, and replies that point to it
 * @nr_counted: bytes that it counts for in the sum of all
 * @nr_served: bytes of it that were asked for
 * @changed: whoever waits for the state to change
 * @next: the one behind it in its reader's list
 * @queue_next, @queue_previous: in the loaders' queue
 */
struct trfs_chunk {
	struct trfs_shard_reader *reader;
	uint64_t start;
	uint64_t end;
	uint8_t *data;
	enum trfs_chunk_state state;
	unsigned int nr_users;
	uint64_t nr_counted;
	uint64_t nr_served;
	pthread_cond_t changed;
	struct trfs_chunk *next;
	struct trfs_chunk *queue_next;
	struct trfs_chunk *queue_previous;
};

/* With one user; NULL: no memory. */
struct trfs_chunk *trfs_chunk_new(struct trfs_shard_reader *reader, uint64_t start,
				  uint64_t end);
/* One user less; true where that was the last and the chunk is gone. */
bool trfs_chunk_drop(struct trfs_chunk *chunk, struct trfs_chunk_memory *memory);

static inline uint64_t trfs_chunk_len(const struct trfs_chunk *chunk)
{
	return chunk->end - chunk->start;
}

/**
 * struct trfs_chunk_queue - chunks that wait for a loader, the first to be needed in
 * front
 */
struct trfs_chunk_queue {
	struct trfs_chunk *first;
	struct trfs_chunk *last;
};

void trfs_chunk_queue_add(struct trfs_chunk_queue *queue, struct trfs_chunk *chunk);
void trfs_chunk_queue_remove(struct trfs_chunk_queue *queue, struct trfs_chunk *chunk);

#endif
