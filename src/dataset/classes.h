/* SPDX-License-Identifier: MIT */
/*
 * Classes: their names, ids and numbers, and the set of them that each distinct label
 * cell stands for.
 */
#ifndef TRFS_DATASET_CLASSES_H
#define TRFS_DATASET_CLASSES_H

#include "dataset/rows.h"

#define TRFS_NO_LABELS UINT32_MAX

/**
 * struct trfs_classes - the classes of a manifest
 * @names, @ids: by class number, ids ascending
 * @sets: distinct sets of class numbers, each a u32
 * @set_of_cell: number within @sets for each cell of the label column; TRFS_NO_LABELS
 *	for cells without a label; NULL where there is no label column
 * @are_lists: the labels are those of objects ("objects/class"): a class is in a set as
 *	often as the image has such objects, and an image may have none
 */
struct trfs_classes {
	struct trfs_string_table *names;
	int64_t *ids;
	struct trfs_string_table *sets;
	uint32_t *set_of_cell;
	bool are_lists;
};

/**
 * trfs_classes_number() - find all classes of a manifest and number them
 * @column: the label column or TRFS_NO_COLUMN, which makes one empty set
 * @inputs: the labels file is added here
 *
 * Ids: from the labels file; else, of objects, those in column "objects/label"; else, if
 * all labels are integers, these; else 0, 1, ... by sorted name.  Rows whose images turn
 * out bad count too, so that mending an image renumbers no class.  A list without items
 * is a set without classes, as opposed to a missing cell.
 *
 * -EBADMSG names the first row with a class that the labels file has not, and the
 * nearest one it has.
 */
TRFS_MUST_CHECK
int trfs_classes_number(struct trfs_classes *classes, const struct trfs_rows *rows,
			uint32_t column, const struct trfs_options *options,
			struct trfs_inputs *inputs, struct trfs_error *err);
void trfs_classes_done(struct trfs_classes *classes);

/*
 * From now on a row without a label has an empty set, not none.  Only before anybody has
 * looked at the sets.  -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_classes_allow_none(struct trfs_classes *classes, uint64_t nr_cells);

/* The set of a row's labels, or TRFS_NO_LABELS. */
static inline uint32_t trfs_classes_of_row(const struct trfs_classes *classes,
					   const struct trfs_rows *rows, uint32_t column,
					   uint32_t row)
{
	if (!classes->set_of_cell)
		return 0;
	return classes->set_of_cell[trfs_rows_cell_number(rows, column, row)];
}

/* Whether two sets hold the same classes, in whatever order; of objects, in the same. */
bool trfs_classes_same(const struct trfs_classes *classes, uint32_t a, uint32_t b);

#endif
