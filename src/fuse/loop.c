/* SPDX-License-Identifier: MIT */
/* libfuse's loop, which takes one thread's want of memory for the end of the mount. */
#include "fuse/loop.h"

#include <errno.h>
#include <time.h>

/* Requests that are answered at a time. */
#define THREADS_MAX	 128u
#define THREADS_IDLE_MAX 16u

static void wait_for_memory(void)
{
	static const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };

	/* A signal that tells us to end wakes us, and the loop ends at once. */
	(void)nanosleep(&pause, NULL);
}

/* Threads that wait for storage leave enough others; idle ones beyond a few end. */
int trfs_loop_run(struct fuse_session *session)
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	int rc;

	if (!config)
		return -ENOMEM;
	fuse_loop_cfg_set_clone_fd(config, 0);
	fuse_loop_cfg_set_max_threads(config, THREADS_MAX);
	fuse_loop_cfg_set_idle_threads(config, THREADS_IDLE_MAX);
	/*
	 * A new thread that gets no buffer for its first request ends the loop, and
	 * libfuse drops what other threads take meanwhile: the kernel has to send that
	 * again.
	 */
	while ((rc = fuse_session_loop_mt(session, config)) == -ENOMEM) {
		if (trfs_init_exchange_resend(session) < 0)
			break;
		wait_for_memory();
	}
	fuse_loop_cfg_destroy(config);
	/* libfuse says -1, which is no code of its, where it cannot start a thread. */
	if (rc == -1)
		return -EAGAIN;
	return rc < 0 ? rc : 0;
}
