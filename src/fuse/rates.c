/* SPDX-License-Identifier: MIT */
/* The oldest of a ring of samples is what the newest counters are compared with. */
#include "fuse/rates.h"

#define MS_PER_SECOND 1000u

void trfs_rates_init(struct trfs_rates *rates)
{
	*rates = (struct trfs_rates){ .nr = 0 };
	pthread_mutex_init(&rates->lock, NULL);
}

void trfs_rates_done(struct trfs_rates *rates)
{
	pthread_mutex_destroy(&rates->lock);
}

void trfs_rates_note(struct trfs_rates *rates, const struct trfs_rate_sample *now)
{
	const struct trfs_rate_sample *last;

	pthread_mutex_lock(&rates->lock);
	last = &rates->samples[(rates->nr + TRFS_RATES_SECONDS - 1) % TRFS_RATES_SECONDS];
	if (rates->nr == 0 || now->ms - last->ms >= MS_PER_SECOND)
		rates->samples[rates->nr++ % TRFS_RATES_SECONDS] = *now;
	pthread_mutex_unlock(&rates->lock);
}

/* The other may have been taken a moment later, by another thread. */
static uint64_t since(uint64_t now, uint64_t then)
{
	return now > then ? now - then : 0;
}

static uint64_t by_second(uint64_t nr, uint64_t ms)
{
	return (uint64_t)((double)nr * MS_PER_SECOND / (double)ms);
}

void trfs_rates_get(struct trfs_rates *rates, const struct trfs_rate_sample *now,
		    uint64_t started_ms, uint64_t *ret_reads, uint64_t *ret_bytes)
{
	struct trfs_rate_sample then = { .ms = started_ms };
	uint64_t ms;

	pthread_mutex_lock(&rates->lock);
	if (rates->nr > 0)
		then = rates->samples[rates->nr < TRFS_RATES_SECONDS
					      ? 0
					      : rates->nr % TRFS_RATES_SECONDS];
	pthread_mutex_unlock(&rates->lock);
	/* Of less than a second nothing can be said by the second. */
	ms = since(now->ms, then.ms);
	ms = ms > MS_PER_SECOND ? ms : MS_PER_SECOND;
	*ret_reads = by_second(since(now->nr_reads, then.nr_reads), ms);
	*ret_bytes = by_second(since(now->nr_bytes, then.nr_bytes), ms);
}
