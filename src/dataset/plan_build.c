/* SPDX-License-Identifier: MIT */
/* Building a plan: split, order, cut, name. */
#include "base/error.h"
#include "dataset/plan_builder.h"

#include <stdlib.h>

static void release_builder(void *owner)
{
	struct trfs_plan_builder *b = owner;

	trfs_string_table_free(b->names);
	free(b->name_template);
	free(b->order);
	free(b->copies);
	free(b->shard_starts);
	free(b);
}

static int build(const struct trfs_catalog *catalog, const struct trfs_options *options,
		 const struct trfs_splits *splits, struct trfs_plan_builder *b,
		 struct trfs_error *err)
{
	struct trfs_plan_slots slots = { 0 };
	int rc = trfs_plan_order(catalog, options, splits, &slots, err);

	if (rc == 0)
		rc = trfs_plan_cut(catalog, options, splits, &slots, b, err);
	free(slots.items);
	if (rc == 0)
		rc = trfs_plan_name(options, splits, b, err);
	return rc;
}

static void show(const struct trfs_plan_builder *b, struct trfs_plan *plan)
{
	plan->nr_records = b->nr_records;
	plan->nr_ordered = b->nr_records;
	plan->nr_shards = b->nr_shards;
	plan->nr_splits = b->nr_splits;
	plan->splits = b->splits;
	plan->split_names = trfs_string_table_view(b->names);
	plan->order = b->order;
	plan->copies = b->copies;
	plan->shard_starts = b->shard_starts;
	plan->name_template = b->name_template;
}

int trfs_plan_build(const struct trfs_catalog *catalog,
		    const struct trfs_options *options, struct trfs_plan **ret,
		    struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_plan_freep) struct trfs_plan *plan = calloc(1, sizeof(*plan));
	struct trfs_plan_builder *b = calloc(1, sizeof(*b));
	struct trfs_splits splits;
	int rc;

	if (!plan || !b) {
		free(b);
		return trfs_fail_memory(err, "the plan");
	}
	/* The plan's from here on, whatever fails. */
	plan->owner = b;
	plan->release = release_builder;
	rc = trfs_splits_assign(catalog, options, &splits, err);
	if (rc < 0)
		return rc;
	rc = build(catalog, options, &splits, b, err);
	trfs_splits_done(&splits);
	if (rc < 0)
		return rc;
	show(b, plan);
	*ret = TRFS_STEAL(plan);
	return 0;
}
