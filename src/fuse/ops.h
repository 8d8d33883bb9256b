/* SPDX-License-Identifier: MIT */
/* Requests of the kernel and their answers: translation only. */
#ifndef TRFS_FUSE_OPS_H
#define TRFS_FUSE_OPS_H

#define FUSE_USE_VERSION 312

#include "fuse/attributes.h"
#include "fuse/reply_buffers.h"
#include <fuse_lowlevel.h>

/**
 * struct trfs_service - what the operations work on; libfuse's user data
 * @log: told of each failing read; may be NULL
 */
struct trfs_service {
	struct trfs_tree tree;
	struct trfs_stream *stream;
	struct trfs_reply_buffers buffers;
	struct trfs_failures failures;
	void (*log)(void *user, const char *message);
	void *log_user;
};

/* The operations; those that would write are in read_only.c. */
void trfs_ops_fill(struct fuse_lowlevel_ops *ops);
void trfs_read_only_fill(struct fuse_lowlevel_ops *ops);

#endif
