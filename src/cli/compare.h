/* SPDX-License-Identifier: MIT */
/* Two sets of TFRecord files, compared record by record whatever their order. */
#ifndef TRFS_CLI_COMPARE_H
#define TRFS_CLI_COMPARE_H

#include "cli/record_digest.h"
#include "cli/verify.h"

/**
 * struct trfs_compared_record - one record: 56 bytes, whatever its size
 * @offset: in its file, in bytes
 * @number: in its file
 * @file: in the list of all files
 * @matched: the other set has its like
 */
struct trfs_compared_record {
	struct trfs_record_digest digest;
	uint64_t offset;
	uint64_t number;
	uint32_t file;
	bool matched;
};

/**
 * struct trfs_record_set - the records of some files
 * @records: owned; after the comparison in the order of the files
 * @digester: while records are added
 */
struct trfs_record_set {
	struct trfs_compared_record *records;
	uint64_t nr;
	uint64_t capacity;
	struct trfs_digester *digester;
};

/**
 * struct trfs_comparison - how many records are alike
 * @nr_same_bytes: in both sets, byte for byte
 * @nr_same_features: in both, written another way: another order of keys, say
 * @nr_only: in one set alone
 */
struct trfs_comparison {
	uint64_t nr_same_bytes;
	uint64_t nr_same_features;
	uint64_t nr_only[2];
};

/* Add a record's digest; -ENOMEM. */
TRFS_MUST_CHECK
int trfs_record_set_add(struct trfs_record_set *set, uint32_t file,
			const struct trfs_record_span *span, struct trfs_bytes data);
/* Move all of @from behind what @set has; -ENOMEM. */
TRFS_MUST_CHECK
int trfs_record_set_merge(struct trfs_record_set *set, struct trfs_record_set *from);
void trfs_record_set_done(struct trfs_record_set *set);

/*
 * Match records one to one: first those whose bytes are alike, then those whose features
 * are.  A record that stands twice in one set has to in the other.
 */
struct trfs_comparison trfs_compare(struct trfs_record_set sets[2]);

#endif
