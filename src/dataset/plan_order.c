/* SPDX-License-Identifier: MIT */
/* The order of a split: entries as listed or drawn, gathered by split, then arranged. */
#include "base/error.h"
#include "base/python_random.h"
#include "base/random.h"
#include "dataset/class_order.h"
#include "dataset/plan_builder.h"
#include "dataset/slots.h"

#include <errno.h>
#include <stdlib.h>

static int compare_paths(const void *a, const void *b, void *paths)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = trfs_bytes_compare(trfs_strings_get(paths, x),
				       trfs_strings_get(paths, y));

	return order ? order : (x > y) - (x < y);
}

/* Names in full while they are compared, which is many times each. */
static int sort_by_path(const struct trfs_catalog *catalog, uint32_t *items, size_t nr)
{
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *table = trfs_string_table_new();
	struct trfs_strings paths;
	struct trfs_name room;
	int rc = table ? 0 : -ENOMEM;

	for (uint64_t i = 0; rc == 0 && i < catalog->nr_examples; i++)
		rc = trfs_string_table_add(table, trfs_catalog_name(catalog, i, &room),
					   NULL);
	if (rc < 0)
		return rc;
	paths = trfs_string_table_view(table);
	qsort_r(items, nr, sizeof(*items), compare_paths, &paths);
	return 0;
}

/* With --take everything was shuffled once; only these orders undo that. */
static bool is_sorted(enum trfs_order order)
{
	return order == TRFS_ORDER_MANIFEST || order == TRFS_ORDER_LOCAL ||
	       order == TRFS_ORDER_CLASSES;
}

static int arrange(const struct trfs_catalog *catalog, const struct trfs_options *options,
		   const struct trfs_splits *splits, uint32_t split, uint32_t *items,
		   size_t nr)
{
	bool train = strcmp(splits->names[split], "train") == 0;

	if (splits->drawn && !is_sorted(options->order))
		return 0;
	switch (options->order) {
	case TRFS_ORDER_LOCAL:
		return sort_by_path(catalog, items, nr);
		break;
	case TRFS_ORDER_CLASSES:
		trfs_class_order_sort(catalog, items, nr);
		break;
	case TRFS_ORDER_SHUFFLED:
		if (train)
			trfs_random_shuffle(options->seed, items, nr);
		break;
	case TRFS_ORDER_PYTHON:
		trfs_python_shuffle(options->seed, items, (uint32_t)nr);
		break;
	case TRFS_ORDER_PYTHON_TRAIN:
		if (train)
			trfs_python_shuffle(options->seed, items, (uint32_t)nr);
		break;
	case TRFS_ORDER_MANIFEST:
		break;
	}
	return 0;
}

/* Each split's run of @slots, its entries in the order of @listed. */
static void gather(const struct trfs_splits *splits, const uint32_t *listed, uint64_t nr,
		   struct trfs_plan_slots *slots)
{
	uint64_t next[TRFS_SPLITS_MAX] = { 0 }, first = 0;

	for (uint64_t i = 0; i < nr; i++) {
		if (splits->of_example[i] != TRFS_NO_SPLIT)
			next[splits->of_example[i]]++;
	}
	for (uint32_t s = 0; s < splits->nr; s++) {
		uint64_t members = next[s];

		slots->firsts[s] = next[s] = first;
		first += members;
	}
	slots->firsts[splits->nr] = first;
	for (uint64_t i = 0; i < nr; i++) {
		uint32_t split = splits->of_example[listed[i]];

		if (split != TRFS_NO_SPLIT)
			slots->items[next[split]++] = listed[i];
	}
}

int trfs_plan_order(const struct trfs_catalog *catalog,
		    const struct trfs_options *options, const struct trfs_splits *splits,
		    struct trfs_plan_slots *ret, struct trfs_error *err)
{
	uint64_t nr = catalog->nr_examples + splits->nr_problems;
	const uint32_t *listed = is_sorted(options->order) ? NULL : splits->drawn;
	uint32_t *manifest = NULL;
	int rc = 0;

	ret->items = malloc(nr * sizeof(*ret->items));
	if (!listed)
		manifest = malloc(nr * sizeof(*manifest));
	if (!ret->items || (!listed && !manifest)) {
		free(manifest);
		return trfs_fail_memory(err, "the plan");
	}
	if (!listed)
		trfs_slots_list(catalog, splits->nr_problems, manifest);
	gather(splits, listed ? listed : manifest, nr, ret);
	free(manifest);
	for (uint32_t s = 0; rc == 0 && s < splits->nr; s++)
		rc = arrange(catalog, options, splits, s, ret->items + ret->firsts[s],
			     (size_t)(ret->firsts[s + 1] - ret->firsts[s]));
	return rc < 0 ? trfs_fail_memory(err, "the plan") : 0;
}
