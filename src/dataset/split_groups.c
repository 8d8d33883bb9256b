/* SPDX-License-Identifier: MIT */
/*
 * Gathering groups.  Examples are sorted by the number of their cell, which is a count
 * and a second pass; each group's class follows from its members' labels, compared as
 * parts of the class's total without a division.
 */
#include "dataset/split_groups.h"
#include "base/error.h"
#include "base/random.h"

#include <errno.h>
#include <stdlib.h>

/* What is known of each class while groups are given theirs. */
struct class_count {
	uint64_t total;	 /* labels in the catalog */
	uint32_t here;	 /* labels in the group at hand; 0 between groups */
	uint32_t groups; /* that stand with it */
	uint32_t rank;
};

static int gather_members(const struct trfs_catalog *catalog,
			  const struct trfs_column *column, struct trfs_groups *g)
{
	uint64_t nr_values = column->values.nr;
	uint32_t start = 0;

	g->ends = calloc(nr_values, sizeof(*g->ends));
	g->members = malloc(catalog->nr_examples * sizeof(*g->members));
	if (!g->ends || !g->members)
		return -ENOMEM;
	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		g->ends[trfs_column_number(column, i)]++;
	for (uint64_t v = 0; v < nr_values; v++) {
		uint32_t nr = g->ends[v];

		g->nr += nr > 0;
		g->ends[v] = start;
		start += nr;
	}
	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		g->members[g->ends[trfs_column_number(column, i)]++] = (uint32_t)i;
	return 0;
}

static int list_groups(const struct trfs_column *column, uint64_t seed,
		       struct trfs_groups *g)
{
	struct trfs_group *group;

	g->items = malloc(g->nr * sizeof(*g->items));
	if (!g->items)
		return -ENOMEM;
	group = g->items;
	for (uint64_t v = 0; v < column->values.nr; v++) {
		uint32_t nr = g->ends[v] - (v ? g->ends[v - 1] : 0);

		if (nr == 0)
			continue;
		*group++ = (struct trfs_group){
			.hash = trfs_random_hash(seed,
						 trfs_strings_get(&column->values, v)),
			.value = (uint32_t)v,
			.nr = nr,
			.class = TRFS_NO_CLASS,
		};
	}
	return 0;
}

static void count_totals(const struct trfs_catalog *catalog, struct class_count *classes)
{
	for (uint64_t i = 0; i < catalog->nr_examples; i++) {
		size_t nr;
		const uint8_t *labels = trfs_catalog_labels(catalog, i, &nr);

		for (size_t l = 0; l < nr; l++)
			classes[trfs_catalog_label(labels, l)].total++;
	}
}

static bool holds_more(const struct class_count *classes, uint32_t a, uint32_t b)
{
	uint64_t part_a = classes[a].here * classes[b].total;
	uint64_t part_b = classes[b].here * classes[a].total;

	return part_a != part_b ? part_a > part_b : a < b;
}

static void choose_class(const struct trfs_catalog *catalog, const struct trfs_groups *g,
			 struct class_count *classes, struct trfs_group *group)
{
	const uint32_t *members = trfs_group_members(g, group);
	uint32_t best = TRFS_NO_CLASS;
	size_t nr;

	for (uint32_t i = 0; i < group->nr; i++) {
		const uint8_t *labels = trfs_catalog_labels(catalog, members[i], &nr);

		for (size_t l = 0; l < nr; l++)
			classes[trfs_catalog_label(labels, l)].here++;
	}
	for (uint32_t i = 0; i < group->nr; i++) {
		const uint8_t *labels = trfs_catalog_labels(catalog, members[i], &nr);

		for (size_t l = 0; l < nr; l++) {
			uint32_t class = trfs_catalog_label(labels, l);

			if (best == TRFS_NO_CLASS || holds_more(classes, class, best))
				best = class;
		}
	}
	if (best == TRFS_NO_CLASS)
		return;
	group->class = best;
	group->weight = classes[best].here;
	classes[best].groups++;
	for (uint32_t i = 0; i < group->nr; i++) {
		const uint8_t *labels = trfs_catalog_labels(catalog, members[i], &nr);

		for (size_t l = 0; l < nr; l++)
			classes[trfs_catalog_label(labels, l)].here = 0;
	}
}

static int compare_classes(const void *a, const void *b, void *classes)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct class_count *counts = classes;

	if (counts[x].total != counts[y].total)
		return counts[x].total < counts[y].total ? -1 : 1;
	return (x > y) - (x < y);
}

/* Ranks from 1: rank 0 is the stratum without a class. */
static int rank_classes(struct class_count *classes, size_t nr)
{
	uint32_t *order = malloc((nr + 1) * sizeof(*order));

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, nr, sizeof(*order), compare_classes, classes);
	for (size_t i = 0; i < nr; i++)
		classes[order[i]].rank = (uint32_t)i + 1;
	free(order);
	return 0;
}

static int stratify_groups(const struct trfs_catalog *catalog, uint32_t min_groups,
			   struct trfs_groups *g)
{
	size_t nr_classes = (size_t)catalog->class_names.nr;
	struct class_count *classes = calloc(nr_classes + 1, sizeof(*classes));
	int rc;

	if (!classes)
		return -ENOMEM;
	count_totals(catalog, classes);
	rc = rank_classes(classes, nr_classes);
	for (uint32_t i = 0; rc == 0 && i < g->nr; i++)
		choose_class(catalog, g, classes, &g->items[i]);
	for (uint32_t i = 0; rc == 0 && i < g->nr; i++) {
		struct trfs_group *group = &g->items[i];

		if (group->class == TRFS_NO_CLASS)
			continue;
		if (classes[group->class].groups < min_groups)
			group->class = TRFS_NO_CLASS;
		else
			group->rank = classes[group->class].rank;
	}
	free(classes);
	return rc;
}

static int compare_groups(const void *a, const void *b, void *values)
{
	const struct trfs_group *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return trfs_bytes_compare(trfs_strings_get(values, x->value),
				  trfs_strings_get(values, y->value));
}

int trfs_groups_build(const struct trfs_catalog *catalog, uint64_t seed, bool stratify,
		      uint32_t min_groups, struct trfs_groups *ret,
		      struct trfs_error *err)
{
	const struct trfs_column *column = &catalog->columns[catalog->group_column];
	struct trfs_groups groups = { .nr = 0 };
	int rc;

	rc = gather_members(catalog, column, &groups);
	if (rc == 0)
		rc = list_groups(column, seed, &groups);
	if (rc == 0 && stratify)
		rc = stratify_groups(catalog, min_groups, &groups);
	if (rc < 0) {
		trfs_groups_done(&groups);
		return trfs_fail_memory(err, "the groups of the split");
	}
	qsort_r(groups.items, groups.nr, sizeof(*groups.items), compare_groups,
		(void *)&column->values);
	*ret = groups;
	return 0;
}

void trfs_groups_done(struct trfs_groups *groups)
{
	free(groups->items);
	free(groups->ends);
	free(groups->members);
	*groups = (struct trfs_groups){ .nr = 0 };
}
