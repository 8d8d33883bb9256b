/* SPDX-License-Identifier: MIT */
/*
 * Which split each example is in: by shares, as a converter draws it (--take,
 * --val-size), by a column of the manifest (class folders beneath train/, validation/ ...
 * make such a column), or all in "train".
 */
#ifndef TRFS_DATASET_SPLIT_H
#define TRFS_DATASET_SPLIT_H

#include "dataset/catalog.h"

#define TRFS_SPLITS_MAX	    64
#define TRFS_SPLIT_NAME_MAX 64
#define TRFS_NO_SPLIT	    UINT32_MAX

/**
 * struct trfs_splits - the splits and who is in them
 * @names: train, validation, test first, then others in the order of the option or by
 *	name
 * @nr_problems: 0, or all of the catalog's: see dataset/slots.h
 * @of_example: a split number for each example, and behind them for each of the problems
 *	that are entries, or TRFS_NO_SPLIT for such a problem; owned
 * @drawn: with --take, all entries in the order of the one shuffle; else NULL; owned
 */
struct trfs_splits {
	uint32_t nr;
	char names[TRFS_SPLITS_MAX][TRFS_SPLIT_NAME_MAX];
	uint64_t nr_problems;
	uint32_t *of_example;
	uint32_t *drawn;
};

/**
 * trfs_splits_assign() - decide it
 * @options: @split (shares), @group_column, @stratify, @seed, @take, @validation_size,
 *	@test_size, @parts, @cut, and whether shard names are the default's
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
 * By --take: all entries are shuffled once as Python shuffles them, and splits are cut
 * off the front in the order they are written.  By --val-size and --test-size: each
 * class by itself, see split_sizes.c.
 *
 * Shares, --take and sizes win over a split column.  A split that nobody is in stays
 * only where the cut can make empty shards of it: a part without rows, or a --take that
 * leaves nothing; where it cannot, it is left out, or refused if shares or --take asked
 * for it.  One of --val-size or --test-size is always left out then.
 *
 * -EINVAL for shares that are no shares or do not add up to 1, for two ways of splitting
 * at once, and for names whose shards one pattern would mix; -EBADMSG when a split would
 * be empty, when rows lack a split, or when the column's values cannot be splits.
 */
TRFS_MUST_CHECK
int trfs_splits_assign(const struct trfs_catalog *catalog,
		       const struct trfs_options *options, struct trfs_splits *ret,
		       struct trfs_error *err);
void trfs_splits_done(struct trfs_splits *splits);

/* Whether @options->cut can make shards without records. */
bool trfs_splits_can_be_empty(const struct trfs_options *options);

#endif
