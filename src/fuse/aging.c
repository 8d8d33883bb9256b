/* SPDX-License-Identifier: MIT */
/* Sleep, age, repeat; woken at the end. */
#include "fuse/aging.h"

#include <malloc.h>
#include <time.h>

#define END_SECONDS 1

static void age(void *user)
{
	struct trfs_aging *aging = user;
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	pthread_mutex_lock(&aging->lock);
	while (!aging->has_ended) {
		next.tv_sec += aging->seconds;
		while (!aging->has_ended &&
		       pthread_cond_timedwait(&aging->ended, &aging->lock, &next) == 0)
			;
		/* What malloc keeps for later may be never. */
		if (!aging->has_ended && trfs_service_age(aging->service))
			malloc_trim(0);
	}
	pthread_mutex_unlock(&aging->lock);
}

void trfs_aging_start(struct trfs_aging *aging, struct trfs_service *service,
		      unsigned int seconds)
{
	pthread_condattr_t attributes;

	*aging = (struct trfs_aging){ .service = service, .seconds = seconds };
	pthread_mutex_init(&aging->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&aging->ended, &attributes);
	pthread_condattr_destroy(&attributes);
	aging->has_thread = trfs_thread_start(&aging->thread, age, aging) == 0;
}

bool trfs_aging_stop(struct trfs_aging *aging)
{
	pthread_mutex_lock(&aging->lock);
	aging->has_ended = true;
	pthread_cond_signal(&aging->ended);
	pthread_mutex_unlock(&aging->lock);
	/* It may be at freeing what waits for storage. */
	if (aging->has_thread && !trfs_thread_join(&aging->thread, END_SECONDS))
		return false;
	pthread_cond_destroy(&aging->ended);
	pthread_mutex_destroy(&aging->lock);
	return true;
}
