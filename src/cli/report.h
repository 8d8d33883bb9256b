/* SPDX-License-Identifier: MIT */
/* What a data set looks like: counts per class and split, problems, sizes. */
#ifndef TRFS_CLI_REPORT_H
#define TRFS_CLI_REPORT_H

#include "dataset/catalog.h"
#include "dataset/plan.h"
#include "index/generation.h"
#include <jansson.h>
#include <stdio.h>
#include <tfrecordfs/options.h>

/*
 * "Found 1,797 images belonging to 10 classes.", how the manifest was read, and a table
 * of classes by splits (the largest twenty classes and the rest as one line), the seed,
 * oddities as counts with one example each, and how many rows were left out and why (the
 * first five by name).
 * @plan may be NULL.  Of a large index that was not read, no table and no counts, which
 * would need all of it.
 */
void trfs_report_print(FILE *out, const struct trfs_options *options,
		       const struct trfs_catalog *catalog, const struct trfs_plan *plan);

/* All of it but the rows that were left out; nothing, and -ENOMEM, without memory. */
TRFS_MUST_CHECK
int trfs_report_print_summary(FILE *out, const struct trfs_options *options,
			      const struct trfs_catalog *catalog,
			      const struct trfs_plan *plan);

/*
 * "labels.csv:12: cat/1.jpg: is empty" for the first @most of the rows that were left
 * out, each behind @indent.
 */
void trfs_report_print_problems(FILE *out, const struct trfs_options *options,
				const struct trfs_catalog *catalog, uint64_t most,
				const char *indent);

/*
 * For commands without a report: where rows were left out, a note on standard error that
 * says how many and why, since no image is dropped silently.
 */
void trfs_report_note_skipped(const struct trfs_catalog *catalog);

/* The report as JSON, with every problem; NULL: no memory.  @plan may be NULL. */
json_t *trfs_report_json(const struct trfs_options *options,
			 const struct trfs_catalog *catalog,
			 const struct trfs_plan *plan);

#endif
