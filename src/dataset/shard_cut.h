/* SPDX-License-Identifier: MIT */
/*
 * Where the shards of a split begin.  A cut is over slots: places in the order of the
 * split, each of which becomes no, one or several records (see plan.h).
 */
#ifndef TRFS_DATASET_SHARD_CUT_H
#define TRFS_DATASET_SHARD_CUT_H

#include "base/compiler.h"
#include <tfrecordfs/options.h>

/*
 * How many shards @options->shard_size slots each make of @nr_slots, for TRFS_CUT_BLOCKS.
 * -EINVAL without a size, or for more than there can be.
 */
TRFS_MUST_CHECK
int trfs_shard_cut_count_blocks(const struct trfs_options *options, uint32_t nr_slots,
				uint32_t *ret_nr_shards, struct trfs_error *err);

/*
 * -EINVAL where @options->cut cannot make @nr_shards of a split called @split: linspace
 * needs a multiple of its threads.
 */
TRFS_MUST_CHECK
int trfs_shard_cut_check(const struct trfs_options *options, const char *split,
			 uint32_t nr_shards, struct trfs_error *err);

/**
 * trfs_shard_cut() - the first slot of each shard
 * @nr_shards: at least 1
 * @ret_starts: @nr_shards + 1 numbers, ascending, from 0 to @nr_slots
 *
 * even: [s * n / N, (s + 1) * n / N).  ceiling: runs of q = ceil(n / N).  blocks: runs
 * of the shard size.  round-robin: as many as s, s + N, s + 2N ... are; the slots
 * themselves are put there by trfs_shard_cut_deal().  linspace: what
 * numpy.linspace(...).astype(int) gives in doubles, which is not the same as whole
 * numbers: first for the threads, then within each thread for its shards.
 */
void trfs_shard_cut(const struct trfs_options *options, uint32_t nr_slots,
		    uint32_t nr_shards, uint32_t *ret_starts);

/*
 * Put slot i of @items behind those that shard i mod @nr_shards has already, in @ret, as
 * trfs_shard_cut() counts them for TRFS_CUT_ROUND_ROBIN.
 */
void trfs_shard_cut_deal(const uint32_t *items, uint32_t nr_slots, uint32_t nr_shards,
			 uint32_t *ret);

#endif
