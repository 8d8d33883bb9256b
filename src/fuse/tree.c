/* SPDX-License-Identifier: MIT */
/* Questions to a tree; tree_build.c makes it. */
#include "fuse/tree.h"

#include <errno.h>

/* "." and ".." */
#define NR_DOTS 2u

/* The number of an inode's node; false where there is none. */
static bool node_of(const struct trfs_tree *tree, uint64_t inode, uint32_t *ret)
{
	if (inode < TRFS_INODE_ROOT || inode - TRFS_INODE_ROOT >= tree->nr_nodes)
		return false;
	*ret = (uint32_t)(inode - TRFS_INODE_ROOT);
	return true;
}

static uint64_t inode_of(uint32_t node)
{
	return TRFS_INODE_ROOT + (uint64_t)node;
}

static const char *name_of(const struct trfs_tree *tree, uint32_t node)
{
	struct trfs_strings names = trfs_string_table_view(tree->names);

	return (const char *)trfs_strings_get(&names, tree->nodes[node].name).data;
}

bool trfs_tree_shard(const struct trfs_tree *tree, uint64_t inode, uint32_t *ret_shard)
{
	if (inode < TRFS_INODE_SHARD || inode - TRFS_INODE_SHARD >= tree->nr_shards)
		return false;
	*ret_shard = (uint32_t)(inode - TRFS_INODE_SHARD);
	return true;
}

/* Inodes of one kind stand together: @inode's place among @nr of them from @first on. */
static bool place_among(uint64_t inode, uint64_t first, uint32_t nr, uint32_t *ret)
{
	if (inode < first || inode - first >= nr)
		return false;
	*ret = (uint32_t)(inode - first);
	return true;
}

bool trfs_tree_side_file(const struct trfs_tree *tree, uint64_t inode, size_t *ret)
{
	uint32_t place;

	if (!place_among(inode, TRFS_INODE_SHARD + (uint64_t)tree->nr_shards,
			 tree->nr_side_files, &place))
		return false;
	*ret = place;
	return true;
}

static uint64_t first_own(const struct trfs_tree *tree)
{
	return TRFS_INODE_SHARD + (uint64_t)tree->nr_shards + tree->nr_side_files;
}

bool trfs_tree_own_file(const struct trfs_tree *tree, uint64_t inode,
			enum trfs_own_file *ret)
{
	uint32_t place;

	if (!place_among(inode, first_own(tree), tree->nr_own_files, &place))
		return false;
	*ret = (enum trfs_own_file)place;
	return true;
}

const struct trfs_tree_directory *trfs_tree_directory(const struct trfs_tree *tree,
						      uint64_t inode)
{
	uint32_t place;

	if (inode == TRFS_INODE_ROOT)
		return &tree->directories[0];
	if (!place_among(inode, first_own(tree) + tree->nr_own_files,
			 tree->nr_directories - 1, &place))
		return NULL;
	return &tree->directories[1 + place];
}

