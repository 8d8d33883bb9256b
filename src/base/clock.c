/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <time.h>

uint64_t trfs_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* None of these can fail: they are given valid arguments and allocate nothing. */
void trfs_clock_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attributes);
	pthread_condattr_destroy(&attributes);
}

bool trfs_clock_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, uint64_t ms)
{
	const struct timespec until = { .tv_sec = (time_t)(ms / 1000),
					.tv_nsec = (long)(ms % 1000) * 1000000 };

	return pthread_cond_timedwait(cond, lock, &until) == 0;
}
