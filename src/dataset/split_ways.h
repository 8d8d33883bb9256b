/* SPDX-License-Identifier: MIT */
/* The ways of splitting that split.c chooses from; private to it. */
#ifndef TRFS_DATASET_SPLIT_WAYS_H
#define TRFS_DATASET_SPLIT_WAYS_H

#include "dataset/split_shares.h"

/*
 * By shares.  @of_example has room for every example and receives split numbers; a split
 * may come out empty, which split.c judges.
 */
TRFS_MUST_CHECK
int trfs_split_by_shares(const struct trfs_catalog *catalog,
			 const struct trfs_shares *shares, uint64_t seed, bool stratify,
			 uint32_t *of_example, struct trfs_error *err);

/* The same over whole groups of the catalog's group column. */
TRFS_MUST_CHECK
int trfs_split_by_groups(const struct trfs_catalog *catalog,
			 const struct trfs_shares *shares, uint64_t seed, bool stratify,
			 uint32_t *of_example, struct trfs_error *err);

/*
 * By the catalog's split column: fills in names as well as examples, and the problems
 * that are entries.  Splits of parts without rows are there too.
 */
TRFS_MUST_CHECK
int trfs_split_by_column(const struct trfs_catalog *catalog,
			 const struct trfs_options *options, struct trfs_splits *splits,
			 struct trfs_error *err);

/* By --take: fills in names, entries and their order. */
TRFS_MUST_CHECK
int trfs_split_by_take(const struct trfs_catalog *catalog,
		       const struct trfs_options *options, struct trfs_splits *splits,
		       struct trfs_error *err);

/* By --val-size and --test-size: train, validation, test; each may come out empty. */
TRFS_MUST_CHECK
int trfs_split_by_sizes(const struct trfs_catalog *catalog,
			const struct trfs_options *options, struct trfs_splits *splits,
			struct trfs_error *err);

#endif
