/* SPDX-License-Identifier: MIT */
/* How two sets of records differ, in text and in JSON. */
#ifndef TRFS_CLI_COMPARE_PRINT_H
#define TRFS_CLI_COMPARE_PRINT_H

#include "cli/compare.h"
#include <jansson.h>
#include <stdio.h>

/**
 * struct trfs_compared - two sets, compared
 * @paths: of all files, those of the first set first
 * @nr_files: of each set
 */
struct trfs_compared {
	const struct trfs_strings *paths;
	uint64_t nr_files[2];
	const struct trfs_record_set *sets;
	struct trfs_comparison result;
};

static inline bool trfs_compared_are_alike(const struct trfs_compared *c)
{
	return c->result.nr_only[0] == 0 && c->result.nr_only[1] == 0;
}

/* Counts, and the first five records that are in one set only. */
void trfs_compare_print(FILE *out, const struct trfs_compared *c);

/* The same, with every record that is in one set only; NULL: no memory. */
json_t *trfs_compare_json(const struct trfs_compared *c);

#endif
