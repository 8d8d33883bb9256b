/* SPDX-License-Identifier: MIT */
/* Rows that are no examples: the list for the catalog, and one sentence for a person. */
#ifndef TRFS_DATASET_PROBLEMS_H
#define TRFS_DATASET_PROBLEMS_H

#include "dataset/catalog.h"

/* struct trfs_problems being built. */
struct trfs_problem_list {
	struct trfs_problem *items;
	uint64_t nr;
	size_t capacity;
	struct trfs_string_table *names;
	struct trfs_string_table *reasons;
};

/* -ENOMEM. */
TRFS_MUST_CHECK
int trfs_problem_list_init(struct trfs_problem_list *list);
void trfs_problem_list_done(struct trfs_problem_list *list);

TRFS_MUST_CHECK
int trfs_problem_list_add(struct trfs_problem_list *list,
			  const struct trfs_problem *problem, struct trfs_bytes name,
			  struct trfs_bytes reason);

struct trfs_problems trfs_problem_list_view(const struct trfs_problem_list *list);

/*
 * -EBADMSG with "labels.csv: 7 of 1,797 images are missing: a.jpg (line 12) does not
 * exist, ... and 2 more; ..." and what to do; @skipping: none is left, so skipping them
 * is no way out.
 */
TRFS_COLD
int trfs_problems_fail(const struct trfs_problems *problems, const char *place,
		       uint64_t nr_rows, bool skipping, struct trfs_error *err);

#endif
