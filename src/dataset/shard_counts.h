/* SPDX-License-Identifier: MIT */
/* How many shards each split is cut into: the text of --shards, or by size. */
#ifndef TRFS_DATASET_SHARD_COUNTS_H
#define TRFS_DATASET_SHARD_COUNTS_H

#include "dataset/split.h"

#define TRFS_SHARDS_MAX 99999u

/**
 * struct trfs_shard_demand - what a split has to put into shards
 * @nr_records: or slots, where the cut is over these
 * @nr_bytes: of its image files, with an allowance for what surrounds each
 */
struct trfs_shard_demand {
	uint64_t nr_records;
	uint64_t nr_bytes;
};

/**
 * trfs_shard_counts_choose() - the number of shards of each split
 * @text: "16" for every split, "train=16,validation=4" for some, NULL for the default
 * @demands: of each split
 * @empty: whether shards may be without records
 * @ret_counts: of each split
 *
 * -EINVAL for what is no such text, for an unknown split (the nearest is named), and for
 * more shards than records, unless @empty: the message then holds a --shards that works.
 */
TRFS_MUST_CHECK
int trfs_shard_counts_choose(const char *text, const struct trfs_splits *splits,
			     const struct trfs_shard_demand *demands, bool empty,
			     uint32_t *ret_counts, struct trfs_error *err);

#endif
