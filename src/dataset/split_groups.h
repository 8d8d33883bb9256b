/* SPDX-License-Identifier: MIT */
/* Groups of examples that must stay together, and the stratum each one stands in. */
#ifndef TRFS_DATASET_SPLIT_GROUPS_H
#define TRFS_DATASET_SPLIT_GROUPS_H

#include "dataset/catalog.h"

#define TRFS_NO_CLASS UINT32_MAX

/**
 * struct trfs_group - the examples with one value in the group column
 * @hash: of the value; decides its place within the stratum
 * @value: its number in the column
 * @nr: examples
 * @class: its stratum's; TRFS_NO_CLASS in the stratum of all others
 * @weight: labels of @class among its examples
 * @rank: of the stratum
 */
struct trfs_group {
	uint64_t hash;
	uint32_t value;
	uint32_t nr;
	uint32_t class;
	uint32_t weight;
	uint32_t rank;
};

/**
 * struct trfs_groups - all groups, stratum after stratum, each in the order of the hash
 * @members: the examples of value v are members[ends[v - 1] .. ends[v])
 */
struct trfs_groups {
	uint32_t nr;
	struct trfs_group *items;
	uint32_t *ends;
	uint32_t *members;
};

/**
 * trfs_groups_build() - gather the groups and put them in order
 * @stratify: false: one stratum without a class
 * @min_groups: classes with fewer groups than this join the stratum without a class
 *
 * The catalog promises a stored group column in which no example lacks a value.
 *
 * A group stands with the class of which it holds the largest part: one image of a
 * rare class outweighs ten of a common one.  The stratum without a class comes first,
 * then the classes from rare to common, so that later ones can make up for what a rare
 * class could not cut evenly.
 */
TRFS_MUST_CHECK
int trfs_groups_build(const struct trfs_catalog *catalog, uint64_t seed, bool stratify,
		      uint32_t min_groups, struct trfs_groups *ret,
		      struct trfs_error *err);
void trfs_groups_done(struct trfs_groups *groups);

static inline const uint32_t *trfs_group_members(const struct trfs_groups *groups,
						 const struct trfs_group *group)
{
	return groups->members + (group->value ? groups->ends[group->value - 1] : 0);
}

#endif
