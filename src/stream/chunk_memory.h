/* SPDX-License-Identifier: MIT */
/*
 * Memory for chunks and replies, used again and again: fresh pages would cost the kernel
 * more than filling them costs us.
 */
#ifndef TRFS_STREAM_CHUNK_MEMORY_H
#define TRFS_STREAM_CHUNK_MEMORY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRFS_CHUNK_MEMORY_CLASSES 24

/**
 * struct trfs_chunk_memory - idle pieces, by powers of two of their size
 * @nr_idle_bytes: in @idle
 */
struct trfs_chunk_memory {
	pthread_mutex_t lock;
	void *idle[TRFS_CHUNK_MEMORY_CLASSES];
	size_t nr_idle_bytes;
};

void trfs_chunk_memory_init(struct trfs_chunk_memory *memory);
void trfs_chunk_memory_done(struct trfs_chunk_memory *memory);

/* At least @size bytes, of whatever was there before; NULL: no memory. */
void *trfs_chunk_memory_take(struct trfs_chunk_memory *memory, size_t size);
/* @size as it was taken with. */
void trfs_chunk_memory_give(struct trfs_chunk_memory *memory, void *piece, size_t size);

/* Give back to the system what nobody has at the moment; true where there was some. */
bool trfs_chunk_memory_trim(struct trfs_chunk_memory *memory);

#endif
