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
 * @names: of the same files, to hold one set against the other by
 * @nr_files: of each set
 */
struct trfs_compared {
	const struct trfs_strings *paths;
	const struct trfs_strings *names;
	uint64_t nr_files[2];
	const struct trfs_record_set *sets;
	struct trfs_comparison result;
	struct trfs_order_verdict order;
};

static inline bool trfs_compared_are_alike(const struct trfs_compared *c)
{
	return c->result.nr_changed == 0 && c->result.nr_only[0] == 0 &&
	       c->result.nr_only[1] == 0;
}

/* Whether order and the names of files agree as well. */
static inline bool trfs_compared_are_equal(const struct trfs_compared *c)
{
	return trfs_compared_are_alike(c) && c->order.same_files && c->order.same_names;
}

/*
 * Counts; the first five records that differ, with the first feature in which they do;
 * the first five that are in one set only; and whether the order agrees.
 * @has_bad_files: not all of both could be read.
 */
void trfs_compare_print(FILE *out, const struct trfs_compared *c, bool has_bad_files);

/*
 * The same, with every record that is in one set only, and the first hundred that differ;
 * NULL: no memory.
 */
json_t *trfs_compare_json(const struct trfs_compared *c);

#endif
