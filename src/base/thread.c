/* SPDX-License-Identifier: MIT */
/* It says itself when it is about to end, as joining waits for ever. */
#include "base/thread.h"

#include "base/clock.h"
#include <signal.h>

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
	sigset_t all, before;
	int rc;

	*t = (struct trfs_thread){ .run = run, .user = user };
	pthread_mutex_init(&t->lock, NULL);
	trfs_clock_cond_init(&t->ended);
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
	uint64_t end = trfs_clock_ms() + seconds * UINT64_C(1000);
	bool has_ended;

	pthread_mutex_lock(&t->lock);
	while (!t->has_ended && trfs_clock_wait_until(&t->ended, &t->lock, end))
		;
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
