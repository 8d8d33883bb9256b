/* SPDX-License-Identifier: MIT */
/*
 * A chunk, and the lists it stands in.  All under the lock of struct trfs_read_ahead.
 */
#ifndef TRFS_STREAM_CHUNK_H
#define TRFS_STREAM_CHUNK_H

#include "base/compiler.h"
#include "stream/chunk_memory.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct trfs_chunk;

/* Its neighbours in a list. */
struct trfs_chunk_link {
	struct trfs_chunk *next;
	struct trfs_chunk *previous;
	bool is_linked;
};

/* See read_ahead.h for how one follows the other. */
enum trfs_chunk_state {
	TRFS_CHUNK_QUEUED,
	TRFS_CHUNK_LOADING,
	TRFS_CHUNK_READY,
	TRFS_CHUNK_BY_WINDOW,
};

/**
 * struct trfs_chunk - bytes [@start, @end) of a shard
 * @reader: who had it made; stays until the chunk goes, and with it the view
 * @data: while loading or ready
 * @nr_users: lists of readers, who loads or waits for it, and replies that point to it
 * @nr_counted: bytes that it counts for in the sum of all
 * @loading_ms: when that began
 * @changed: whoever waits for the state to change
 * @queue: the loaders' queue, while it is queued
 * @all: among all chunks that others may share
 */
struct trfs_chunk {
	struct trfs_shard_reader *reader;
	uint64_t start;
	uint64_t end;
	uint8_t *data;
	enum trfs_chunk_state state;
	unsigned int nr_users;
	uint64_t nr_counted;
	uint64_t loading_ms;
	pthread_cond_t changed;
	struct trfs_chunk_link queue;
	struct trfs_chunk_link all;
};

/* With one user; NULL: no memory. */
struct trfs_chunk *trfs_chunk_new(struct trfs_shard_reader *reader, uint64_t start,
				  uint64_t end);
/* It must stand in no list. */
void trfs_chunk_free(struct trfs_chunk *chunk, struct trfs_chunk_memory *memory);

static inline uint64_t trfs_chunk_len(const struct trfs_chunk *chunk)
{
	return chunk->end - chunk->start;
}

/**
 * struct trfs_chunk_list - chunks in the order in which they were added
 * @link_offset: which link of the chunks it goes by
 */
struct trfs_chunk_list {
	struct trfs_chunk *first;
	struct trfs_chunk *last;
	size_t link_offset;
};

void trfs_chunk_list_add(struct trfs_chunk_list *list, struct trfs_chunk *chunk);
/* Nothing where it is not in the list. */
void trfs_chunk_list_remove(struct trfs_chunk_list *list, struct trfs_chunk *chunk);

#endif
