/* SPDX-License-Identifier: MIT */
/* How many examples of each stratum each split gets. */
#ifndef TRFS_DATASET_SPLIT_QUOTA_H
#define TRFS_DATASET_SPLIT_QUOTA_H

#include "dataset/split_shares.h"

/**
 * trfs_quotas_fill() - whole numbers for shares of strata
 * @sizes: examples of each stratum; less than 2^32 in all
 * @ret_counts: @nr_strata rows of @shares->nr numbers; each row adds up to its size
 *
 * Each number is the exact share rounded down or up, up where the remainder is largest.
 * Of equal remainders the split furthest behind its share of all strata so far is
 * rounded up, then the first.
 *
 * Many small strata that all round the same way would add up to wrong totals (3 of 3 to
 * a train of 0.8, a thousand times over).  So where a split is off by more than half a
 * percent of all examples, or would get none, those roundings are turned that were
 * the closest calls, unless that takes the last example of a stratum from a split.
 */
TRFS_MUST_CHECK
int trfs_quotas_fill(const struct trfs_shares *shares, const uint64_t *sizes,
		     uint32_t nr_strata, uint32_t *ret_counts, struct trfs_error *err);

#endif
