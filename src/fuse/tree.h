/* SPDX-License-Identifier: MIT */
/*
 * What the mount shows, as inodes: directories, shards and side files.  Numbers are
 * arithmetic: 1 is the root, then come the shards, the side files, and the other
 * directories, which are those that the names of shards and side files have in them.
 */
#ifndef TRFS_FUSE_TREE_H
#define TRFS_FUSE_TREE_H

#include "base/strings.h"
#include "index/generation.h"
#include "stream/side_files.h"
#include <sys/stat.h>

#define TRFS_INODE_ROOT	 1u
#define TRFS_INODE_SHARD 2u

/* A node is an inode less one; the root's parent is the root. */
struct trfs_tree_node {
	uint32_t name; /* of the tree's names; stored with its NUL */
	uint32_t parent;
};

/**
 * struct trfs_tree_directory - a directory, and all that is in it at whatever depth
 * @first_entry, @nr_entries: its own entries, in the tree's @sorted
 * @nr_directories: of these
 * @nr_shards, @nr_examples, @size: of all shards beneath it
 */
struct trfs_tree_directory {
	uint32_t first_entry;
	uint32_t nr_entries;
	uint32_t nr_directories;
	uint32_t nr_shards;
	uint64_t nr_examples;
	uint64_t size;
};

/**
 * struct trfs_tree - names and attributes of one generation
 * @names: of all nodes
 * @nodes: the root, the shards, the side files, the other directories
 * @sorted: nodes by parent and name, the order of readdir
 * @directories: the root, and the others in the order of their nodes
 * @nr_nodes: all of them, the root too
 * @directory, @file: attributes that all directories and all files share
 */
struct trfs_tree {
	const struct trfs_generation *generation;
	const struct trfs_side_files *side_files;
	struct trfs_string_table *names;
	struct trfs_tree_node *nodes;
	uint32_t *sorted;
	struct trfs_tree_directory *directories;
	uint32_t nr_nodes;
	uint32_t nr_shards;
	uint32_t nr_directories;
	struct stat directory;
	struct stat file;
};

/*
 * Everything belongs to @uid and @gid and dates from the newest image.  @generation and
 * @side_files must outlive the tree.  -EINVAL where names cannot be shown: two nodes of
 * one name, or a name that no file can have; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_tree_init(struct trfs_tree *tree, const struct trfs_generation *generation,
		   const struct trfs_side_files *side_files, uid_t uid, gid_t gid,
		   struct trfs_error *err);
void trfs_tree_done(struct trfs_tree *tree);

/* The inode of @name in directory @parent; 0 when there is none. */
uint64_t trfs_tree_lookup(const struct trfs_tree *tree, uint64_t parent,
			  const char *name);

/* Attributes; false when there is no such inode. */
bool trfs_tree_stat(const struct trfs_tree *tree, uint64_t inode, struct stat *ret);

/* The shard behind an inode; false for everything else. */
bool trfs_tree_shard(const struct trfs_tree *tree, uint64_t inode, uint32_t *ret_shard);

/* The side file behind an inode, or the directory; NULL for everything else. */
const struct trfs_side_file *trfs_tree_side_file(const struct trfs_tree *tree,
						 uint64_t inode);
const struct trfs_tree_directory *trfs_tree_directory(const struct trfs_tree *tree,
						      uint64_t inode);

/*
 * Entry @position of directory @inode in sorted order, "." and ".." being 0 and 1; NULL
 * behind the last, and where @inode is no directory.
 */
const char *trfs_tree_entry(const struct trfs_tree *tree, uint64_t inode,
			    uint64_t position, uint64_t *ret_inode);

#endif
