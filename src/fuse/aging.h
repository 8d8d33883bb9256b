/* SPDX-License-Identifier: MIT */
/* A thread that lets a service forget what is not used any more. */
#ifndef TRFS_FUSE_AGING_H
#define TRFS_FUSE_AGING_H

#include "base/thread.h"
#include "fuse/service.h"

struct trfs_aging {
	struct trfs_service *service;
	unsigned int seconds;
	pthread_mutex_t lock;
	pthread_cond_t woken;
	struct trfs_thread thread;
	bool has_thread;
	bool has_ended;
	bool is_hurried;
};

/*
 * Call trfs_service_sweep() and trfs_service_age() every @seconds.  Without a thread
 * memory only keeps to its budgets.  The thread takes no signals.
 */
void trfs_aging_start(struct trfs_aging *aging, struct trfs_service *service,
		      unsigned int seconds);

/* Another generation is served: look soon whether those before can be freed. */
void trfs_aging_hurry(struct trfs_aging *aging);

/* False where the thread goes on, see trfs_thread_join(). */
TRFS_MUST_CHECK
bool trfs_aging_stop(struct trfs_aging *aging);

#endif
