/* SPDX-License-Identifier: MIT */
/*
 * The plan from the inside; like the catalog, built in memory or mapped.
 *
 * How it comes about.  Every entry (an example, or a problem that keeps its place: see
 * dataset/slots.h) is put into a split and then in order; its place there is a slot.  A
 * slot becomes a run of records:
 *
 *	none	of a problem, and of an example that --keep-every leaves out
 *	one	of any other example
 *	1 + k	in train, where k items of --augment are for it: the original and then
 *		its copies 1 to k
 *
 * Shards are runs of slots (dataset/shard_cut.h), so that a row that was left out moves
 * no other; some may be without records.  Only --cut even, which promises runs of equal
 * length and no empty shard, is over records.  --keep-every counts the slots of its class
 * in train in the order of the plan, before round-robin deals them.
 */
#ifndef TRFS_DATASET_PLAN_H
#define TRFS_DATASET_PLAN_H

#include "base/permutation.h"
#include "dataset/catalog.h"
#include <tfrecordfs/plan.h>

/**
 * struct trfs_plan_split - one split's part of the plan; stored in the index as it is
 * @first: its first record, counted over all splits
 * @first_shard: its first shard, counted over all splits
 */
struct trfs_plan_split {
	uint64_t first;
	uint64_t nr_records;
	uint32_t first_shard;
	uint32_t nr_shards;
};

/**
 * struct trfs_plan_source - which records of the root's plan make a split of a view
 * @first: the records from @first on ...
 * @records: ... or, where it is not NULL, these
 * @permuted: taken in the order of @permutation, which is over all of them
 * @from: so many of that order are left out in front
 */
struct trfs_plan_source {
	uint64_t first;
	const uint32_t *records;
	uint64_t from;
	bool permuted;
	struct trfs_permutation permutation;
};

/**
 * struct trfs_plan - which example is record k of shard s
 * @nr_records: of all splits
 * @sources: of each split where this is the plan of a view (dataset/view.h): @order and
 *	@copies are then the root's, and are looked up by the number of the root's record;
 *	NULL where this is the root's own
 * @nr_ordered: records in @order
 * @split_names: as shard names have them
 * @order: the example of each record, split after split, shard after shard
 * @copies: of each record, 0 for an original; NULL where all are
 * @shard_starts: first record of each shard, and behind them @nr_records; all ascending
 * @name_template: of shards, see shard_name.h
 * @guard: of @order and @copies, see base/guard.h
 */
struct trfs_plan {
	uint64_t nr_records;
	const struct trfs_plan_source *sources;
	uint64_t nr_ordered;
	uint32_t nr_shards;
	uint32_t nr_splits;
	const struct trfs_plan_split *splits;
	struct trfs_strings split_names;
	const uint32_t *order;
	const uint8_t *copies;
	const uint64_t *shard_starts;
	const char *name_template;
	struct trfs_guard *guard;
	void (*release)(void *owner);
	void *owner;
};

TRFS_DEFINE_FREEP(trfs_plan)

/* A shard's run of records: first one (over all splits) and how many, perhaps none. */
struct trfs_shard_range {
	uint32_t split;
	uint64_t first;
	uint64_t nr_records;
};

/* @shard must exist. */
struct trfs_shard_range trfs_plan_shard_range(const struct trfs_plan *plan,
					      uint32_t shard);

/*
 * The number in the root's plan of record @record, counted over all splits; must exist.
 * What a record is made of depends on that number alone.
 */
uint64_t trfs_plan_origin_of_view(const struct trfs_plan *plan, uint64_t record);

static inline uint64_t trfs_plan_origin(const struct trfs_plan *plan, uint64_t record)
{
	return plan->sources ? trfs_plan_origin_of_view(plan, record) : record;
}

/* The same for @nr records from @record on, all of one split: faster than one by one. */
void trfs_plan_origins(const struct trfs_plan *plan, uint64_t record, size_t nr,
		       uint32_t *ret);

/* The example of the root's record @origin, see trfs_plan_origin(); must exist. */
static inline uint64_t trfs_plan_example(const struct trfs_plan *plan, uint64_t origin)
{
	return trfs_guard_sound(plan->guard, &plan->order[origin], sizeof(*plan->order))
		       ? plan->order[origin]
		       : 0;
}

/*
 * Which copy of its example the root's record @origin is: 0 for the original; copy k is
 * made by item k of --augment of those for the example, see dataset/augment.h.
 */
static inline uint32_t trfs_plan_copy(const struct trfs_plan *plan, uint64_t origin)
{
	if (!plan->copies || !trfs_guard_sound(plan->guard, &plan->copies[origin], 1))
		return 0;
	return plan->copies[origin];
}

/*
 * Whether the root's record @origin is one of several of its example, itself or a copy:
 * copies follow their original at once.
 */
static inline bool trfs_plan_has_copies(const struct trfs_plan *plan, uint64_t origin)
{
	if (trfs_plan_copy(plan, origin) > 0)
		return true;
	return origin + 1 < plan->nr_ordered && trfs_plan_copy(plan, origin + 1) > 0;
}

/* The highest number of a copy, 0 where there are none.  Looks at every record. */
uint32_t trfs_plan_nr_copies_max(const struct trfs_plan *plan);

#endif
