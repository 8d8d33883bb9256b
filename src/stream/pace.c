/* SPDX-License-Identifier: MIT */
/* A moving average and three rules; the numbers are from tests/bench/README.md. */
#include "stream/pace.h"

#include <sys/resource.h>

/* Weight of the newest load in the average, and from where on storage counts as cold. */
#define NEWEST_SHIFT 4
#define COLD	     (TRFS_PACE_ONE / 5)

#define LOADERS_COLD  16u
#define BYTES_COLD    (UINT64_C(16) << 20)
#define BYTES_WARM    (UINT64_C(1) << 20)
#define BYTES_AT_ONCE (UINT64_C(1) << 20)

void trfs_pace_init(struct trfs_pace *pace, unsigned int nr_processors)
{
	*pace = (struct trfs_pace){ .nr_processors = nr_processors };
}

void trfs_pace_note(struct trfs_pace *pace, bool slept)
{
	uint32_t newest = slept ? TRFS_PACE_ONE : 0;

	pace->sleepiness += (newest >> NEWEST_SHIFT) - (pace->sleepiness >> NEWEST_SHIFT);
}

bool trfs_pace_is_cold(const struct trfs_pace *pace)
{
	return pace->sleepiness > COLD;
}

unsigned int trfs_pace_nr_loaders(const struct trfs_pace *pace, unsigned int nr_readers)
{
	if (trfs_pace_is_cold(pace))
		return LOADERS_COLD;
	return nr_readers < pace->nr_processors ? pace->nr_processors - nr_readers : 0;
}

uint64_t trfs_pace_bytes_ahead(const struct trfs_pace *pace, unsigned int nr_readers,
			       unsigned int nr_reads)
{
	uint64_t share = TRFS_PACE_BYTES_MAX / (nr_readers ? nr_readers : 1);
	uint64_t most = trfs_pace_is_cold(pace) ? BYTES_COLD : BYTES_WARM;
	uint64_t grown = BYTES_AT_ONCE << (nr_reads < 5 ? nr_reads : 5);

	if (trfs_pace_nr_loaders(pace, nr_readers) == 0)
		return 0;
	most = most < grown ? most : grown;
	return most < share ? most : share;
}

uint64_t trfs_pace_nr_sleeps(void)
{
	struct rusage usage = { .ru_nvcsw = 0 };

	getrusage(RUSAGE_THREAD, &usage);
	return (uint64_t)usage.ru_nvcsw;
}
