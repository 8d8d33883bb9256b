/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with things that are known by number: cells of the file column, images.
 * Collected by each thread for itself, merged and sorted afterwards, so that the outcome
 * does not depend on who found what.
 */
#ifndef TRFS_DATASET_FINDINGS_H
#define TRFS_DATASET_FINDINGS_H

#include "base/strings.h"

/**
 * struct trfs_finding - one thing that is wrong
 * @subject: number of the cell or image
 * @kind: enum trfs_problem_kind
 * @reason: number of the sentence's rest within the list's reasons
 */
struct trfs_finding {
	uint32_t subject;
	uint32_t kind;
	uint32_t reason;
};

struct trfs_findings {
	struct trfs_finding *items;
	size_t nr;
	size_t capacity;
	struct trfs_string_table *reasons; /* NULL while there are none */
};

void trfs_findings_done(struct trfs_findings *findings);

/* At most one finding a subject.  -ENOMEM, or -EOVERFLOW for too many reasons. */
TRFS_MUST_CHECK
int trfs_findings_add(struct trfs_findings *findings, uint32_t subject, uint32_t kind,
		      const char *reason);

/* Add all of @from to @to. */
TRFS_MUST_CHECK
int trfs_findings_merge(struct trfs_findings *to, const struct trfs_findings *from);

/* By subject; needed before any find. */
void trfs_findings_sort(struct trfs_findings *findings);

/* The finding on @subject, or NULL. */
const struct trfs_finding *trfs_findings_find(const struct trfs_findings *findings,
					      uint32_t subject);

/* Of a finding of this list; borrowed until the next add. */
struct trfs_bytes trfs_findings_reason(const struct trfs_findings *findings,
				       const struct trfs_finding *finding);

#endif
