/* SPDX-License-Identifier: MIT */
/*
 * Building a plan: split, order, cut.  Examples are counted into their splits in catalog
 * order; then each split's run is put in the order that was asked for.
 */
#include "base/error.h"
#include "base/random.h"
#include "dataset/plan.h"
#include "dataset/shard_counts.h"
#include "dataset/shard_name.h"
#include "dataset/split.h"

#include <errno.h>
#include <stdlib.h>

/* What framing, keys and labels add to an image, about; for choosing shard counts. */
#define RECORD_ALLOWANCE 512

/* The memory behind a built plan. */
struct builder {
	struct trfs_plan_split splits[TRFS_SPLITS_MAX];
	struct trfs_string_table *names;
	uint32_t *order;
};

static void release_builder(void *owner)
{
	struct builder *b = owner;

	if (b) {
		trfs_string_table_free(b->names);
		free(b->order);
		free(b);
	}
}

static struct builder *new_builder(uint64_t nr_records)
{
	struct builder *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->names = trfs_string_table_new();
	b->order = malloc(nr_records * sizeof(*b->order));
	if (!b->names || !b->order) {
		release_builder(b);
		return NULL;
	}
	return b;
}

/* Each split's run of @order, its examples in catalog order. */
static void fill_order(const struct trfs_catalog *catalog,
		       const struct trfs_splits *splits, struct builder *b)
{
	uint64_t next[TRFS_SPLITS_MAX] = { 0 }, first = 0;

	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		next[splits->of_example[i]]++;
	for (uint32_t s = 0; s < splits->nr; s++) {
		b->splits[s].first = first;
		b->splits[s].nr_records = next[s];
		next[s] = first;
		first += b->splits[s].nr_records;
	}
	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		b->order[next[splits->of_example[i]]++] = (uint32_t)i;
}

static int compare_paths(const void *a, const void *b, void *catalog)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = trfs_bytes_compare(trfs_catalog_name(catalog, x),
				       trfs_catalog_name(catalog, y));

	return order ? order : (x > y) - (x < y);
}

static void put_in_order(const struct trfs_catalog *catalog,
			 const struct trfs_options *options,
			 const struct trfs_splits *splits, struct builder *b)
{
	for (uint32_t s = 0; s < splits->nr; s++) {
		uint32_t *items = b->order + b->splits[s].first;
		size_t nr = (size_t)b->splits[s].nr_records;

		if (options->order == TRFS_ORDER_LOCAL)
			qsort_r(items, nr, sizeof(*items), compare_paths,
				(void *)catalog);
		else if (options->order == TRFS_ORDER_SHUFFLED &&
			 strcmp(splits->names[s], "train") == 0)
			trfs_random_shuffle(options->seed, items, nr);
	}
}

static int cut_into_shards(const struct trfs_catalog *catalog, const char *text,
			   const struct trfs_splits *splits, struct builder *b,
			   struct trfs_error *err)
{
	struct trfs_shard_demand demands[TRFS_SPLITS_MAX] = { { 0 } };
	uint32_t counts[TRFS_SPLITS_MAX], first_shard = 0;
	int rc;

	for (uint64_t i = 0; i < catalog->nr_examples; i++) {
		struct trfs_shard_demand *demand = &demands[splits->of_example[i]];

		demand->nr_records++;
		demand->nr_bytes +=
			(uint64_t)catalog->examples[i].size + RECORD_ALLOWANCE;
	}
	rc = trfs_shard_counts_choose(text, splits, demands, counts, err);
	if (rc < 0)
		return rc;
	for (uint32_t s = 0; s < splits->nr; s++) {
		b->splits[s].first_shard = first_shard;
		b->splits[s].nr_shards = counts[s];
		first_shard += counts[s];
	}
	return 0;
}

static int add_names(const struct trfs_splits *splits, struct builder *b)
{
	for (uint32_t s = 0; s < splits->nr; s++) {
		uint32_t number;
		int rc = trfs_string_table_add(b->names, trfs_bytes_of(splits->names[s]),
					       &number);

		if (rc < 0)
			return rc;
	}
	trfs_string_table_finish(b->names);
	return 0;
}

static int build(const struct trfs_catalog *catalog, const struct trfs_options *options,
		 const struct trfs_splits *splits, struct trfs_plan *plan,
		 struct trfs_error *err)
{
	const struct trfs_plan_split *last;
	struct builder *b = new_builder(catalog->nr_examples);
	int rc;

	if (!b)
		return trfs_fail_memory(err, "the plan");
	/* The plan's from here on, whatever fails. */
	plan->owner = b;
	plan->release = release_builder;
	if (add_names(splits, b) < 0)
		return trfs_fail_memory(err, "the plan");
	fill_order(catalog, splits, b);
	put_in_order(catalog, options, splits, b);
	rc = cut_into_shards(catalog, options->shards, splits, b, err);
	if (rc < 0)
		return rc;

	last = &b->splits[splits->nr - 1];
	plan->nr_records = catalog->nr_examples;
	plan->nr_shards = last->first_shard + last->nr_shards;
	plan->nr_splits = splits->nr;
	plan->splits = b->splits;
	plan->split_names = trfs_string_table_view(b->names);
	plan->order = b->order;
	plan->name_template = TRFS_SHARD_NAME_DEFAULT;
	return 0;
}

int trfs_plan_build(const struct trfs_catalog *catalog,
		    const struct trfs_options *options, struct trfs_plan **ret,
		    struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_plan_freep) struct trfs_plan *plan = calloc(1, sizeof(*plan));
	struct trfs_splits splits;
	int rc;

	if (!plan)
		return trfs_fail_memory(err, "the plan");
	rc = trfs_splits_assign(catalog, options, &splits, err);
	if (rc < 0)
		return rc;
	rc = build(catalog, options, &splits, plan, err);
	trfs_splits_done(&splits);
	if (rc < 0)
		return rc;
	*ret = TRFS_STEAL(plan);
	return 0;
}
