/* SPDX-License-Identifier: MIT */
/*
 * What a directory of the mount shows, be it the root's or a view's, as inodes:
 * directories, shards, side files and the mount's own.  Numbers are arithmetic: 1 is the
 * directory itself, then come the shards, the side files, the mount's own files, and the
 * directories beneath, which are those that these names have in them and those that are
 * asked for.
 */
#ifndef TRFS_FUSE_TREE_H
#define TRFS_FUSE_TREE_H

#include "base/strings.h"
#include "index/view.h"
#include "stream/side_files.h"
#include <sys/stat.h>

#define TRFS_INODE_ROOT	 1u
#define TRFS_INODE_SHARD 2u

/* Files that tell of the mount itself, in the root only and in no listing. */
enum trfs_own_file {
	TRFS_OWN_METRICS, /* ".tfrecordfs/metrics": other bytes every time */
	TRFS_OWN_VERSION,
	TRFS_OWN_STATUS, /* the same as metrics and more, as JSON */
	TRFS_OWN_LOG,	 /* the last lines of the log */
	TRFS_NR_OWN_FILES
};

/**
 * struct trfs_tree_node - a node is an inode less one; the root's parent is the root
 * @name: number among the tree's names, where it is stored with its NUL
 * @is_listed: shown by readdir
 */
struct trfs_tree_node {
	uint32_t name;
	uint32_t parent;
	bool is_listed;
};

/**
 * struct trfs_tree_directory - a directory, and all that is in it at whatever depth
 * @first_entry, @nr_entries: its own entries, in the tree's @sorted
 * @nr_directories: of these
 * @nr_shards, @nr_examples: of all shards beneath it
 */
struct trfs_tree_directory {
	uint32_t first_entry;
	uint32_t nr_entries;
	uint32_t nr_directories;
	uint32_t nr_shards;
	uint64_t nr_examples;
};

/**
 * struct trfs_tree_content - what a tree is made of; borrowed, must outlive it
 * @view: whose shards are shown; NULL: none, as of "epochs" and of a single record
 * @side_files: NULL: none
 * @directories: further ones, listed and empty; ends with NULL
 * @own_files: whether the mount's own files are there
 * @uid, @gid, @mtime_ns: of everything
 * @mode: of files: who may read; of TRFS_ACCESS_ALL
 */
struct trfs_tree_content {
	const struct trfs_view *view;
	struct trfs_side_files *side_files;
	const char *const *directories;
	bool own_files;
	uid_t uid;
	gid_t gid;
	mode_t mode;
	int64_t mtime_ns;
};

/**
 * struct trfs_tree - names and attributes, and the content they stand for
 * @names: of all nodes
 * @nodes: the root, the shards, the side files, own files, the other directories
 * @sorted: nodes by parent and name, the order of readdir
 * @directories: the root, and the others in the order of their nodes
 * @nr_nodes: all of them, the root too
 * @directory, @file: attributes that all directories and all files share
 */
struct trfs_tree {
	struct trfs_tree_content content;
	struct trfs_string_table *names;
	struct trfs_tree_node *nodes;
	uint32_t *sorted;
	struct trfs_tree_directory *directories;
	uint32_t nr_nodes;
	uint32_t nr_shards;
	uint32_t nr_side_files;
	uint32_t nr_own_files;
	uint32_t nr_directories;
	struct stat directory;
	struct stat file;
};

/*
 * -EINVAL where names cannot be shown: two nodes of one name, or a name that no file can
 * have; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_tree_init(struct trfs_tree *tree, const struct trfs_tree_content *content,
		   struct trfs_error *err);
void trfs_tree_done(struct trfs_tree *tree);

/* All three times of @st. */
void trfs_stat_set_time(struct stat *st, int64_t mtime_ns);

/* Bytes of memory that it takes. */
uint64_t trfs_tree_memory(const struct trfs_tree *tree);

/* The inode of @name in directory @parent; 0 when there is none. */
uint64_t trfs_tree_lookup(const struct trfs_tree *tree, uint64_t parent,
			  const char *name);

/*
 * Attributes, sizes being exact: what is not known yet is found first, which can take
 * long.  Of own files the size is 0.  -ENOENT when there is no such inode; -ENOMEM; what
 * making a side file fails with.
 */
TRFS_MUST_CHECK
int trfs_tree_stat(const struct trfs_tree *tree, uint64_t inode, struct stat *ret,
		   struct trfs_error *err);

/* The same file, longer. */
void trfs_stat_add_size(struct stat *st, uint64_t size);

/* Whether trfs_tree_stat() knows all at once. */
bool trfs_tree_is_sized(const struct trfs_tree *tree, uint64_t inode);

/* Type and inode alone, as far as a listing needs them; it must exist. */
struct stat trfs_tree_stat_type(const struct trfs_tree *tree, uint64_t inode);

/* The shard behind an inode; false for everything else. */
bool trfs_tree_shard(const struct trfs_tree *tree, uint64_t inode, uint32_t *ret_shard);

/* The number of the side file behind an inode; false for everything else. */
bool trfs_tree_side_file(const struct trfs_tree *tree, uint64_t inode, size_t *ret);

/* Which of the mount's own files an inode is; false for everything else. */
bool trfs_tree_own_file(const struct trfs_tree *tree, uint64_t inode,
			enum trfs_own_file *ret);

/* The directory behind an inode; NULL for everything else. */
const struct trfs_tree_directory *trfs_tree_directory(const struct trfs_tree *tree,
						      uint64_t inode);

/* The size of all shards beneath a directory, in bytes.  As trfs_tree_stat(). */
TRFS_MUST_CHECK
int trfs_tree_directory_size(const struct trfs_tree *tree, uint64_t inode, uint64_t *ret,
			     struct trfs_error *err);

/*
 * Append the path of directory @inode from the tree's root, with a slash behind each
 * component; nothing for the root.
 */
void trfs_tree_print_path(const struct trfs_tree *tree, uint64_t inode,
			  struct trfs_buffer *ret);

/*
 * Entry @position of directory @inode in sorted order, "." and ".." being 0 and 1; NULL
 * behind the last, and where @inode is no directory.  @ret_listed: some are passed over.
 */
const char *trfs_tree_entry(const struct trfs_tree *tree, uint64_t inode,
			    uint64_t position, uint64_t *ret_inode, bool *ret_listed);

#endif
