/* SPDX-License-Identifier: MIT */
/* Everything that a report says of a data set, counted once. */
#ifndef TRFS_CLI_REPORT_COUNTS_H
#define TRFS_CLI_REPORT_COUNTS_H

#include "dataset/catalog.h"
#include "dataset/oddities.h"
#include "dataset/plan.h"

/**
 * struct trfs_oddity - a kind of oddity and who has it
 * @first: an example; meaningless where there are none
 */
struct trfs_oddity {
	uint64_t nr;
	uint64_t first;
};

/**
 * struct trfs_shared_groups - groups that two splits have in common
 * @column: of the catalog
 * @nr_groups: how many
 * @nr_examples: examples of these groups in split @b, of all its @nr_all
 */
struct trfs_shared_groups {
	uint32_t column;
	uint32_t a, b;
	uint64_t nr_groups;
	uint64_t nr_examples;
	uint64_t nr_all;
};

#define TRFS_SHARED_GROUPS_MAX 3

/**
 * struct trfs_report_counts - the counts
 * @nr_splits: 0 without a plan
 * @by_class: examples of each class; one with several labels counts in each
 * @last_of_class: the last example of each class, plus one
 * @by_split: records of each split
 * @by_both: records of class c in split s at [c * nr_splits + s]
 * @by_format: by enum trfs_image_format
 * @oddities: as trfs_oddity_texts has them
 * @bytes: of all images
 * @split_of: of each example; nothing without a plan
 * @records_of: of each example: 0 where --keep-every leaves it out, more than 1 where
 *	--augment adds copies
 * @nr_left_out, @nr_copies: the sums of these
 * @several_labels: some example has more than one
 * @by_size: examples of each class, the largest first
 * @shared, @nr_shared: the pairs of splits with most groups in common
 */
struct trfs_report_counts {
	uint64_t nr_classes;
	uint32_t nr_splits;
	uint64_t *by_class;
	uint64_t *last_of_class;
	uint64_t *by_split;
	uint64_t *by_both;
	uint64_t by_format[TRFS_IMAGE_NR_FORMATS];
	struct trfs_oddity oddities[TRFS_NR_ODDITIES];
	uint64_t bytes;
	uint8_t *split_of;
	uint8_t *records_of;
	uint64_t nr_left_out;
	uint64_t nr_copies;
	bool several_labels;
	uint64_t *by_size;
	struct trfs_shared_groups shared[TRFS_SHARED_GROUPS_MAX];
	size_t nr_shared;
};

/* @plan may be NULL.  -ENOMEM; free with _done() in any case. */
TRFS_MUST_CHECK
int trfs_report_count(const struct trfs_catalog *catalog, const struct trfs_plan *plan,
		      struct trfs_report_counts *ret);
void trfs_report_counts_done(struct trfs_report_counts *counts);

/**
 * trfs_report_find_shared() - look for groups that are in more than one split
 * @counts: where all else is counted; gets the pairs of splits that share some, the worst
 *	first
 *
 * The group column is the one that was asked for, else one with a usual name for patients
 * and the like.  -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_report_find_shared(const struct trfs_catalog *catalog,
			    struct trfs_report_counts *counts);

#endif
