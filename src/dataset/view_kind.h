/* SPDX-License-Identifier: MIT */
/* What a kind of view has to provide, and what it works on; private to view_*.c. */
#ifndef TRFS_DATASET_VIEW_KIND_H
#define TRFS_DATASET_VIEW_KIND_H

#include "dataset/view.h"

/* In which order steps are applied.  Choose, then repeat, then order, then cut. */
enum trfs_view_stage {
	TRFS_VIEW_STAGE_SCHEMA,
	TRFS_VIEW_STAGE_FOLDS,
	TRFS_VIEW_STAGE_FILTER,
	TRFS_VIEW_STAGE_CLASS,
	TRFS_VIEW_STAGE_FIRST,
	TRFS_VIEW_STAGE_BALANCE,
	TRFS_VIEW_STAGE_ORDER,
	TRFS_VIEW_STAGE_FROM,
	TRFS_VIEW_STAGE_CUT,
};

/**
 * struct trfs_view_split - one split of a view in the making
 * @name: as shard names have it; borrowed
 * @training: it is the split that is trained on: train, or any where there is none of
 *	that name.  Views that repeat records or start later leave the others alone
 * @first, @nr: its records are those numbered @first on in the root's plan ...
 * @records: ... or, where it is not NULL, these; owned
 * @permuted: they stand in the order of a permutation, keyed by @seed and @stream
 * @from: so many are left out in front, after the permutation
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
	uint32_t nr_shards;
};

struct trfs_view_builder {
	const struct trfs_view_context *context;
	trfs_record_size_fn *size;
	void *user;
	uint32_t nr_splits;
	struct trfs_view_split splits[TRFS_SPLITS_MAX];
};

/**
 * struct trfs_view_kind - a row of the table in view_kinds.c
 * @name: in paths
 * @stage: no two kinds have the same, so that it orders steps
 * @min_arguments, @max_arguments: path components behind the name
 * @repeatable: may stand in a path several times
 * @cuts: at most one kind that cuts may stand in a path
 * @parse: understand argument @i of the step; false where it is none
 * @apply: change the builder; -ENOENT for a view that does not exist, -ENOMEM
 */
struct trfs_view_kind {
	const char *name;
	enum trfs_view_stage stage;
	unsigned int min_arguments;
	unsigned int max_arguments;
	bool repeatable;
	bool (*parse)(const struct trfs_view_context *context, unsigned int i,
		      struct trfs_bytes text, struct trfs_view_step *step);
	int (*apply)(struct trfs_view_builder *b, const struct trfs_view_step *step,
		     struct trfs_error *err);
};

extern const struct trfs_view_kind trfs_view_schemas;
extern const struct trfs_view_kind trfs_view_folds;
extern const struct trfs_view_kind trfs_view_filter;
extern const struct trfs_view_kind trfs_view_by_class;
extern const struct trfs_view_kind trfs_view_first;
extern const struct trfs_view_kind trfs_view_balanced;
extern const struct trfs_view_kind trfs_view_epochs;
extern const struct trfs_view_kind trfs_view_from;
extern const struct trfs_view_kind trfs_view_shards;
extern const struct trfs_view_kind trfs_view_bysize;

/* A decimal number without sign, blanks or leading zeroes, at most @max. */
bool trfs_view_parse_number(struct trfs_bytes text, uint64_t max, uint64_t *ret);

/* The number in the root's plan of record @i of a split, before permutation. */
static inline uint64_t trfs_view_split_record(const struct trfs_view_split *split,
					      uint64_t i)
{
	return split->records ? split->records[i] : split->first + i;
}

/*
 * Keep of @split only the records whose example's bit in @examples (a bit an example,
 * in words of 64) is set, in their order.  -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_view_split_keep(struct trfs_view_builder *b, struct trfs_view_split *split,
			 const uint64_t *examples, struct trfs_error *err);

#endif
