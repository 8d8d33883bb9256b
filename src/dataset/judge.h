/* SPDX-License-Identifier: MIT */
/* Which rows become examples, and what is wrong with the others. */
#ifndef TRFS_DATASET_JUDGE_H
#define TRFS_DATASET_JUDGE_H

#include "dataset/classes.h"
#include "dataset/files.h"
#include "dataset/part.h"
#include "dataset/problems.h"
#include "dataset/scan.h"

/**
 * struct trfs_judgement - the fate of every row
 * @kept: rows that become examples, ascending
 * @problems: the others, in the order of the manifest; of a part only those of its share
 */
struct trfs_judgement {
	uint32_t *kept;
	uint32_t nr_kept;
	struct trfs_problem_list problems;
};

/* Everything that is known of a manifest's rows. */
struct trfs_evidence {
	const struct trfs_rows *rows;
	const struct trfs_roles *roles;
	const struct trfs_classes *classes;
	const struct trfs_files *files;
	const struct trfs_scan *scan;
	const struct trfs_files *mask_files; /* NULL: nobody needs masks */
	const struct trfs_scan *mask_scan;
	const struct trfs_part *part; /* judge rows with its images only; NULL: all */
	bool masks_optional;
	bool keep_repeats; /* rows that name an image again are examples too */
};

/* -ENOMEM or -EOVERFLOW. */
TRFS_MUST_CHECK
int trfs_judge_rows(const struct trfs_evidence *evidence, struct trfs_judgement *ret,
		    struct trfs_error *err);
void trfs_judgement_done(struct trfs_judgement *judgement);

#endif
