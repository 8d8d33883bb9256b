/* SPDX-License-Identifier: MIT */
/* Two sets of TFRecord files, compared record by record whatever their order. */
#ifndef TRFS_CLI_COMPARE_H
#define TRFS_CLI_COMPARE_H

#include "cli/record_digest.h"
#include "cli/verify.h"

/* The other set has its like. */
#define TRFS_PAIR_ALIKE UINT32_MAX

/**
 * struct trfs_compared_record - one record: 72 bytes, whatever its size
 * @offset: in its file, in bytes
 * @number: in its file
 * @file: in the list of all files
 * @pair: TRFS_PAIR_ALIKE; or 0: the other set has nothing of the kind; else it has one of
 *	the same name or image, with the same number here, that is not the same
 */
struct trfs_compared_record {
	struct trfs_record_digest digest;
	uint64_t offset;
	uint64_t number;
	uint32_t file;
	uint32_t pair;
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
 * @nr_changed: in both by name or image, with other features
 * @nr_only: in one set alone
 */
struct trfs_comparison {
	uint64_t nr_same_bytes;
	uint64_t nr_same_features;
	uint64_t nr_changed;
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
 * are.  A record that stands twice in one set has to in the other.  What is left is
 * paired by name and image, by name, and by image, in the order of the files.
 */
struct trfs_comparison trfs_compare(struct trfs_record_set sets[2]);

/**
 * struct trfs_order_verdict - whether two sets agree in order and files too
 * @known: the sets have a record for each of the other's, or nothing could be said
 * @same_order: read from end to end, the k-th records are each other's
 * @same_files: there are as many files, and the k-th ones hold each other's records
 * @same_names: the k-th files have one name
 * @first: the first record, counted over all files, that is not in its place; behind the
 *	last where all are, as when one set has another empty file
 * @first_file: the first file, of its set, whose name is another
 */
struct trfs_order_verdict {
	bool known;
	bool same_order;
	bool same_files;
	bool same_names;
	uint64_t first;
	uint64_t first_file;
};

/* @names: of all files, @nr_first of the first set in front; after trfs_compare(). */
struct trfs_order_verdict trfs_compare_order(const struct trfs_record_set sets[2],
					     const struct trfs_strings *names,
					     uint64_t nr_first);

#endif
