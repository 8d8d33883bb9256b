/* SPDX-License-Identifier: MIT */
/*
 * Memory for the values of one record: whatever is taken stays in place until the
 * reset, which keeps what was needed, so that a warm arena never calls malloc().
 */
#ifndef TRFS_DATASET_VALUE_ARENA_H
#define TRFS_DATASET_VALUE_ARENA_H

#include "base/bytes.h"
#include "base/compiler.h"

struct trfs_value_block;

/**
 * struct trfs_value_arena - zeroed it is empty
 * @newest: where room is taken from; the blocks it outgrew hang behind it
 */
struct trfs_value_arena {
	struct trfs_value_block *newest;
	uint8_t *place;
	size_t left;
	size_t wanted; /* capacity of the first block after a reset */
};

void trfs_value_arena_done(struct trfs_value_arena *a);

/* All that was taken is gone. */
void trfs_value_arena_reset(struct trfs_value_arena *a);

void *trfs_value_arena_take_slowly(struct trfs_value_arena *a, size_t len);

/* Room for @len bytes, aligned for numbers and pointers; NULL without memory. */
static inline void *trfs_value_arena_take(struct trfs_value_arena *a, size_t len)
{
	size_t rounded = (len | 7) + 1;
	void *taken = a->place;

	if (len >= a->left || rounded > a->left)
		return trfs_value_arena_take_slowly(a, len);
	a->place += rounded;
	a->left -= rounded;
	return taken;
}

/* A copy of @text, with a NUL behind it; .data is NULL without memory. */
struct trfs_bytes trfs_value_arena_copy(struct trfs_value_arena *a,
					struct trfs_bytes text);

#endif
