/* SPDX-License-Identifier: MIT */
/* A thread that looks after reads that take long: it names them, moves them on, and sees
 * that nobody waits for them when the mount ends. */
#ifndef TRFS_FUSE_WATCHDOG_H
#define TRFS_FUSE_WATCHDOG_H

#include "fuse/service.h"
#include <fuse_lowlevel.h>

/* A read of a file that takes longer is stuck. */
#define TRFS_STUCK_MS UINT64_C(10000)

/**
 * struct trfs_watchdog - the thread
 * @exited_at: seconds of a clock at which the session was seen to end; 0: not yet
 */
struct trfs_watchdog {
	struct trfs_service *service;
	struct fuse_session *session;
	uint64_t exited_at;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	pthread_t thread;
	bool has_thread;
	bool has_ended;
};

/* Without a thread, reads of storage that does not answer only hang.  It takes no
 * signals. */
void trfs_watchdog_start(struct trfs_watchdog *watchdog, struct trfs_service *service,
			 struct fuse_session *session);
void trfs_watchdog_stop(struct trfs_watchdog *watchdog);

#endif
