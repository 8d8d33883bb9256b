/* SPDX-License-Identifier: MIT */
/* The table of classes by splits. */
#ifndef TRFS_CLI_REPORT_TABLE_H
#define TRFS_CLI_REPORT_TABLE_H

#include "cli/report_counts.h"
#include <stdio.h>

/*
 * A line for each of the largest twenty classes, in the order of their ids, one for the
 * rest, one for the sum; a column for each of at most six splits, and how large a part of
 * all a class is.  @plan may be NULL.
 */
void trfs_report_print_table(FILE *out, const struct trfs_catalog *catalog,
			     const struct trfs_plan *plan,
			     const struct trfs_report_counts *counts);

#endif
