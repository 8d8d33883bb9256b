/* SPDX-License-Identifier: MIT */
/*
 * Which split each example is in: by shares, by a column of the manifest (class folders
 * beneath train/, validation/ ... make such a column), or all in "train".
 */
#ifndef TRFS_DATASET_SPLIT_H
#define TRFS_DATASET_SPLIT_H

#include "dataset/catalog.h"

#define TRFS_SPLITS_MAX	    64
#define TRFS_SPLIT_NAME_MAX 64

/**
 * struct trfs_splits - the splits and who is in them
 * @names: train, validation, test first, then others in the order of the option or by
 *	name
 * @of_example: a split number for each example; owned
 */
struct trfs_splits {
	uint32_t nr;
	char names[TRFS_SPLITS_MAX][TRFS_SPLIT_NAME_MAX];
	uint32_t *of_example;
};

/**
 * trfs_splits_assign() - decide it
 * @options: @split (shares), @group_column, @stratify, @seed
 *
 * By shares, without groups: within each label set the examples are ordered by a keyed
 * hash of their path, and each split takes its share of that order; shares of a label
 * set are exact to the largest remainder, ties going to the split that is furthest
 * behind overall (what keeps the totals right over many small sets: split_quota.h).  So
 * adding examples moves only neighbours of the borders.  Label sets with fewer examples
 * than there are splits are split together.
 *
 * With groups: the same over whole groups, each standing with the class of which it
 * holds the largest part; a border falls between groups, where that class is shared out
 * best, and for the most common class where the sizes come out best.
 *
 * Shares win over a split column.  -EINVAL for shares that are no shares or do not add
 * up to 1, and for names whose shards one pattern would mix; -EBADMSG when a split would
 * be empty, when rows lack a split, or when the column's values cannot be splits.
 */
TRFS_MUST_CHECK
int trfs_splits_assign(const struct trfs_catalog *catalog,
		       const struct trfs_options *options, struct trfs_splits *ret,
		       struct trfs_error *err);
void trfs_splits_done(struct trfs_splits *splits);

#endif
