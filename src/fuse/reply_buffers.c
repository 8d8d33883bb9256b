/* SPDX-License-Identifier: MIT */
/* A stack of idle buffers of one size; a larger request gets memory of its own. */
#include "fuse/reply_buffers.h"

#include <stdlib.h>

/* Stands in the first bytes of a buffer while it is idle. */
struct trfs_reply_buffer {
	struct trfs_reply_buffer *next;
};

void trfs_reply_buffers_init(struct trfs_reply_buffers *pool)
{
	pthread_mutex_init(&pool->lock, NULL);
	pool->idle = NULL;
}

void trfs_reply_buffers_done(struct trfs_reply_buffers *pool)
{
	while (pool->idle) {
		struct trfs_reply_buffer *first = pool->idle;

		pool->idle = first->next;
		free(first);
	}
	pthread_mutex_destroy(&pool->lock);
}

void *trfs_reply_buffers_take(struct trfs_reply_buffers *pool, size_t size)
{
	struct trfs_reply_buffer *taken;

	if (size > TRFS_REPLY_BUFFER_SIZE)
		return malloc(size);
	pthread_mutex_lock(&pool->lock);
	taken = pool->idle;
	if (taken)
		pool->idle = taken->next;
	pthread_mutex_unlock(&pool->lock);
	return taken ? (void *)taken : malloc(TRFS_REPLY_BUFFER_SIZE);
}

void trfs_reply_buffers_give(struct trfs_reply_buffers *pool, void *buffer, size_t size)
{
	struct trfs_reply_buffer *given = buffer;

	if (size > TRFS_REPLY_BUFFER_SIZE) {
		free(buffer);
		return;
	}
	pthread_mutex_lock(&pool->lock);
	given->next = pool->idle;
	pool->idle = given;
	pthread_mutex_unlock(&pool->lock);
}
