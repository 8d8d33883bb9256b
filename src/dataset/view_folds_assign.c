/* SPDX-License-Identifier: MIT */
/*
 * Putting examples into folds.  One by one: each label set takes the folds in turns, K
 * examples a turn and the turns in random order, and what is left over of one set goes on
 * where that of the set before ended.  By groups: each goes where it is needed most.
 */
#include "dataset/view_folds.h"

#include "base/error.h"
#include "base/random.h"
#include "dataset/split_groups.h"
#include "dataset/split_strata.h"

#include <errno.h>
#include <stdlib.h>

/**
 * struct turns - the folds that the next examples of a label set go to
 * @left: examples of the set that have none yet
 * @nr: of the turn at hand, which are taken from the end
 * @random: state of the set's own random numbers
 * @folds: its turn; room for K, or for all of a smaller set
 */
struct turns {
	uint64_t left;
	uint64_t random;
	uint32_t nr;
	uint16_t *folds;
};

/* A new turn: all folds, or for the last examples as many as these, from @next on. */
static void start_turn(struct turns *t, uint32_t nr_folds, uint32_t *next)
{
	bool is_whole = t->left >= nr_folds;
	uint32_t first = is_whole ? 0 : *next;

	t->nr = is_whole ? nr_folds : (uint32_t)t->left;
	for (uint32_t i = 0; i < t->nr; i++) {
		uint32_t place = (uint32_t)trfs_random_below(&t->random, i + 1);

		t->folds[i] = t->folds[place];
		t->folds[place] = (uint16_t)((first + i) % nr_folds);
	}
	if (!is_whole)
		*next = (first + t->nr) % nr_folds;
}

static uint16_t take_turn(struct turns *t, uint32_t nr_folds, uint32_t *next)
{
	if (t->nr == 0)
		start_turn(t, nr_folds, next);
	t->left--;
	return t->folds[--t->nr];
}

static uint64_t count_examples(const struct trfs_folds *folds,
			       const struct trfs_strata *strata, struct turns *turns)
{
	const struct trfs_catalog *catalog = folds->context->catalog;
	uint64_t nr = 0;

	for (uint64_t i = 0; i < catalog->nr_examples; i++) {
		if (folds->of_example[i] == TRFS_NO_FOLD)
			continue;
		turns[trfs_strata_of_example(strata, catalog, i)].left++;
		nr++;
	}
	return nr;
}

static void assign_examples(struct trfs_folds *folds, const struct trfs_strata *strata,
			    struct turns *turns)
{
	const struct trfs_catalog *catalog = folds->context->catalog;
	uint32_t next = 0;

	for (uint64_t i = 0; i < catalog->nr_examples; i++) {
		if (folds->of_example[i] == TRFS_NO_FOLD)
			continue;
		folds->of_example[i] =
			take_turn(&turns[trfs_strata_of_example(strata, catalog, i)],
				  folds->nr, &next);
	}
}

/* Room for the turns of all sets, of which there can be millions and of few examples.
 * NULL without memory; the caller's to free. */
static uint16_t *make_room(struct turns *turns, uint32_t nr_sets, uint32_t nr_folds)
{
	uint64_t nr = 0;
	uint16_t *room;

	for (uint32_t s = 0; s < nr_sets; s++)
		nr += turns[s].left < nr_folds ? turns[s].left : nr_folds;
	room = calloc(nr + 1, sizeof(*room));
	nr = 0;
	for (uint32_t s = 0; room && s < nr_sets; s++) {
		turns[s].folds = room + nr;
		nr += turns[s].left < nr_folds ? turns[s].left : nr_folds;
	}
	return room;
}

