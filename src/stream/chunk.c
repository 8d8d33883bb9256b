/* SPDX-License-Identifier: MIT */
#include "stream/chunk.h"

#include <stdlib.h>

struct trfs_chunk *trfs_chunk_new(struct trfs_shard_reader *reader, uint64_t start,
				  uint64_t end)
{
	struct trfs_chunk *chunk = calloc(1, sizeof(*chunk));

	if (!chunk)
		return NULL;
	chunk->reader = reader;
	chunk->start = start;
	chunk->end = end;
	chunk->nr_users = 1;
	pthread_cond_init(&chunk->changed, NULL);
	return chunk;
}

bool trfs_chunk_drop(struct trfs_chunk *chunk, struct trfs_chunk_memory *memory)
{
	if (--chunk->nr_users > 0)
		return false;
	if (chunk->data)
		trfs_chunk_memory_give(memory, chunk->data,
				       (size_t)trfs_chunk_len(chunk));
	pthread_cond_destroy(&chunk->changed);
	free(chunk);
	return true;
}

void trfs_chunk_queue_add(struct trfs_chunk_queue *queue, struct trfs_chunk *chunk)
{
	chunk->queue_previous = queue->last;
	chunk->queue_next = NULL;
	if (queue->last)
		queue->last->queue_next = chunk;
	else
		queue->first = chunk;
	queue->last = chunk;
}

void trfs_chunk_queue_remove(struct trfs_chunk_queue *queue, struct trfs_chunk *chunk)
{
	if (chunk->queue_previous)
		chunk->queue_previous->queue_next = chunk->queue_next;
	else
		queue->first = chunk->queue_next;
	if (chunk->queue_next)
		chunk->queue_next->queue_previous = chunk->queue_previous;
	else
		queue->last = chunk->queue_previous;
	chunk->queue_previous = NULL;
	chunk->queue_next = NULL;
}
