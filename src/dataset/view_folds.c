/* SPDX-License-Identifier: MIT */
/*
 * folds/K/I: cross-validation.  What train and validation have together (or all splits,
 * where there is neither) is put into K folds; fold I is "validation", the others are
 * "train".  Other splits stay as they are: a test split is never trained on.  Orders are
 * the root's: where it shuffles train, train is shuffled and validation as listed.
 */
#include "dataset/view_folds.h"

#include "base/error.h"
#include "base/random.h"

#include <errno.h>
#include <stdlib.h>

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	(void)context;
	if (i == 0)
		return trfs_view_parse_number(text, TRFS_FOLDS_MAX, &step->numbers[0]) &&
		       step->numbers[0] >= 2;
	return trfs_view_parse_number(text, step->numbers[0] - 1, &step->numbers[1]);
}

/* Whether the split's records are shared out. */
static bool is_pooled(const struct trfs_view_builder *b,
		      const struct trfs_view_split *split)
{
	return trfs_bytes_equal(split->name, trfs_bytes_of(b->train)) ||
	       trfs_bytes_equal(split->name, trfs_bytes_of(b->validation));
}

/* The splits that are shared out come first; their number, or that of all splits. */
static uint32_t sort_splits(struct trfs_view_builder *b)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < b->nr_splits; i++) {
		struct trfs_view_split split = b->splits[i];

		if (!is_pooled(b, &split))
			continue;
		memmove(&b->splits[nr + 1], &b->splits[nr],
			(i - nr) * sizeof(b->splits[0]));
		b->splits[nr++] = split;
	}
	return nr > 0 ? nr : b->nr_splits;
}

/* Without copies, as many records as there are examples are all of them. */
static bool holds_all(const struct trfs_view_builder *b, uint32_t nr_pooled)
{
	uint64_t nr = 0;

	for (uint32_t s = 0; s < nr_pooled; s++)
		nr += b->splits[s].nr;
	return !b->context->plan->copies && nr == b->context->catalog->nr_examples;
}

static int mark_pool(const struct trfs_view_builder *b, uint32_t nr_pooled,
		     struct trfs_folds *folds, struct trfs_error *err)
{
	uint64_t nr = b->context->catalog->nr_examples;

	folds->of_example = malloc((nr + 1) * sizeof(*folds->of_example));
	if (!folds->of_example)
		return trfs_fail_memory(err, "the folds");
	memset(folds->of_example, holds_all(b, nr_pooled) ? 0 : 0xff,
	       (nr + 1) * sizeof(*folds->of_example));
	if (holds_all(b, nr_pooled))
		return 0;
	for (uint32_t s = 0; s < nr_pooled; s++) {
		const struct trfs_view_split *split = &b->splits[s];

		for (uint64_t i = 0; i < split->nr; i++)
			folds->of_example[trfs_plan_example(
				b->context->plan, trfs_view_split_record(split, i))] = 0;
	}
	return 0;
}

/**
 * struct dealing - of the pooled records to the two splits
 * @examples: those of the fold: bits, being looked up in any order
 * @train, @validation: records, and how many of them
 */
struct dealing {
	uint64_t *examples;
	uint32_t *train;
	uint32_t *validation;
	uint64_t nr_train;
	uint64_t nr_validation;
};

/* The examples of one fold; NULL without memory. */
static uint64_t *find_examples(const struct trfs_view_builder *b,
			       const struct trfs_folds *folds, uint64_t fold)
{
	uint64_t *examples = trfs_view_examples_new(b);

	for (uint64_t i = 0; examples && i < b->context->catalog->nr_examples; i++)
		examples[i / 64] |= (uint64_t)(folds->of_example[i] == fold) << i % 64;
	return examples;
}

/* Copies that augmentation makes are for training alone. */
static void deal(const struct trfs_view_builder *b, uint32_t nr_pooled, struct dealing *d)
{
	const struct trfs_plan *plan = b->context->plan;

	for (uint32_t s = 0; s < nr_pooled; s++) {
		const struct trfs_view_split *split = &b->splits[s];

		for (uint64_t i = 0; i < split->nr; i++) {
			uint64_t record = trfs_view_split_record(split, i);
			uint64_t example = trfs_plan_example(plan, record);

			if (!trfs_view_examples_has(d->examples, example))
				d->train[d->nr_train++] = (uint32_t)record;
			else if (trfs_plan_copy(plan, record) == 0)
				d->validation[d->nr_validation++] = (uint32_t)record;
		}
	}
}

/* Whether the root's validation stands as the manifest lists it. */
static bool is_as_listed(const struct trfs_options *options)
{
	return options->order == TRFS_ORDER_SHUFFLED ||
	       options->order == TRFS_ORDER_MANIFEST ||
	       options->order == TRFS_ORDER_PYTHON_TRAIN;
}

/*
 * The records of validation by example.  The place of one is the number of the fold's
 * examples before it: those of the words before its own, and of the bits before its own.
 */
