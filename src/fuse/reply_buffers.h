/* SPDX-License-Identifier: MIT */
/* Memory for replies, used again: fresh megabytes for each request cost page faults. */
#ifndef TRFS_FUSE_REPLY_BUFFERS_H
#define TRFS_FUSE_REPLY_BUFFERS_H

#include <pthread.h>
#include <stddef.h>

struct trfs_reply_buffer;

/* The size of the buffers that are kept: the largest request of the kernel. */
#define TRFS_REPLY_BUFFER_SIZE ((size_t)1 << 20)

struct trfs_reply_buffers {
	pthread_mutex_t lock;
	struct trfs_reply_buffer *idle;
};

void trfs_reply_buffers_init(struct trfs_reply_buffers *pool);
void trfs_reply_buffers_done(struct trfs_reply_buffers *pool);

/* At least @size bytes, or NULL.  Give it back with the same @size. */
void *trfs_reply_buffers_take(struct trfs_reply_buffers *pool, size_t size);
void trfs_reply_buffers_give(struct trfs_reply_buffers *pool, void *buffer, size_t size);

#endif
