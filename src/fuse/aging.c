/* SPDX-License-Identifier: MIT */
/* Sleep, sweep, age, repeat; woken at the end, and by who replaced a generation. */
#include "fuse/aging.h"

#include "base/clock.h"
#include <malloc.h>

#define END_SECONDS   1
#define SWEEP_SECONDS 1

/* Wait for so many seconds, or until there is something to do; false: until the end. */
static bool wait_for_work(struct trfs_aging *aging, unsigned int seconds)
{
	uint64_t until = trfs_clock_ms() + seconds * UINT64_C(1000);
	bool has_ended;

	pthread_mutex_lock(&aging->lock);
	while (!aging->has_ended && !aging->is_hurried &&
	       trfs_clock_wait_until(&aging->woken, &aging->lock, until))
		;
	aging->is_hurried = false;
	has_ended = aging->has_ended;
	pthread_mutex_unlock(&aging->lock);
	return !has_ended;
}

/* Generations that were replaced are looked at more often: they are large. */
static void age(void *user)
{
	struct trfs_aging *aging = user;
	struct trfs_service *service = aging->service;
	uint64_t aged = trfs_clock_ms();
	unsigned int pause = aging->seconds;

	while (wait_for_work(aging, pause)) {
		bool has_freed = trfs_service_sweep(service);

		if (trfs_clock_ms() - aged >= aging->seconds * UINT64_C(1000)) {
			has_freed |= trfs_service_age(service);
			aged = trfs_clock_ms();
		}
		/* What malloc keeps for later may be never. */
		if (has_freed)
			malloc_trim(0);
		pause = trfs_service_nr_served(service) > 1 ? SWEEP_SECONDS
							    : aging->seconds;
	}
}

void trfs_aging_hurry(struct trfs_aging *aging)
{
	pthread_mutex_lock(&aging->lock);
	aging->is_hurried = true;
	pthread_cond_signal(&aging->woken);
	pthread_mutex_unlock(&aging->lock);
}

void trfs_aging_start(struct trfs_aging *aging, struct trfs_service *service,
		      unsigned int seconds)
{
	*aging = (struct trfs_aging){ .service = service, .seconds = seconds };
	pthread_mutex_init(&aging->lock, NULL);
	trfs_clock_cond_init(&aging->woken);
	aging->has_thread = trfs_thread_start(&aging->thread, age, aging) == 0;
}

bool trfs_aging_stop(struct trfs_aging *aging)
{
	pthread_mutex_lock(&aging->lock);
	aging->has_ended = true;
	pthread_cond_signal(&aging->woken);
	pthread_mutex_unlock(&aging->lock);
	/* It may be at freeing what waits for storage. */
	if (aging->has_thread && !trfs_thread_join(&aging->thread, END_SECONDS))
		return false;
	pthread_cond_destroy(&aging->woken);
	pthread_mutex_destroy(&aging->lock);
	return true;
}