static int sort_validation(const struct trfs_view_builder *b, struct dealing *d)
{
	uint64_t nr_words = b->context->catalog->nr_examples / 64 + 1;
	uint32_t *before = malloc(nr_words * sizeof(*before));
	uint32_t *sorted = malloc((d->nr_validation + 1) * sizeof(*sorted));
	uint32_t nr = 0;

	if (!before || !sorted) {
		free(before);
		free(sorted);
		return -ENOMEM;
	}
	for (uint64_t w = 0; w < nr_words; w++) {
		before[w] = nr;
		nr += (uint32_t)__builtin_popcountll(d->examples[w]);
	}
	for (uint64_t i = 0; i < d->nr_validation; i++) {
		uint32_t record = d->validation[i];
		uint64_t example = trfs_plan_example(b->context->plan, record);
		uint64_t word = d->examples[example / 64];
		uint64_t below = word & ((UINT64_C(1) << example % 64) - 1);

		sorted[before[example / 64] + (uint32_t)__builtin_popcountll(below)] =
			record;
	}
	free(before);
	free(d->validation);
	d->validation = sorted;
	return 0;
}

/* How many shards a split of the root's of this name has, or else the first. */
static uint32_t shards_of(const struct trfs_view_builder *b, uint32_t nr_pooled,
			  const char *name)
{
	for (uint32_t i = 0; i < nr_pooled; i++)
		if (trfs_bytes_equal(b->splits[i].name, trfs_bytes_of(name)))
			return b->splits[i].nr_shards;
	return b->splits[0].nr_shards;
}

/* The two splits in place of those that were pooled. */
static void replace_splits(struct trfs_view_builder *b, uint32_t nr_pooled,
			   struct dealing *d)
{
	const struct trfs_options *options = b->context->options;
	struct trfs_view_split train = {
		.name = trfs_bytes_of(b->train),
		.training = true,
		.records = d->train,
		.nr = d->nr_train,
		.nr_most = UINT64_MAX,
		.nr_shards = shards_of(b, nr_pooled, b->train),
		.permuted = options->order == TRFS_ORDER_SHUFFLED,
		.seed = options->seed,
		.stream = trfs_random_hash(0, trfs_bytes_of("folds")),
	};
	struct trfs_view_split validation = {
		.name = trfs_bytes_of(b->validation),
		.records = d->validation,
		.nr = d->nr_validation,
		.nr_most = UINT64_MAX,
		.nr_shards = shards_of(b, nr_pooled, b->validation),
	};
	uint32_t nr_others = b->nr_splits - nr_pooled;

	for (uint32_t i = 0; i < nr_pooled; i++)
		free(b->splits[i].records);
	memmove(&b->splits[2], &b->splits[nr_pooled], nr_others * sizeof(b->splits[0]));
	b->splits[0] = train;
	b->splits[1] = validation;
	b->nr_splits = 2 + nr_others;
	for (uint32_t i = 2; i < b->nr_splits; i++)
		b->splits[i].training = false;
}

static int make_splits(struct trfs_view_builder *b, uint32_t nr_pooled,
		       const struct trfs_folds *folds, uint64_t fold,
		       struct trfs_error *err)
{
	struct dealing d = { .examples = find_examples(b, folds, fold) };
	uint64_t nr = 0;
	int rc = -ENOMEM;

	for (uint32_t i = 0; i < nr_pooled; i++)
		nr += b->splits[i].nr;
	/* Two that hold all: what is not written to takes no memory. */
	d.train = malloc((nr + 1) * sizeof(*d.train));
	d.validation = malloc((nr + 1) * sizeof(*d.validation));
	if (d.examples && d.train && d.validation) {
		deal(b, nr_pooled, &d);
		rc = is_as_listed(b->context->options) ? sort_validation(b, &d) : 0;
	}
	free(d.examples);
	if (rc == 0) {
		replace_splits(b, nr_pooled, &d);
		return 0;
	}
	free(d.train);
	free(d.validation);
	return trfs_fail_memory(err, "the folds");
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	struct trfs_folds folds = { .context = b->context,
				    .nr = (uint32_t)step->numbers[0] };
	uint32_t nr_pooled = sort_splits(b);
	int rc;

	if (nr_pooled == 1 && b->nr_splits == TRFS_SPLITS_MAX)
		return trfs_fail(err, -ENOENT, "it would have too many splits");
	rc = mark_pool(b, nr_pooled, &folds, err);
	if (rc == 0)
		rc = b->context->catalog->group_column == TRFS_NO_COLUMN
			     ? trfs_folds_by_example(&folds, err)
			     : trfs_folds_by_group(&folds, err);
	if (rc == 0)
		rc = make_splits(b, nr_pooled, &folds, step->numbers[1], err);
	free(folds.of_example);
	return rc;
}

const struct trfs_view_kind trfs_view_folds = {
	.name = "folds",
	.stage = TRFS_VIEW_STAGE_FOLDS,
	.min_arguments = 2,
	.max_arguments = 2,
	.parse = parse,
	.apply = apply,
};