int trfs_folds_by_example(struct trfs_folds *folds, struct trfs_error *err)
{
	const struct trfs_options *options = folds->context->options;
	struct trfs_strata strata;
	struct turns *turns = NULL;
	uint16_t *room = NULL;
	int rc = trfs_strata_build(folds->context->catalog, options->stratify, 0, &strata,
				   err);

	if (rc < 0)
		return rc;
	turns = calloc((size_t)strata.nr + 1, sizeof(*turns));
	if (!turns) {
		rc = trfs_fail_memory(err, "the folds");
		goto out;
	}
	for (uint32_t s = 0; s < strata.nr; s++)
		turns[s].random =
			trfs_random_hash(options->seed ^ s, trfs_bytes_of("folds"));
	if (count_examples(folds, &strata, turns) < folds->nr) {
		rc = trfs_fail(err, -ENOENT, "there are fewer examples than folds");
		goto out;
	}
	room = make_room(turns, strata.nr, folds->nr);
	if (room)
		assign_examples(folds, &strata, turns);
	else
		rc = trfs_fail_memory(err, "the folds");
out:
	free(turns);
	free(room);
	trfs_strata_done(&strata);
	return rc;
}

/**
 * struct filling - what folds hold while groups are put into them
 * @sizes: examples of each fold
 * @held: labels of each class, a row a class and a column a fold
 */
struct filling {
	struct trfs_folds *folds;
	const struct trfs_groups *groups;
	uint64_t *sizes;
	uint32_t *held;
};

static size_t nr_rows(const struct filling *f)
{
	return (size_t)f->folds->context->catalog->class_names.nr + 1;
}

/* The fold that lacks most of the group's class, and of those the smallest. */
static uint16_t choose_fold(const struct filling *f, const struct trfs_group *group)
{
	size_t class = group->class == TRFS_NO_CLASS ? nr_rows(f) - 1 : group->class;
	const uint32_t *held = f->held + class * f->folds->nr;
	uint32_t best = 0;

	for (uint32_t fold = 1; fold < f->folds->nr; fold++)
		if (held[fold] < held[best] ||
		    (held[fold] == held[best] && f->sizes[fold] < f->sizes[best]))
			best = fold;
	return (uint16_t)best;
}

static void put_label(struct filling *f, uint64_t example, uint16_t fold)
{
	size_t nr;
	const uint8_t *labels =
		trfs_catalog_labels(f->folds->context->catalog, example, &nr);

	for (size_t l = 0; l < nr; l++)
		f->held[(size_t)trfs_catalog_label(labels, l) * f->folds->nr + fold]++;
}

/* Whether any of the group is to be in a fold, and then in which. */
static bool put_group(struct filling *f, const struct trfs_group *group)
{
	const uint32_t *members = trfs_group_members(f->groups, group);
	uint16_t *of_example = f->folds->of_example;
	uint16_t fold = choose_fold(f, group);
	bool any = false;

	for (uint32_t i = 0; i < group->nr; i++) {
		if (of_example[members[i]] == TRFS_NO_FOLD)
			continue;
		of_example[members[i]] = fold;
		f->sizes[fold]++;
		put_label(f, members[i], fold);
		any = true;
	}
	/* Without classes only sizes count. */
	if (any && group->class == TRFS_NO_CLASS)
		f->held[(nr_rows(f) - 1) * f->folds->nr + fold] =
			(uint32_t)f->sizes[fold];
	return any;
}

int trfs_folds_by_group(struct trfs_folds *folds, struct trfs_error *err)
{
	const struct trfs_options *options = folds->context->options;
	struct filling f = { .folds = folds };
	struct trfs_groups groups;
	uint64_t nr_used = 0;
	int rc = trfs_groups_build(folds->context->catalog, options->seed,
				   options->stratify, folds->nr, &groups, err);

	if (rc < 0)
		return rc;
	f.groups = &groups;
	f.sizes = calloc(folds->nr, sizeof(*f.sizes));
	f.held = calloc(nr_rows(&f) * folds->nr, sizeof(*f.held));
	if (!f.sizes || !f.held)
		rc = trfs_fail_memory(err, "the folds");
	for (uint32_t i = 0; rc == 0 && i < groups.nr; i++)
		nr_used += put_group(&f, &groups.items[i]);
	if (rc == 0 && nr_used < folds->nr)
		rc = trfs_fail(err, -ENOENT, "there are fewer groups than folds");
	free(f.sizes);
	free(f.held);
	trfs_groups_done(&groups);
	return rc;
}
