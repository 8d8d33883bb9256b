/* SPDX-License-Identifier: MIT */
/* Questions to a tree; tree_build.c makes it. */
#include "fuse/tree.h"

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

const struct trfs_side_file *trfs_tree_side_file(const struct trfs_tree *tree,
						 uint64_t inode)
{
	uint64_t first = TRFS_INODE_SHARD + (uint64_t)tree->nr_shards;

	if (inode < first || inode - first >= tree->side_files->nr)
		return NULL;
	return &tree->side_files->items[inode - first];
}

const struct trfs_tree_directory *trfs_tree_directory(const struct trfs_tree *tree,
						      uint64_t inode)
{
	uint64_t second =
		TRFS_INODE_SHARD + (uint64_t)tree->nr_shards + tree->side_files->nr;

	if (inode == TRFS_INODE_ROOT)
		return &tree->directories[0];
	if (inode < second || inode - second >= tree->nr_directories - 1)
		return NULL;
	return &tree->directories[1 + (inode - second)];
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

static struct stat file_of(const struct trfs_tree *tree, uint64_t size)
{
	struct stat st = tree->file;

	st.st_size = (off_t)size;
	/* As a real file has; some tools take a file without blocks for a hole. */
	st.st_blocks = (blkcnt_t)((size + 511) / 512);
	return st;
}

bool trfs_tree_stat(const struct trfs_tree *tree, uint64_t inode, struct stat *ret)
{
	const struct trfs_tree_directory *directory = trfs_tree_directory(tree, inode);
	const struct trfs_side_file *side_file = trfs_tree_side_file(tree, inode);
	uint32_t shard;

	if (directory) {
		*ret = tree->directory;
		ret->st_nlink = 2 + (nlink_t)directory->nr_directories;
	} else if (trfs_tree_shard(tree, inode, &shard)) {
		*ret = file_of(tree, trfs_generation_shard_size(tree->generation, shard));
	} else if (side_file) {
		*ret = file_of(tree, side_file->content.len);
	} else {
		return false;
	}
	ret->st_ino = inode;
	return true;
}

const char *trfs_tree_entry(const struct trfs_tree *tree, uint64_t inode,
			    uint64_t position, uint64_t *ret_inode)
{
	const struct trfs_tree_directory *directory = trfs_tree_directory(tree, inode);
	uint32_t node;

	if (!directory || !node_of(tree, inode, &node))
		return NULL;
	if (position < NR_DOTS) {
		*ret_inode = position == 0 ? inode : inode_of(tree->nodes[node].parent);
		return position == 0 ? "." : "..";
	}
	if (position - NR_DOTS >= directory->nr_entries)
		return NULL;
	node = tree->sorted[directory->first_entry + (position - NR_DOTS)];
	*ret_inode = inode_of(node);
	return name_of(tree, node);
}
