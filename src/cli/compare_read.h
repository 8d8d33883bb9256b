/* SPDX-License-Identifier: MIT */
/* Reading once more the records of which something is to be told. */
#ifndef TRFS_CLI_COMPARE_READ_H
#define TRFS_CLI_COMPARE_READ_H

#include "cli/compare_print.h"
#include "cli/example_difference.h"

#include <limits.h>

/**
 * struct trfs_read_record - a record's data
 * @path: of its file
 * @data: empty where it cannot be read any more
 * @name: what it calls itself; borrowed from @data
 */
struct trfs_read_record {
	char path[PATH_MAX];
	struct trfs_buffer data;
	struct trfs_bytes name;
};

void trfs_read_record_init(struct trfs_read_record *r, const struct trfs_compared *c,
			   const struct trfs_compared_record *record);
void trfs_read_record_done(struct trfs_read_record *r);

/* Two records that are each other's and differ. */
struct trfs_compared_pair {
	struct trfs_read_record records[2];
};

void trfs_compared_pair_init(struct trfs_compared_pair *pair,
			     const struct trfs_compared *c,
			     const struct trfs_compared_record *first,
			     const struct trfs_compared_record *second);
void trfs_compared_pair_done(struct trfs_compared_pair *pair);

/* As trfs_example_difference_find(). */
TRFS_MUST_CHECK
int trfs_compared_pair_difference(const struct trfs_compared_pair *pair,
				  struct trfs_example_difference *ret);

static inline bool trfs_compared_is_changed(const struct trfs_compared_record *record)
{
	return record->pair != 0 && record->pair != TRFS_PAIR_ALIKE;
}

/* The record of the second set that a changed one of the first belongs to; a search. */
const struct trfs_compared_record *trfs_compared_partner(
	const struct trfs_compared *c, const struct trfs_compared_record *record);

#endif
