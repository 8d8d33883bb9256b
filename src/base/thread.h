/* SPDX-License-Identifier: MIT */
/* A thread beside others that takes no signals, and that may not end in time. */
#ifndef TRFS_BASE_THREAD_H
#define TRFS_BASE_THREAD_H

#include "base/compiler.h"
#include <pthread.h>
#include <stdbool.h>

/**
 * struct trfs_thread - stays where it is until the thread has ended
 */
struct trfs_thread {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool has_ended;
	void (*run)(void *user);
	void *user;
};

/* -errno where there cannot be one more. */
TRFS_MUST_CHECK
int trfs_thread_start(struct trfs_thread *thread, void (*run)(void *user), void *user);

/*
 * Wait for its end, at most so many seconds.  False where it goes on: then all that it
 * uses, @thread too, has to stay until the process ends.
 */
TRFS_MUST_CHECK
bool trfs_thread_join(struct trfs_thread *thread, unsigned int seconds);

#endif
