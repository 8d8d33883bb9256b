/* SPDX-License-Identifier: MIT */
/* Reads that failed: how many, and why the last one did, for whoever asks the mount. */
#ifndef TRFS_FUSE_FAILURES_H
#define TRFS_FUSE_FAILURES_H

#include "base/buffer.h"
#include <pthread.h>

struct trfs_failures {
	pthread_mutex_t lock;
	uint64_t nr;
	struct trfs_error last; /* code 0: none yet */
};

void trfs_failures_init(struct trfs_failures *failures);
void trfs_failures_done(struct trfs_failures *failures);

/* Count one more.  From any thread, as the two below. */
void trfs_failures_note(struct trfs_failures *failures, const struct trfs_error *err);

uint64_t trfs_failures_count(struct trfs_failures *failures);

/* Append the last failure's sentence; nothing where none was. */
void trfs_failures_print_last(struct trfs_failures *failures, struct trfs_buffer *ret);

#endif
