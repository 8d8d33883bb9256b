/* SPDX-License-Identifier: MIT */
/* A moving average and three rules; the numbers are from tests/bench/README.md. */
#include "stream/pace.h"

#include <sys/resource.h>

/* Weight of the newest load in the average, and from where on storage counts as cold. */
#define NEWEST_SHIFT 4
#define COLD	     (TRFS_PACE_ONE / 5)

/* Share of readers that must have read to the end for others to be trusted to. */
#define THOROUGH (TRFS_PACE_ONE / 2)

#define LOADERS_COLD  16u
#define BYTES_COLD    (UINT64_C(16) << 20)
#define BYTES_WARM    (UINT64_C(1) << 20)
#define BYTES_AT_ONCE (UINT64_C(1) << 20)

void trfs_pace_init(struct trfs_pace *pace, unsigned int nr_processors)
{
	*pace = (struct trfs_pace){ .nr_processors = nr_processors };
}

static void average(uint32_t *share, bool newest)
{
	uint32_t value = newest ? TRFS_PACE_ONE : 0;

	*share += (value >> NEWEST_SHIFT) - (*share >> NEWEST_SHIFT);
}

void trfs_pace_note(struct trfs_pace *pace, bool slept)
{
	average(&pace->sleepiness, slept);
}

void trfs_pace_note_closed(struct trfs_pace *pace, bool at_end)
{
	average(&pace->thoroughness, at_end);
}

bool trfs_pace_trusts_readers(const struct trfs_pace *pace)
{
	return pace->thoroughness > THOROUGH;
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
	bool is_trusted = nr_reads >= 5 || trfs_pace_trusts_readers(pace);
	uint64_t grown = is_trusted ? most : BYTES_AT_ONCE << nr_reads;

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