uint64_t trfs_tree_lookup(const struct trfs_tree *tree, uint64_t parent, const char *name)
{
	const struct trfs_tree_directory *directory = trfs_tree_directory(tree, parent);
	uint32_t low, high;

	if (!directory)
		return 0;
	low = directory->first_entry;
	high = low + directory->nr_entries;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int rc = strcmp(name, name_of(tree, tree->sorted[middle]));

		if (rc == 0)
			return inode_of(tree->sorted[middle]);
		if (rc < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return 0;
}

void trfs_stat_add_size(struct stat *st, uint64_t size)
{
	st->st_size += (off_t)size;
	/* As a real file has; some tools take a file without blocks for a hole. */
	st->st_blocks = (blkcnt_t)(((uint64_t)st->st_size + 511) / 512);
}

static struct stat file_of(const struct trfs_tree *tree, uint64_t size)
{
	struct stat st = tree->file;

	trfs_stat_add_size(&st, size);
	return st;
}

static struct stat directory_of(const struct trfs_tree *tree,
				const struct trfs_tree_directory *directory)
{
	struct stat st = tree->directory;

	st.st_nlink = 2 + (nlink_t)directory->nr_directories;
	return st;
}

struct stat trfs_tree_stat_type(const struct trfs_tree *tree, uint64_t inode)
{
	const struct trfs_tree_directory *directory = trfs_tree_directory(tree, inode);
	struct stat st = directory ? directory_of(tree, directory) : tree->file;

	st.st_ino = inode;
	return st;
}

static int find_size(const struct trfs_tree *tree, uint64_t inode, uint64_t *ret,
		     struct trfs_error *err)
{
	enum trfs_own_file own;
	uint32_t shard;
	size_t i;

	if (trfs_tree_shard(tree, inode, &shard))
		return trfs_view_shard_size(tree->content.view, shard, ret, err);
	if (trfs_tree_side_file(tree, inode, &i))
		return trfs_side_files_size(tree->content.side_files, i, ret, err);
	*ret = 0;
	return trfs_tree_own_file(tree, inode, &own) ? 0 : -ENOENT;
}

int trfs_tree_stat(const struct trfs_tree *tree, uint64_t inode, struct stat *ret,
		   struct trfs_error *err)
{
	uint64_t size = 0;
	int rc = 0;

	if (trfs_tree_directory(tree, inode)) {
		*ret = trfs_tree_stat_type(tree, inode);
		return 0;
	}
	rc = find_size(tree, inode, &size, err);
	if (rc == 0) {
		*ret = file_of(tree, size);
		ret->st_ino = inode;
	}
	return rc;
}

bool trfs_tree_is_sized(const struct trfs_tree *tree, uint64_t inode)
{
	size_t i;

	return !trfs_tree_side_file(tree, inode, &i) ||
	       trfs_side_files_is_sized(tree->content.side_files, i);
}

/* Whether @directory is above @node, at whatever distance. */
static bool is_above(const struct trfs_tree *tree, uint32_t directory, uint32_t node)
{
	while (node != 0 && node != directory)
		node = tree->nodes[node].parent;
	return node == directory;
}

int trfs_tree_directory_size(const struct trfs_tree *tree, uint64_t inode, uint64_t *ret,
			     struct trfs_error *err)
{
	uint32_t directory;
	int rc = tree->content.view ? trfs_view_find_sizes(tree->content.view, err) : 0;

	*ret = 0;
	if (rc < 0 || !node_of(tree, inode, &directory))
		return rc;
	for (uint32_t shard = 0; rc == 0 && shard < tree->nr_shards; shard++) {
		uint64_t size = 0;

		if (!is_above(tree, directory, 1 + shard))
			continue;
		rc = trfs_view_shard_size(tree->content.view, shard, &size, err);
		*ret += size;
	}
	return rc;
}

void trfs_tree_print_path(const struct trfs_tree *tree, uint64_t inode,
			  struct trfs_buffer *ret)
{
	uint32_t node;

	if (!node_of(tree, inode, &node) || node == 0)
		return;
	trfs_tree_print_path(tree, inode_of(tree->nodes[node].parent), ret);
	trfs_buffer_printf(ret, "%s/", name_of(tree, node));
}

const char *trfs_tree_entry(const struct trfs_tree *tree, uint64_t inode,
			    uint64_t position, uint64_t *ret_inode, bool *ret_listed)
{
	const struct trfs_tree_directory *directory = trfs_tree_directory(tree, inode);
	uint32_t node;

	if (!directory || !node_of(tree, inode, &node))
		return NULL;
	*ret_listed = true;
	if (position < NR_DOTS) {
		*ret_inode = position == 0 ? inode : inode_of(tree->nodes[node].parent);
		return position == 0 ? "." : "..";
	}
	if (position - NR_DOTS >= directory->nr_entries)
		return NULL;
	node = tree->sorted[directory->first_entry + (position - NR_DOTS)];
	*ret_inode = inode_of(node);
	*ret_listed = tree->nodes[node].is_listed;
	return name_of(tree, node);
}
