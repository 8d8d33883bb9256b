/* SPDX-License-Identifier: MIT */
/* How many records of a view there are of each class, for the files that tell. */
#ifndef TRFS_STREAM_SIDE_COUNTS_H
#define TRFS_STREAM_SIDE_COUNTS_H

#include "stream/side_file.h"

/**
 * struct trfs_side_counts - records by split and class
 * @of: a row a split and a column a class; a record counts for each of its classes
 * @unlabelled: of each split, those without any
 */
struct trfs_side_counts {
	uint64_t nr_classes;
	uint32_t nr_splits;
	uint64_t *of;
	uint64_t *unlabelled;
};

/* Cost: a look at each record, in parallel.  To be done() even after a failure. */
TRFS_MUST_CHECK
int trfs_side_counts_make(const struct trfs_view *view, struct trfs_side_counts *ret,
			  struct trfs_error *err);
void trfs_side_counts_done(struct trfs_side_counts *counts);

/* The split that is trained on: train, or the first one. */
uint32_t trfs_side_training_split(const struct trfs_view *view);

#endif
