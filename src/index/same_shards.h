/* SPDX-License-Identifier: MIT */
/* Which shards of one generation have the bytes of shards of another. */
#ifndef TRFS_INDEX_SAME_SHARDS_H
#define TRFS_INDEX_SAME_SHARDS_H

#include "index/generation.h"

#define TRFS_SHARD_NONE UINT32_MAX

/**
 * trfs_same_shards() - compare all shards of two generations
 * @ret: for each shard of @after the number of the shard of @before that has its name and
 *	its bytes, or TRFS_SHARD_NONE; as many as @after has shards
 *
 * No image is opened: records are laid out, and files compared by size, inode and time.
 * Where that leaves a doubt, shards are not the same.
 *
 * Cost: about 2 us a record of equal shards, in parallel.  Return: 0; -ENOMEM; -EIO for a
 *	damaged index.
 */
TRFS_MUST_CHECK
int trfs_same_shards(const struct trfs_generation *before,
		     const struct trfs_generation *after, uint32_t *ret,
		     struct trfs_error *err);

/**
 * trfs_same_index() - whether two generations were saved as the same bytes
 * @fd: an open file: the index of the one
 * @path: of the other; NULL: it has none
 *
 * False also where that cannot be told.
 */
bool trfs_same_index(int fd, const char *path);

#endif
