/* SPDX-License-Identifier: MIT */
/* One walk over the plan for the splits, one over the catalog for all else. */
#include "cli/report_counts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void count_splits(const struct trfs_plan *plan, uint64_t nr_examples,
			 struct trfs_report_counts *counts)
{
	for (uint32_t s = 0; s < plan->nr_splits; s++) {
		const struct trfs_plan_split *split = &plan->splits[s];

		counts->by_split[s] = split->nr_records;
		for (uint64_t i = 0; i < split->nr_records; i++) {
			uint64_t example = trfs_plan_example(plan, split->first + i);

			counts->split_of[example] = (uint8_t)s;
			/* Copies are at most TRFS_LIST_MAX. */
			counts->records_of[example]++;
		}
	}
	for (uint64_t i = 0; i < nr_examples; i++) {
		counts->nr_left_out += counts->records_of[i] == 0;
		counts->nr_copies +=
			counts->records_of[i] > 1 ? counts->records_of[i] - 1U : 0;
	}
}

static void count_oddities(uint32_t bits, uint64_t example,
			   struct trfs_report_counts *counts)
{
	for (size_t i = 0; i < TRFS_NR_ODDITIES; i++) {
		if (!(bits & trfs_oddity_texts[i].bit))
			continue;
		if (counts->oddities[i].nr++ == 0)
			counts->oddities[i].first = example;
	}
}

static void count_example(const struct trfs_catalog *catalog, uint64_t example,
			  struct trfs_report_counts *counts)
{
	const struct trfs_example *e = trfs_catalog_example(catalog, example);
	const struct trfs_appearance *a = trfs_catalog_appearance(catalog, e);
	size_t nr;
	const uint8_t *labels = trfs_catalog_labels(catalog, example, &nr);

	counts->bytes += e->size;
	if (a->format < TRFS_IMAGE_NR_FORMATS)
		counts->by_format[a->format]++;
	if (a->oddities)
		count_oddities(a->oddities, example, counts);
	counts->several_labels |= nr > 1;
	for (size_t i = 0; i < nr; i++) {
		uint64_t class = trfs_catalog_label(labels, i);

		/* An image has a class once, however many such objects are in it. */
		if (class >= counts->nr_classes ||
		    counts->last_of_class[class] == example + 1)
			continue;
		counts->last_of_class[class] = example + 1;
		counts->by_class[class]++;
		if (counts->nr_splits > 0)
			counts->by_both[class * counts->nr_splits +
					counts->split_of[example]] +=
				counts->records_of[example];
	}
}

static int compare_descending(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x > *y ? -1 : *x < *y;
}

int trfs_report_count(const struct trfs_catalog *catalog, const struct trfs_plan *plan,
		      struct trfs_report_counts *ret)
{
	struct trfs_report_counts *c = ret;

	*c = (struct trfs_report_counts){
		.nr_classes = catalog->class_names.nr,
		.nr_splits = plan ? plan->nr_splits : 0,
	};
	c->by_class = calloc(c->nr_classes + 1, sizeof(*c->by_class));
	c->last_of_class = calloc(c->nr_classes + 1, sizeof(*c->last_of_class));
	c->by_split = calloc(c->nr_splits + 1, sizeof(*c->by_split));
	c->by_both = calloc(c->nr_classes * c->nr_splits + 1, sizeof(*c->by_both));
	c->split_of = calloc(catalog->nr_examples + 1, sizeof(*c->split_of));
	c->by_size = calloc(c->nr_classes + 1, sizeof(*c->by_size));
	c->records_of = calloc(catalog->nr_examples + 1, sizeof(*c->records_of));
	if (!c->by_class || !c->last_of_class || !c->by_split || !c->by_both ||
	    !c->split_of || !c->by_size || !c->records_of)
		return -ENOMEM;
	if (plan)
		count_splits(plan, catalog->nr_examples, c);
	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		count_example(catalog, i, c);
	memcpy(c->by_size, c->by_class, c->nr_classes * sizeof(*c->by_size));
	qsort(c->by_size, c->nr_classes, sizeof(*c->by_size), compare_descending);
	return trfs_report_find_shared(catalog, c);
}

void trfs_report_counts_done(struct trfs_report_counts *counts)
{
	free(counts->by_class);
	free(counts->last_of_class);
	free(counts->by_size);
	free(counts->by_split);
	free(counts->by_both);
	free(counts->split_of);
	free(counts->records_of);
	*counts = (struct trfs_report_counts){ 0 };
}
