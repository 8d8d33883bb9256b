/* SPDX-License-Identifier: MIT */
/* An array of values, and of bytes that tell which are there. */
#include "index/known_memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct trfs_known_memory - the arrays
 * @known: set once the value is there, which is not written again
 * @lock: of who puts
 */
struct trfs_known_memory {
	uint32_t value_size;
	_Atomic bool *known;
	uint8_t *values;
	pthread_mutex_t lock;
};

struct trfs_known_memory *trfs_known_memory_new(uint64_t nr, uint32_t value_size)
{
	struct trfs_known_memory *memory = calloc(1, sizeof(*memory));

	if (!memory)
		return NULL;
	memory->value_size = value_size;
	pthread_mutex_init(&memory->lock, NULL);
	memory->known = calloc((size_t)nr, sizeof(*memory->known));
	memory->values = calloc((size_t)nr, value_size);
	if (!memory->known || !memory->values)
		return trfs_known_memory_free(memory);
	return memory;
}

struct trfs_known_memory *trfs_known_memory_free(struct trfs_known_memory *memory)
{
	if (memory) {
		pthread_mutex_destroy(&memory->lock);
		free(memory->known);
		free(memory->values);
		free(memory);
	}
	return NULL;
}

bool trfs_known_memory_get(const struct trfs_known_memory *memory, uint64_t number,
			   void *ret_value)
{
	if (!atomic_load_explicit(&memory->known[number], memory_order_acquire))
		return false;
	memcpy(ret_value, memory->values + number * memory->value_size,
	       memory->value_size);
	return true;
}

void trfs_known_memory_put(struct trfs_known_memory *memory, uint64_t number,
			   const void *value)
{
	pthread_mutex_lock(&memory->lock);
	if (!atomic_load_explicit(&memory->known[number], memory_order_relaxed)) {
		memcpy(memory->values + number * memory->value_size, value,
		       memory->value_size);
		atomic_store_explicit(&memory->known[number], true, memory_order_release);
	}
	pthread_mutex_unlock(&memory->lock);
}
