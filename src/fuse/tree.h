/* SPDX-License-Identifier: MIT */
/*
 * What the mount shows, as inodes: the root directory and the shards in it.  Numbers
 * are arithmetic, not a table: 1 is the root, 2 + s is shard s.
 */
#ifndef TRFS_FUSE_TREE_H
#define TRFS_FUSE_TREE_H

#include "base/strings.h"
#include "index/generation.h"
#include <sys/stat.h>

#define TRFS_INODE_ROOT	 1u
#define TRFS_INODE_SHARD 2u

/**
 * struct trfs_tree - names and attributes of one generation
 * @names: of all shards, by shard number
 * @sorted: shard numbers by name, the order of readdir
 * @directory, @file: attributes that all directories and all shards share
 */
struct trfs_tree {
	const struct trfs_generation *generation;
	struct trfs_string_table *names;
	uint32_t *sorted;
	struct stat directory;
	struct stat file;
};

/* Everything belongs to @uid and @gid and dates from the newest image. */
TRFS_MUST_CHECK
int trfs_tree_init(struct trfs_tree *tree, const struct trfs_generation *generation,
		   uid_t uid, gid_t gid);
void trfs_tree_done(struct trfs_tree *tree);

/* The inode of @name in directory @parent; 0 when there is none. */
uint64_t trfs_tree_lookup(const struct trfs_tree *tree, uint64_t parent,
			  const char *name);

/* Attributes; false when there is no such inode. */
bool trfs_tree_stat(const struct trfs_tree *tree, uint64_t inode, struct stat *ret);

/* The shard behind an inode; false for directories and numbers that do not exist. */
bool trfs_tree_shard(const struct trfs_tree *tree, uint64_t inode, uint32_t *ret_shard);

/*
 * Entry @position of the root directory in sorted order, "." and ".." being 0 and 1;
 * NULL behind the last.
 */
const char *trfs_tree_entry(const struct trfs_tree *tree, uint64_t position,
			    uint64_t *ret_inode);

#endif
