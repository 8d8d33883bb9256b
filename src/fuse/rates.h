/* SPDX-License-Identifier: MIT */
/* How much is read just now: what was read in the last seconds, by the second. */
#ifndef TRFS_FUSE_RATES_H
#define TRFS_FUSE_RATES_H

#include <pthread.h>
#include <stdint.h>

#define TRFS_RATES_SECONDS 10u

/**
 * struct trfs_rate_sample - two counters, and when they had these values
 * @ms: by base/clock.h
 */
struct trfs_rate_sample {
	uint64_t ms;
	uint64_t nr_reads;
	uint64_t nr_bytes;
};

/**
 * struct trfs_rates - the samples of the last seconds, in a ring
 * @nr: that were ever taken
 */
struct trfs_rates {
	pthread_mutex_t lock;
	struct trfs_rate_sample samples[TRFS_RATES_SECONDS];
	uint64_t nr;
};

void trfs_rates_init(struct trfs_rates *rates);
void trfs_rates_done(struct trfs_rates *rates);

/* To be called about once a second or more often; one in the same second is passed over.
 */
void trfs_rates_note(struct trfs_rates *rates, const struct trfs_rate_sample *now);

/*
 * By the second, from the oldest sample that is kept until @now; @now's own counters by
 * the time since @started_ms where there is none yet.
 */
void trfs_rates_get(struct trfs_rates *rates, const struct trfs_rate_sample *now,
		    uint64_t started_ms, uint64_t *ret_reads, uint64_t *ret_bytes);

#endif
