/* SPDX-License-Identifier: MIT */
/* The text of --split as numbers that can be counted with exactly. */
#ifndef TRFS_DATASET_SPLIT_SHARES_H
#define TRFS_DATASET_SPLIT_SHARES_H

#include "dataset/split.h"

/* One whole in parts: shares have nine decimals, and parts * 2^32 fits 63 bits. */
#define TRFS_SHARES_ONE UINT64_C(1000000000)

/**
 * struct trfs_shares - the part of each split, in split order
 * @total: sum of all parts, so that part / total is the share; within a millionth of
 *	TRFS_SHARES_ONE
 */
struct trfs_shares {
	uint32_t nr;
	char names[TRFS_SPLITS_MAX][TRFS_SPLIT_NAME_MAX];
	uint64_t parts[TRFS_SPLITS_MAX];
	uint64_t total;
};

/*
 * "train=0.8,validation=10%,test=0.1", or "0.8,0.1,0.1" for train, validation, test and
 * "0.8,0.2" for train, validation.  -EINVAL with what to type.
 */
TRFS_MUST_CHECK
int trfs_shares_parse(const char *text, struct trfs_shares *ret, struct trfs_error *err);

/* Enough for any number of parts as a decimal, with its NUL. */
#define TRFS_SHARE_TEXT_MAX 32

/* "0.05" for 50,000,000 parts; returns @buf. */
const char *trfs_share_print(uint64_t parts, char buf[TRFS_SHARE_TEXT_MAX]);

#endif
