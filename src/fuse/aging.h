/* SPDX-License-Identifier: MIT */
/* A thread that lets a cache forget what is not used any more. */
#ifndef TRFS_FUSE_AGING_H
#define TRFS_FUSE_AGING_H

#include "base/cache.h"
#include <pthread.h>

struct trfs_aging {
	struct trfs_cache *cache;
	unsigned int seconds;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	pthread_t thread;
	bool has_thread;
	bool has_ended;
};

/*
 * Call trfs_cache_age() every @seconds.  Without a thread the cache only keeps to its
 * budget.  The thread takes no signals.
 */
void trfs_aging_start(struct trfs_aging *aging, struct trfs_cache *cache,
		      unsigned int seconds);
void trfs_aging_stop(struct trfs_aging *aging);

#endif
