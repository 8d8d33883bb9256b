/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
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
	trfs_clock_cond_init(&chunk->changed);
	return chunk;
}

void trfs_chunk_free(struct trfs_chunk *chunk, struct trfs_chunk_memory *memory)
{
	if (chunk->data)
		trfs_chunk_memory_give(memory, chunk->data,
				       (size_t)trfs_chunk_len(chunk));
	pthread_cond_destroy(&chunk->changed);
	free(chunk);
}

static struct trfs_chunk_link *link_of(const struct trfs_chunk_list *list,
				       struct trfs_chunk *chunk)
{
	return (struct trfs_chunk_link *)(void *)((char *)chunk + list->link_offset);
}

void trfs_chunk_list_add(struct trfs_chunk_list *list, struct trfs_chunk *chunk)
{
	*link_of(list, chunk) =
		(struct trfs_chunk_link){ .previous = list->last, .is_linked = true };
	if (list->last)
		link_of(list, list->last)->next = chunk;
	else
		list->first = chunk;
	list->last = chunk;
}

void trfs_chunk_list_remove(struct trfs_chunk_list *list, struct trfs_chunk *chunk)
{
	struct trfs_chunk_link *link = link_of(list, chunk);

	if (!link->is_linked)
		return;
	if (link->previous)
		link_of(list, link->previous)->next = link->next;
	else
		list->first = link->next;
	if (link->next)
		link_of(list, link->next)->previous = link->previous;
	else
		list->last = link->previous;
	*link = (struct trfs_chunk_link){ .is_linked = false };
}
