/* SPDX-License-Identifier: MIT */
/* What a report says of the manifest: how it was read, and what its rows lost. */
#ifndef TRFS_CLI_REPORT_MANIFEST_H
#define TRFS_CLI_REPORT_MANIFEST_H

#include "dataset/catalog.h"
#include <jansson.h>
#include <stdio.h>

/* "labels.csv:12: " where it is known; with several manifests a line says nothing. */
void trfs_report_print_line(FILE *out, const struct trfs_options *options, uint64_t line);

/* "Read labels.csv as CSV." */
void trfs_report_print_dialect(FILE *out, const struct trfs_options *options,
			       const struct trfs_catalog *catalog);

/*
 * Where rows lost something, a box outside the image, say, but are examples all the same:
 * how many, and the first @most of them, one a line.
 */
void trfs_report_print_left_out(FILE *out, const struct trfs_options *options,
				const struct trfs_catalog *catalog, uint64_t most);

/* All of them; NULL: no memory. */
json_t *trfs_report_left_out_json(const struct trfs_catalog *catalog);

#endif
