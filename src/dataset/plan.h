/* SPDX-License-Identifier: MIT */
/* The plan from the inside; like the catalog, built in memory or mapped. */
#ifndef TRFS_DATASET_PLAN_H
#define TRFS_DATASET_PLAN_H

#include "dataset/catalog.h"
#include <tfrecordfs/plan.h>

/**
 * struct trfs_plan_split - one split's part of the plan; stored in the index as it is
 * @first: its first record, counted over all splits
 * @first_shard: its first shard, counted over all splits
 *
 * Its records are cut into @nr_shards runs whose lengths differ by at most one: shard
 * s holds the records [s * n / N, (s + 1) * n / N) of it.
 */
struct trfs_plan_split {
	uint64_t first;
	uint64_t nr_records;
	uint32_t first_shard;
	uint32_t nr_shards;
};

/**
 * struct trfs_plan - which example is record k of shard s
 * @order: the example of each record, split after split
 * @name_template: of shards: "{split}-{shard}-of-{shards}.tfrecord"; see shard_name.h
 */
struct trfs_plan {
	uint64_t nr_records;
	uint32_t nr_shards;
	uint32_t nr_splits;
	const struct trfs_plan_split *splits;
	struct trfs_strings split_names;
	const uint32_t *order;
	const char *name_template; /* static */
	void (*release)(void *owner);
	void *owner;
};

TRFS_DEFINE_FREEP(trfs_plan)

/* A shard's run of records: first one (over all splits) and how many. */
struct trfs_shard_range {
	uint32_t split;
	uint64_t first;
	uint64_t nr_records;
};

/* @shard must exist. */
struct trfs_shard_range trfs_plan_shard_range(const struct trfs_plan *plan,
					      uint32_t shard);

/* The example of record @record, counted over all splits; must exist. */
static inline uint64_t trfs_plan_example(const struct trfs_plan *plan, uint64_t record)
{
	return plan->order[record];
}

#endif
