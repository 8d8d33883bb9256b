/* SPDX-License-Identifier: MIT */
/* Known sums where there is no file to keep them in: for the life of the stream. */
#ifndef TRFS_INDEX_KNOWN_MEMORY_H
#define TRFS_INDEX_KNOWN_MEMORY_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>

struct trfs_known_memory;

/* Of @nr files.  What nothing was put into takes no memory.  NULL: there is none. */
struct trfs_known_memory *trfs_known_memory_new(uint64_t nr, uint32_t value_size);
struct trfs_known_memory *trfs_known_memory_free(struct trfs_known_memory *memory);

/* Any number of threads.  What is put first stays. */
bool trfs_known_memory_get(const struct trfs_known_memory *memory, uint64_t number,
			   void *ret_value);
void trfs_known_memory_put(struct trfs_known_memory *memory, uint64_t number,
			   const void *value);

#endif
