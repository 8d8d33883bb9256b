/* SPDX-License-Identifier: MIT */
/*
 * The five cuts.  Four are arithmetic on whole numbers; linspace is rounded as numpy
 * rounds it: product and sum in double, then towards zero.  58 slots in 100 shards, for
 * one, end shard 49 at 28 where the exact value is 29.
 */
#include "dataset/shard_cut.h"
#include "base/count_text.h"
#include "base/error.h"
#include "dataset/shard_counts.h"

#include <errno.h>

int trfs_shard_cut_count_blocks(const struct trfs_options *options, uint32_t nr_slots,
				uint32_t *ret_nr_shards, struct trfs_error *err)
{
	uint64_t size = options->shard_size, nr;
	char text[TRFS_COUNT_SIZE];

	if (size == 0)
		return trfs_fail(err, -EINVAL,
				 "--cut blocks needs the rows of a shard: type "
				 "--shard-size 500");
	nr = nr_slots / size + (nr_slots % size > 0);
	if (nr > TRFS_SHARDS_MAX)
		return trfs_fail(err, -EINVAL,
				 "--shard-size %u makes %s shards of a split; there can "
				 "be 99,999: type a larger size",
				 options->shard_size, trfs_count_text(nr, text));
	*ret_nr_shards = (uint32_t)nr;
	return 0;
}

int trfs_shard_cut_check(const struct trfs_options *options, const char *split,
			 uint32_t nr_shards, struct trfs_error *err)
{
	uint32_t nr_threads = options->cut_threads;

	if (options->cut != TRFS_CUT_LINSPACE)
		return 0;
	if (nr_threads == 0)
		return trfs_fail(err, -EINVAL, "--cut-threads 0: type 1 or more");
	if (nr_shards % nr_threads == 0)
		return 0;
	return trfs_fail(err, -EINVAL,
			 "--cut linspace: the %u shards of split \"%s\" are no multiple "
			 "of %u threads; type another --shards or --cut-threads",
			 nr_shards, split, nr_threads);
}

/* Element @i of numpy.linspace(@start, @end, @nr + 1).astype(int). */
static uint32_t linspace(uint32_t start, uint32_t end, uint32_t nr, uint32_t i)
{
	double step = ((double)end - (double)start) / (double)nr;

	/* The build forbids fusing these into one rounding. */
	return i == nr ? end : (uint32_t)((double)i * step + (double)start);
}

static void cut_linspace(uint32_t nr_slots, uint32_t nr_shards, uint32_t nr_threads,
			 uint32_t *starts)
{
	uint32_t of_thread = nr_shards / nr_threads;

	for (uint32_t thread = 0; thread < nr_threads; thread++) {
		uint32_t start = linspace(0, nr_slots, nr_threads, thread);
		uint32_t end = linspace(0, nr_slots, nr_threads, thread + 1);

		for (uint32_t i = 0; i < of_thread; i++)
			starts[thread * of_thread + i] =
				linspace(start, end, of_thread, i);
	}
	starts[nr_shards] = nr_slots;
}

static void cut_runs(uint32_t nr_slots, uint32_t nr_shards, uint64_t size,
		     uint32_t *starts)
{
	for (uint32_t shard = 0; shard <= nr_shards; shard++) {
		uint64_t start = shard * size;

		starts[shard] = start < nr_slots ? (uint32_t)start : nr_slots;
	}
}

void trfs_shard_cut(const struct trfs_options *options, uint32_t nr_slots,
		    uint32_t nr_shards, uint32_t *ret_starts)
{
	uint32_t each = nr_slots / nr_shards, over = nr_slots % nr_shards;

	switch (options->cut) {
	case TRFS_CUT_CEILING:
		cut_runs(nr_slots, nr_shards, (uint64_t)each + (over > 0), ret_starts);
		return;
	case TRFS_CUT_BLOCKS:
		cut_runs(nr_slots, nr_shards, options->shard_size, ret_starts);
		return;
	case TRFS_CUT_LINSPACE:
		cut_linspace(nr_slots, nr_shards, options->cut_threads, ret_starts);
		return;
	case TRFS_CUT_ROUND_ROBIN:
		for (uint32_t s = 0; s <= nr_shards; s++)
			ret_starts[s] = s * each + (s < over ? s : over);
		return;
	case TRFS_CUT_EVEN:
		break;
	}
	for (uint64_t s = 0; s <= nr_shards; s++)
		ret_starts[s] = (uint32_t)(s * nr_slots / nr_shards);
}

void trfs_shard_cut_deal(const uint32_t *items, uint32_t nr_slots, uint32_t nr_shards,
			 uint32_t *ret)
{
	uint32_t next = 0;

	for (uint32_t shard = 0; shard < nr_shards; shard++) {
		for (uint64_t i = shard; i < nr_slots; i += nr_shards)
			ret[next++] = items[i];
	}
}
