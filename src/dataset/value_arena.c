/* SPDX-License-Identifier: MIT */
/*
 * Memory that never moves while a record is made.  When one block is full a larger one
 * takes its place; the reset trades several for a single one as large as all of them.
 */
#include "dataset/value_arena.h"

#include <stdlib.h>

#define BLOCK_SIZE_MIN 1024u

struct trfs_value_block {
	struct trfs_value_block *older;
	size_t capacity;
	uint64_t bytes[];
};

static void free_blocks(struct trfs_value_arena *a)
{
	while (a->newest) {
		struct trfs_value_block *older = a->newest->older;

		free(a->newest);
		a->newest = older;
	}
	a->place = NULL;
	a->left = 0;
}

void trfs_value_arena_done(struct trfs_value_arena *a)
{
	free_blocks(a);
	a->wanted = 0;
}

void trfs_value_arena_reset(struct trfs_value_arena *a)
{
	if (!a->newest)
		return;
	if (a->newest->older) {
		a->wanted = 0;
		for (const struct trfs_value_block *b = a->newest; b; b = b->older)
			a->wanted += b->capacity;
		free_blocks(a);
		return;
	}
	a->place = (uint8_t *)a->newest->bytes;
	a->left = a->newest->capacity;
}

void *trfs_value_arena_take_slowly(struct trfs_value_arena *a, size_t len)
{
	size_t capacity = a->newest ? 2 * a->newest->capacity : a->wanted;
	struct trfs_value_block *block;

	if (len > SIZE_MAX / 4)
		return NULL;
	if (capacity < BLOCK_SIZE_MIN)
		capacity = BLOCK_SIZE_MIN;
	if (capacity < len + 8)
		capacity = (len | 7) + 1;
	block = malloc(sizeof(*block) + capacity);
	if (!block)
		return NULL;
	block->older = a->newest;
	block->capacity = capacity;
	a->newest = block;
	a->place = (uint8_t *)block->bytes;
	a->left = capacity;
	return trfs_value_arena_take(a, len);
}

struct trfs_bytes trfs_value_arena_copy(struct trfs_value_arena *a,
					struct trfs_bytes text)
{
	uint8_t *copy = trfs_value_arena_take(a, text.len + 1);

	if (!copy)
		return (struct trfs_bytes){ NULL, 0 };
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return (struct trfs_bytes){ copy, text.len };
}
