/* SPDX-License-Identifier: MIT */
/* A thread that looks after reads that take long: it names them, moves them on, and sees
 * that nobody waits for them when the mount ends. */
#ifndef TRFS_FUSE_WATCHDOG_H
#define TRFS_FUSE_WATCHDOG_H

#include "base/thread.h"
#include "fuse/service.h"
#include <fuse_lowlevel.h>

/* A read of a file that takes longer is stuck. */
#define TRFS_STUCK_MS UINT64_C(10000)

/**
 * struct trfs_watchdog - the thread
 * @exited_ms: when the session was seen to end, by base/clock.h; 0: not yet
 */
struct trfs_watchdog {
	struct trfs_service *service;
	struct fuse_session *session;
	uint64_t exited_ms;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	struct trfs_thread thread;
	bool has_thread;
	bool has_ended;
};

/* Without a thread, reads of storage that does not answer only hang.  It takes no
 * signals. */
void trfs_watchdog_start(struct trfs_watchdog *watchdog, struct trfs_service *service,
			 struct fuse_session *session);

/* False where the thread goes on, see trfs_thread_join(). */
TRFS_MUST_CHECK
bool trfs_watchdog_stop(struct trfs_watchdog *watchdog);

#endif
