/* SPDX-License-Identifier: MIT */
/* Labels out of several columns of 0 and 1, one a class. */
#ifndef TRFS_DATASET_LABEL_FLAGS_H
#define TRFS_DATASET_LABEL_FLAGS_H

#include "dataset/rows.h"

/**
 * trfs_label_flags_add() - make one label column out of several
 * @rows: read to its end; gets a column whose cells list the names of the columns with a
 *1
 * @options: --label-column "a,b,c" names the columns, where there is no column of that
 *	name; Roboflow's _classes.csv needs no such option: there it is all but the file's
 *	and the split's
 * @ret_column: the new column's name, to be looked for instead of the label column; NULL
 *	where labels are in one column; valid as long as @rows
 *
 * A row without any 1 has a list without items, which is a set without classes.
 *
 * -EINVAL for a column that does not exist; -EBADMSG for a cell that is neither 0 nor 1,
 * with its place; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_label_flags_add(struct trfs_rows *rows, const struct trfs_options *options,
			 const char **ret_column, struct trfs_error *err);

#endif
