/* SPDX-License-Identifier: MIT */
/* Label sets are counted first, as there are few of them; then what is in each. */
#include "stream/side_counts.h"

#include "base/error.h"
#include "base/workers.h"
#include "dataset/view_kind.h"

#include <stdlib.h>

#define RECORDS_BATCH 4096u

/**
 * struct counting - of one split
 * @of_sets: records of each label set, a row a worker
 */
struct counting {
	const struct trfs_view *view;
	uint64_t first;
	uint64_t *of_sets;
};

static int count_records(void *user, unsigned int worker, uint64_t first, uint64_t end,
			 struct trfs_error *err)
{
	struct counting *c = user;
	const struct trfs_plan *plan = c->view->plan;
	const struct trfs_catalog *catalog = c->view->catalog;
	uint64_t *of_sets = c->of_sets + worker * (catalog->label_sets.nr + 1);
	uint32_t origins[TRFS_SIDE_BLOCK];

	(void)err;
	for (uint64_t at = first; at < end; at += TRFS_SIDE_BLOCK) {
		size_t nr =
			end - at < TRFS_SIDE_BLOCK ? (size_t)(end - at) : TRFS_SIDE_BLOCK;

		trfs_plan_origins(plan, c->first + at, nr, origins);
		for (size_t i = 0; i < nr; i++)
			of_sets[trfs_catalog_label_set(
				catalog, trfs_plan_example(plan, origins[i]))]++;
	}
	return 0;
}

static void add_sets(const struct trfs_view *view, const uint64_t *of_sets,
		     struct trfs_side_counts *counts, uint32_t split)
{
	const struct trfs_strings *sets = &view->catalog->label_sets;
	uint64_t *row = counts->of + split * counts->nr_classes;

	for (uint64_t s = 0; s < sets->nr; s++) {
		struct trfs_bytes set = trfs_strings_get(sets, s);

		if (set.len == 0)
			counts->unlabelled[split] += of_sets[s];
		for (size_t k = 0; k < set.len / 4; k++)
			row[trfs_catalog_label(set.data, k)] += of_sets[s];
	}
}

static int count_split(const struct trfs_view *view, uint32_t split,
		       struct trfs_side_counts *counts, struct trfs_error *err)
{
	const struct trfs_plan_split *s = &view->plan->splits[split];
	unsigned int nr_threads =
		s->nr_records < 16 * RECORDS_BATCH
			? 1
			: trfs_workers_nr_threads(view->options->threads);
	size_t nr_sets = (size_t)view->catalog->label_sets.nr + 1;
	struct counting c = { .view = view, .first = s->first };
	int rc = 0;

	c.of_sets = calloc(nr_threads * nr_sets, sizeof(*c.of_sets));
	if (!c.of_sets)
		return trfs_fail_memory(err, "counting");
	if (nr_threads > 1)
		rc = trfs_workers_run(nr_threads, s->nr_records, RECORDS_BATCH,
				      count_records, &c, "Counting", NULL, err);
	else
		rc = count_records(&c, 0, 0, s->nr_records, err);
	for (unsigned int i = 0; i < nr_threads; i++)
		add_sets(view, c.of_sets + i * nr_sets, counts, split);
	free(c.of_sets);
	return rc;
}

int trfs_side_counts_make(const struct trfs_view *view, struct trfs_side_counts *ret,
			  struct trfs_error *err)
{
	int rc = 0;

	*ret = (struct trfs_side_counts){ .nr_classes = view->catalog->class_names.nr,
					  .nr_splits = view->plan->nr_splits };
	ret->of = calloc(ret->nr_splits * ret->nr_classes + 1, sizeof(*ret->of));
	ret->unlabelled = calloc(ret->nr_splits + 1u, sizeof(*ret->unlabelled));
	if (!ret->of || !ret->unlabelled)
		return trfs_fail_memory(err, "counting");
	for (uint32_t split = 0; rc == 0 && split < ret->nr_splits; split++)
		rc = count_split(view, split, ret, err);
	return rc;
}

void trfs_side_counts_done(struct trfs_side_counts *counts)
{
	free(counts->of);
	free(counts->unlabelled);
	*counts = (struct trfs_side_counts){ .of = NULL };
}

uint32_t trfs_side_training_split(const struct trfs_view *view)
{
	struct trfs_view_context context = trfs_generation_view_context(view->generation);
	char buf[TRFS_SPLIT_NAME_MAX];
	struct trfs_bytes train = trfs_view_split_shown(&context, TRFS_VIEW_TRAIN, buf);

	for (uint32_t i = 0; i < view->plan->nr_splits; i++)
		if (trfs_bytes_equal(trfs_strings_get(&view->plan->split_names, i),
				     train))
			return i;
	return 0;
}
