/* SPDX-License-Identifier: MIT */
/* It says itself when it is about to end, as joining waits for ever. */
#include "base/thread.h"

#include <signal.h>
#include <time.h>

static void *run_thread(void *user)
{
	struct trfs_thread *t = user;

	t->run(t->user);
	pthread_mutex_lock(&t->lock);
	t->has_ended = true;
	pthread_cond_signal(&t->ended);
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

static void free_parts(struct trfs_thread *t)
{
	pthread_cond_destroy(&t->ended);
	pthread_mutex_destroy(&t->lock);
}

int trfs_thread_start(struct trfs_thread *t, void (*run)(void *user), void *user)
{
	pthread_condattr_t attributes;
	sigset_t all, before;
	int rc;

	*t = (struct trfs_thread){ .run = run, .user = user };
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&t->ended, &attributes);
	pthread_condattr_destroy(&attributes);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&t->thread, NULL, run_thread, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0)
		free_parts(t);
	return -rc;
}

bool trfs_thread_join(struct trfs_thread *t, unsigned int seconds)
{
	struct timespec end;
	bool has_ended;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	pthread_mutex_lock(&t->lock);
	while (!t->has_ended && rc == 0)
		rc = pthread_cond_timedwait(&t->ended, &t->lock, &end);
	has_ended = t->has_ended;
	pthread_mutex_unlock(&t->lock);
	if (!has_ended) {
		pthread_detach(t->thread);
		return false;
	}
	pthread_join(t->thread, NULL);
	free_parts(t);
	return true;
}
