/* SPDX-License-Identifier: MIT */
/* Stacks of idle pieces.  The first bytes of an idle piece point to the next one. */
#include "stream/chunk_memory.h"

#include <stdlib.h>

#define CLASS_BITS_MIN 12u
#define IDLE_BYTES_MAX ((size_t)16 << 20)

struct idle_piece {
	struct idle_piece *next;
};

void trfs_chunk_memory_init(struct trfs_chunk_memory *memory)
{
	*memory = (struct trfs_chunk_memory){ .nr_idle_bytes = 0 };
	pthread_mutex_init(&memory->lock, NULL);
}

void trfs_chunk_memory_done(struct trfs_chunk_memory *memory)
{
	trfs_chunk_memory_trim(memory);
	pthread_mutex_destroy(&memory->lock);
}

/* The number of the class whose pieces hold @size; one that does not exist if too large.
 */
static unsigned int class_of(size_t size)
{
	unsigned int class = 0;

	while (class < TRFS_CHUNK_MEMORY_CLASSES &&
	       (size_t)1 << (class + CLASS_BITS_MIN) < size)
		class ++;
	return class;
}

static size_t class_size(unsigned int class)
{
	return (size_t)1 << (class + CLASS_BITS_MIN);
}

void *trfs_chunk_memory_take(struct trfs_chunk_memory *memory, size_t size)
{
	unsigned int class = class_of(size);
	struct idle_piece *piece;

	if (class == TRFS_CHUNK_MEMORY_CLASSES)
		return malloc(size);
	pthread_mutex_lock(&memory->lock);
	piece = memory->idle[class];
	if (piece) {
		memory->idle[class] = piece->next;
		memory->nr_idle_bytes -= class_size(class);
	}
	pthread_mutex_unlock(&memory->lock);
	return piece ? (void *)piece : malloc(class_size(class));
}

void trfs_chunk_memory_give(struct trfs_chunk_memory *memory, void *piece, size_t size)
{
	unsigned int class = class_of(size);
	struct idle_piece *given = piece;

	if (class < TRFS_CHUNK_MEMORY_CLASSES && given) {
		pthread_mutex_lock(&memory->lock);
		if (memory->nr_idle_bytes + class_size(class) <= IDLE_BYTES_MAX) {
			given->next = memory->idle[class];
			memory->idle[class] = given;
			memory->nr_idle_bytes += class_size(class);
			given = NULL;
		}
		pthread_mutex_unlock(&memory->lock);
	}
	free(given);
}

bool trfs_chunk_memory_trim(struct trfs_chunk_memory *memory)
{
	struct idle_piece *idle = NULL;
	bool had_some;

	pthread_mutex_lock(&memory->lock);
	for (unsigned int class = 0; class < TRFS_CHUNK_MEMORY_CLASSES; class ++) {
		while (memory->idle[class]) {
			struct idle_piece *first = memory->idle[class];

			memory->idle[class] = first->next;
			first->next = idle;
			idle = first;
		}
	}
	had_some = memory->nr_idle_bytes > 0;
	memory->nr_idle_bytes = 0;
	pthread_mutex_unlock(&memory->lock);
	while (idle) {
		struct idle_piece *first = idle;

		idle = first->next;
		free(first);
	}
	return had_some;
}
