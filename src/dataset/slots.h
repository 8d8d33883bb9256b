/* SPDX-License-Identifier: MIT */
/*
 * What takes a place in the order of a split.  A converter that leaves a bad image out
 * has counted it before: it was shuffled and cut with the others.  So here a row that was
 * left out can keep its place, as an entry that becomes no record.
 *
 * Entries are numbers: below the catalog's nr_examples an example, from there on a
 * problem.
 */
#ifndef TRFS_DATASET_SLOTS_H
#define TRFS_DATASET_SLOTS_H

#include "dataset/catalog.h"
#include <tfrecordfs/options.h>

/*
 * How many problems are entries: all or none.
 *
 * None where splits or order need what is not known of a row that was left out: with
 * --split, --val-size and --test-size, and in the orders local, classes and shuffled.
 * Else all, where Python's shuffle moves them (--take, python, python-train) or the cut
 * counts them (linspace, round-robin).
 */
uint64_t trfs_slots_nr_problems(const struct trfs_catalog *catalog,
				const struct trfs_options *options);

/* Every entry in the order of the manifest, into @ret. */
void trfs_slots_list(const struct trfs_catalog *catalog, uint64_t nr_problems,
		     uint32_t *ret);

#endif
