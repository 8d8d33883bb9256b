/* SPDX-License-Identifier: MIT */
/* What a data set looks like: counts per class and split, doubts, problems. */
#ifndef TRFS_CLI_REPORT_H
#define TRFS_CLI_REPORT_H

#include "cli/report_counts.h"
#include "dataset/catalog.h"
#include "dataset/plan.h"
#include "index/generation.h"
#include <jansson.h>
#include <stdio.h>
#include <tfrecordfs/options.h>

/*
 * "Found 1,797 images belonging to 10 classes.", a table of classes by splits (the
 * largest twenty classes and the rest as one line), how the manifest was read, and the
 * seed.  @plan may be NULL.  Of a large index that was not read, no table and no counts,
 * which would need all of it.
 */
void trfs_report_print_facts(FILE *out, const struct trfs_options *options,
			     const struct trfs_catalog *catalog,
			     const struct trfs_plan *plan,
			     const struct trfs_report_counts *counts);

/* Leaks and oddities, as counts with one example each, and what rows lost. */
void trfs_report_print_notes(FILE *out, const struct trfs_options *options,
			     const struct trfs_catalog *catalog,
			     const struct trfs_plan *plan,
			     const struct trfs_report_counts *counts);

/*
 * Facts and notes, and how many rows were left out and why, the first five by name.
 */
void trfs_report_print(FILE *out, const struct trfs_options *options,
		       const struct trfs_catalog *catalog, const struct trfs_plan *plan);

/* "labels.csv:12: cat/1.jpg: is empty", behind @indent; of the row that was left out. */
void trfs_report_print_problem(FILE *out, const struct trfs_options *options,
			       const struct trfs_catalog *catalog, uint64_t i,
			       const char *indent);

/* All of them, the worst kind first; @with_heads: with what is wrong, and what to do. */
void trfs_report_print_problems(FILE *out, const struct trfs_options *options,
				const struct trfs_catalog *catalog, bool with_heads);

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
