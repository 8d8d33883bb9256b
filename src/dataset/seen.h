/* SPDX-License-Identifier: MIT */
/* What a look at a file tells. */
#ifndef TRFS_DATASET_SEEN_H
#define TRFS_DATASET_SEEN_H

#include "dataset/catalog.h"

/**
 * struct trfs_seen - of one image or mask; stored in parts of an index as it is
 * @inode, @mtime_ns, @size: its identity; what is of 4 GiB or more is never good
 * @access: bits of base/access.h: who may read it, by the root's owner and group
 *
 * All zeroes where nothing good was seen.
 */
struct trfs_seen {
	uint64_t inode;
	int64_t mtime_ns;
	uint32_t size;
	uint32_t access;
	struct trfs_appearance appearance;
};

_Static_assert(sizeof(struct trfs_seen) == 40, "stored in parts of an index as it is");

/* Whether anything good was seen: each good image is of a format. */
static inline bool trfs_seen_is_good(const struct trfs_seen *seen)
{
	return seen->appearance.format != TRFS_IMAGE_UNKNOWN;
}

static inline struct trfs_file_identity trfs_seen_identity(const struct trfs_seen *seen)
{
	return (struct trfs_file_identity){ .size = seen->size,
					    .inode = seen->inode,
					    .mtime_ns = seen->mtime_ns };
}

/* @size of @identity must fit. */
static inline struct trfs_seen trfs_seen_of(const struct trfs_file_identity *identity,
					    uint32_t access,
					    const struct trfs_appearance *appearance)
{
	return (struct trfs_seen){ .inode = identity->inode,
				   .mtime_ns = identity->mtime_ns,
				   .size = (uint32_t)identity->size,
				   .access = access,
				   .appearance = *appearance };
}

#endif
