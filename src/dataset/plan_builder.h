/* SPDX-License-Identifier: MIT */
/* The steps of building a plan; private to plan_build.c, plan_order.c, plan_records.c and
 * plan_names.c. */
#ifndef TRFS_DATASET_PLAN_BUILDER_H
#define TRFS_DATASET_PLAN_BUILDER_H

#include "dataset/plan.h"
#include "dataset/split.h"

/**
 * struct trfs_plan_slots - every place in the order of its split, split after split
 * @items: entries, see dataset/slots.h: from the catalog's nr_examples on no record
 * @firsts: where each split begins, and one past the last one's end
 */
struct trfs_plan_slots {
	uint32_t *items;
	uint64_t firsts[TRFS_SPLITS_MAX + 1];
};

/**
 * struct trfs_plan_builder - the memory behind a built plan, see struct trfs_plan
 */
struct trfs_plan_builder {
	struct trfs_plan_split splits[TRFS_SPLITS_MAX];
	uint32_t nr_splits;
	uint32_t nr_shards;
	uint64_t nr_records;
	struct trfs_string_table *names;
	char *name_template;
	uint32_t *order;
	uint8_t *copies;
	uint64_t *shard_starts;
};

/* Put the entries of each split in order.  @ret->items is the caller's to free. */
TRFS_MUST_CHECK
int trfs_plan_order(const struct trfs_catalog *catalog,
		    const struct trfs_options *options, const struct trfs_splits *splits,
		    struct trfs_plan_slots *ret, struct trfs_error *err);

/* Cut slots, which are used up, into shards of records: all of @b but names. */
TRFS_MUST_CHECK
int trfs_plan_cut(const struct trfs_catalog *catalog, const struct trfs_options *options,
		  const struct trfs_splits *splits, struct trfs_plan_slots *slots,
		  struct trfs_plan_builder *b, struct trfs_error *err);

/* Names for splits and shards that are cut already; no two shards have one. */
TRFS_MUST_CHECK
int trfs_plan_name(const struct trfs_options *options, const struct trfs_splits *splits,
		   struct trfs_plan_builder *b, struct trfs_error *err);

#endif
