/* SPDX-License-Identifier: MIT */
/* Names of shards, sorted once when the tree is made; look-ups ask the plan. */
#include "fuse/tree.h"

#include <errno.h>
#include <stdlib.h>

#define NS_PER_SECOND 1000000000
/* "." and ".." */
#define NR_DOTS 2u

struct by_name {
	const char *name;
	uint32_t shard;
};

static int compare_names(const void *a, const void *b)
{
	const struct by_name *left = a;
	const struct by_name *right = b;

	return strcmp(left->name, right->name);
}

/* Names are stored with their NUL, so that they can be handed out as they are. */
static const char *name_of(const struct trfs_tree *tree, uint32_t shard)
{
	struct trfs_strings names = trfs_string_table_view(tree->names);

	return (const char *)trfs_strings_get(&names, shard).data;
}

static int name_shards(struct trfs_tree *tree, uint32_t nr_shards)
{
	for (uint32_t shard = 0; shard < nr_shards; shard++) {
		char name[TRFS_SHARD_NAME_MAX];
		struct trfs_bytes stored;
		int rc;

		trfs_plan_shard_name(tree->generation->plan, shard, name);
		stored = (struct trfs_bytes){ (const uint8_t *)name, strlen(name) + 1 };
		rc = trfs_string_table_add(tree->names, stored, NULL);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int sort_shards(struct trfs_tree *tree, uint32_t nr_shards)
{
	struct by_name *entries = calloc((size_t)nr_shards + 1, sizeof(*entries));

	tree->sorted = calloc((size_t)nr_shards + 1, sizeof(*tree->sorted));
	if (!entries || !tree->sorted) {
		free(entries);
		return -ENOMEM;
	}
	for (uint32_t shard = 0; shard < nr_shards; shard++)
		entries[shard] = (struct by_name){ name_of(tree, shard), shard };
	qsort(entries, nr_shards, sizeof(*entries), compare_names);
	for (uint32_t i = 0; i < nr_shards; i++)
		tree->sorted[i] = entries[i].shard;
	free(entries);
	return 0;
}

static struct stat attributes(mode_t mode, uid_t uid, gid_t gid, int64_t mtime_ns)
{
	struct stat st = { .st_mode = mode, .st_uid = uid, .st_gid = gid, .st_nlink = 1 };

	st.st_mtim.tv_sec = mtime_ns / NS_PER_SECOND;
	st.st_mtim.tv_nsec = mtime_ns % NS_PER_SECOND;
	st.st_ctim = st.st_mtim;
	st.st_atim = st.st_mtim;
	st.st_blksize = 1 << 20;
	return st;
}

int trfs_tree_init(struct trfs_tree *tree, const struct trfs_generation *generation,
		   uid_t uid, gid_t gid)
{
	uint32_t nr_shards = trfs_plan_nr_shards(generation->plan);
	int64_t mtime_ns = generation->catalog->newest_mtime_ns;
	int rc;

	*tree = (struct trfs_tree){ .generation = generation };
	tree->directory = attributes(S_IFDIR | 0555, uid, gid, mtime_ns);
	tree->directory.st_nlink = 2;
	tree->file = attributes(S_IFREG | 0444, uid, gid, mtime_ns);
	tree->names = trfs_string_table_new();
	if (!tree->names)
		return -ENOMEM;
	rc = name_shards(tree, nr_shards);
	if (rc == 0)
		rc = sort_shards(tree, nr_shards);
	if (rc < 0)
		trfs_tree_done(tree);
	return rc;
}

void trfs_tree_done(struct trfs_tree *tree)
{
	tree->names = trfs_string_table_free(tree->names);
	free(tree->sorted);
	tree->sorted = NULL;
}

uint64_t trfs_tree_lookup(const struct trfs_tree *tree, uint64_t parent, const char *name)
{
	uint32_t shard;

	if (parent != TRFS_INODE_ROOT ||
	    !trfs_plan_find_shard(tree->generation->plan, name, &shard))
		return 0;
	return TRFS_INODE_SHARD + (uint64_t)shard;
}

bool trfs_tree_shard(const struct trfs_tree *tree, uint64_t inode, uint32_t *ret_shard)
{
	if (inode < TRFS_INODE_SHARD ||
	    inode - TRFS_INODE_SHARD >= trfs_plan_nr_shards(tree->generation->plan))
		return false;
	*ret_shard = (uint32_t)(inode - TRFS_INODE_SHARD);
	return true;
}

bool trfs_tree_stat(const struct trfs_tree *tree, uint64_t inode, struct stat *ret)
{
	uint32_t shard;

	if (inode == TRFS_INODE_ROOT) {
		*ret = tree->directory;
	} else if (trfs_tree_shard(tree, inode, &shard)) {
		uint64_t size = trfs_generation_shard_size(tree->generation, shard);

		*ret = tree->file;
		ret->st_size = (off_t)size;
		/* As a real file has; some tools take a file without blocks for a hole.
		 */
		ret->st_blocks = (blkcnt_t)((size + 511) / 512);
	} else {
		return false;
	}
	ret->st_ino = inode;
	return true;
}

const char *trfs_tree_entry(const struct trfs_tree *tree, uint64_t position,
			    uint64_t *ret_inode)
{
	uint32_t shard;

	if (position < NR_DOTS) {
		*ret_inode = TRFS_INODE_ROOT;
		return position == 0 ? "." : "..";
	}
	if (position - NR_DOTS >= trfs_plan_nr_shards(tree->generation->plan))
		return NULL;
	shard = tree->sorted[position - NR_DOTS];
	*ret_inode = TRFS_INODE_SHARD + (uint64_t)shard;
	return name_of(tree, shard);
}
