/* SPDX-License-Identifier: MIT */
/* Which fold each example is in; private to view_folds*.c. */
#ifndef TRFS_DATASET_VIEW_FOLDS_H
#define TRFS_DATASET_VIEW_FOLDS_H

#include "dataset/view_kind.h"

#define TRFS_FOLDS_MAX 1000u
#define TRFS_NO_FOLD   UINT16_MAX

/**
 * struct trfs_folds - examples in so many folds
 * @of_example: a fold, or TRFS_NO_FOLD for examples that are not to be in any; at first 0
 *	for those that are
 */
struct trfs_folds {
	const struct trfs_view_context *context;
	uint32_t nr;
	uint16_t *of_example;
};

/*
 * Example by example: each label set is shared out evenly to one, and so are all of them.
 * -ENOENT with fewer examples than folds; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_folds_by_example(struct trfs_folds *folds, struct trfs_error *err);

/* Whole groups, each to the fold that has least of what the group has.  As above. */
TRFS_MUST_CHECK
int trfs_folds_by_group(struct trfs_folds *folds, struct trfs_error *err);

#endif
