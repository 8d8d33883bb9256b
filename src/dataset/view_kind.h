/* SPDX-License-Identifier: MIT */
/* What a kind of view has to provide, and what it works on; private to view_*.c. */
#ifndef TRFS_DATASET_VIEW_KIND_H
#define TRFS_DATASET_VIEW_KIND_H

#include "base/random.h"
#include "dataset/view.h"

/*
 * In which order steps are applied.  Choose, then repeat, then order, then cut.  A single
 * record is taken last: where it is cut off does not matter to it.  Between two of them
 * there is room for others, by their number: TRFS_VIEW_STAGE_CLASS + 1.
 */
enum trfs_view_stage {
	TRFS_VIEW_STAGE_SCHEMA = 10,
	TRFS_VIEW_STAGE_FOLDS = 20,
	TRFS_VIEW_STAGE_FILTER = 30,
	TRFS_VIEW_STAGE_CLASS = 40,
	TRFS_VIEW_STAGE_FIRST = 50,
	TRFS_VIEW_STAGE_BALANCE = 60,
	TRFS_VIEW_STAGE_ORDER = 70,
	TRFS_VIEW_STAGE_FROM = 80,
	TRFS_VIEW_STAGE_CUT = 90,
	TRFS_VIEW_STAGE_SIZE = 100,
	TRFS_VIEW_STAGE_INDEX = 110,
};

/* The splits that folds make. */
#define TRFS_VIEW_TRAIN	     "train"
#define TRFS_VIEW_VALIDATION "validation"

/**
 * struct trfs_view_split - one split of a view in the making
 * @name: as shard names have it; borrowed
 * @training: it is the split that is trained on: train, or any where there is none of
 *	that name.  Views that repeat records or start later leave the others alone
 * @first, @nr: its records are those numbered @first on in the root's plan ...
 * @records: ... or, where it is not NULL, these; owned
 * @permuted: they stand in the order of a permutation, keyed by @seed and @stream
 * @from: so many are left out in front, after the permutation
 * @nr_most: no more than these are kept behind them
 * @nr_shards: that it is to be cut into; more than records there are means one each
 */
struct trfs_view_split {
	struct trfs_bytes name;
	bool training;
	uint64_t first;
	uint64_t nr;
	uint32_t *records;
	bool permuted;
	uint64_t seed;
	uint64_t stream;
	uint64_t from;
	uint64_t nr_most;
	uint32_t nr_shards;
};

/**
 * struct trfs_view_builder - a view in the making: at first, the root
 * @size, @user: see trfs_view_plan_build()
 * @train, @validation: names of the splits of folds
 */
struct trfs_view_builder {
	const struct trfs_view_context *context;
	trfs_record_size_fn *size;
	void *user;
	char train[TRFS_SPLIT_NAME_MAX];
	char validation[TRFS_SPLIT_NAME_MAX];
	uint32_t nr_splits;
	struct trfs_view_split splits[TRFS_SPLITS_MAX];
};

/**
 * struct trfs_view_kind - a row of the table below
 * @name: in paths
 * @stage: no two kinds have the same, so that it orders steps
 * @min_arguments, @max_arguments: path components behind the name
 * @repeatable: may stand in a path several times
 * @unless: a kind that cannot stand in the same path; NULL: any can
 * @parse: understand argument @i of the step; false where it is none
 * @apply: change the builder; -ENOENT for a view that does not exist, -ENOMEM
 */
struct trfs_view_kind {
	const char *name;
	unsigned int stage; /* an enum trfs_view_stage, or between two */
	unsigned int min_arguments;
	unsigned int max_arguments;
	bool repeatable;
	const struct trfs_view_kind *unless;
	bool (*parse)(const struct trfs_view_context *context, unsigned int i,
		      struct trfs_bytes text, struct trfs_view_step *step);
	int (*apply)(struct trfs_view_builder *b, const struct trfs_view_step *step,
		     struct trfs_error *err);
};

/* Sorted by name, as listings have them. */
/* clang-format off */
#define TRFS_VIEW_KINDS(ROW) \
	ROW(balanced) \
	ROW(by_class) \
	ROW(by_index) \
	ROW(bysize) \
	ROW(epochs) \
	ROW(filter) \
	ROW(first) \
	ROW(folds) \
	ROW(from) \
	ROW(schemas) \
	ROW(shards)
/* clang-format on */

/* A row is a kind: trfs_view_NAME, which a file of its own defines. */
#define TRFS_DECLARE_VIEW_KIND(name) extern const struct trfs_view_kind trfs_view_##name;
TRFS_VIEW_KINDS(TRFS_DECLARE_VIEW_KIND)

/* A decimal number without sign, blanks or leading zeroes, at most @max. */
bool trfs_view_parse_number(struct trfs_bytes text, uint64_t max, uint64_t *ret);

/* The number in the root's plan of record @i of a split, before permutation. */
static inline uint64_t trfs_view_split_record(const struct trfs_view_split *split,
					      uint64_t i)
{
	return split->records ? split->records[i] : split->first + i;
}

/* How many records the split has now, @from and @nr_most considered. */
static inline uint64_t trfs_view_split_nr(const struct trfs_view_split *split)
{
	uint64_t left = split->from < split->nr ? split->nr - split->from : 0;

	return left < split->nr_most ? left : split->nr_most;
}

/* Leave the split without records. */
void trfs_view_split_drop(struct trfs_view_split *split);

/* Give the split these records of the root's plan, which it owns from now on. */
void trfs_view_split_set(struct trfs_view_split *split, uint32_t *records, uint64_t nr);

/* A bit an example, in words of 64, all 0; the caller's to free.  NULL without memory. */
uint64_t *trfs_view_examples_new(const struct trfs_view_builder *b);

static inline void trfs_view_examples_add(uint64_t *examples, uint64_t example)
{
	examples[example / 64] |= UINT64_C(1) << example % 64;
}

static inline bool trfs_view_examples_has(const uint64_t *examples, uint64_t example)
{
	return examples[example / 64] >> example % 64 & 1;
}

/*
 * The label set of each record of @split, before permutation; *@ret is the caller's to
 * free and never NULL.  -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_view_split_sets(const struct trfs_view_builder *b,
			 const struct trfs_view_split *split, uint32_t **ret,
			 struct trfs_error *err);

/*
 * Draw @*wanted of @*left items one after the other: whether this one is drawn.  Every
 * choice is equally likely, and none costs more than a random number: Knuth's algorithm S
 * (The Art of Computer Programming, 3.4.2).
 */
static inline bool trfs_view_draw(uint64_t *random, uint64_t *left, uint64_t *wanted)
{
	bool is_drawn = *wanted > 0 && trfs_random_below(random, *left) < *wanted;

	--*left;
	*wanted -= is_drawn;
	return is_drawn;
}

/* Keep of every split only the records of these examples, in their order.  -ENOMEM. */
TRFS_MUST_CHECK
int trfs_view_keep(struct trfs_view_builder *b, const uint64_t *examples,
		   struct trfs_error *err);

/* Keep of every split only the examples with that class. */
TRFS_MUST_CHECK
int trfs_view_keep_class(struct trfs_view_builder *b, uint32_t class,
			 struct trfs_error *err);

/* What the usual split @name ("train") is called in shard names; borrows @buf. */
struct trfs_bytes trfs_view_split_shown(const struct trfs_view_context *context,
					const char *name, char buf[TRFS_SPLIT_NAME_MAX]);

#endif
