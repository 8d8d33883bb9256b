/* SPDX-License-Identifier: MIT */
/*
 * Making a tree out of paths: first the directories that are in them, so that all nodes
 * are known, then each node's name and parent, then the order.
 */
#include "fuse/tree.h"

#include "base/error.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define NS_PER_SECOND 1000000000

/* A node while it is sorted. */
struct entry {
	const char *name;
	uint32_t parent;
	uint32_t node;
};

/**
 * struct builder - a tree in the making
 * @paths: of the directories, interned; number 0 is the root's, which is empty
 */
struct builder {
	struct trfs_tree *tree;
	struct trfs_string_table *paths;
	struct trfs_error *err;
};

static const char *const own_files[TRFS_NR_OWN_FILES] = {
	[TRFS_OWN_METRICS] = ".tfrecordfs/metrics",
	[TRFS_OWN_VERSION] = ".tfrecordfs/version",
	[TRFS_OWN_STATUS] = ".tfrecordfs/status",
	[TRFS_OWN_LOG] = ".tfrecordfs/log",
};

/* The path of file @i: shards, then side files, then own files. */
static struct trfs_bytes path_of(const struct trfs_tree *tree, uint32_t i,
				 char buf[TRFS_SHARD_NAME_MAX])
{
	if (i >= tree->nr_shards + tree->nr_side_files)
		return trfs_bytes_of(
			own_files[i - tree->nr_shards - tree->nr_side_files]);
	if (i >= tree->nr_shards)
		return trfs_bytes_of(trfs_side_files_path(tree->content.side_files,
							  i - tree->nr_shards));
	trfs_plan_shard_name(tree->content.view->plan, i, buf);
	return trfs_bytes_of(buf);
}

static bool is_file_listed(const struct trfs_tree *tree, uint32_t i)
{
	if (i >= tree->nr_shards + tree->nr_side_files)
		return false;
	return i < tree->nr_shards ||
	       trfs_side_files_is_listed(tree->content.side_files, i - tree->nr_shards);
}

static uint32_t nr_files(const struct trfs_tree *tree)
{
	return tree->nr_shards + tree->nr_side_files + tree->nr_own_files;
}

/* @path in two at its last slash. */
static struct trfs_bytes split_path(struct trfs_bytes path, struct trfs_bytes *ret_name)
{
	size_t len = path.len;

	while (len > 0 && path.data[len - 1] != '/')
		len--;
	*ret_name = (struct trfs_bytes){ path.data + len, path.len - len };
	return (struct trfs_bytes){ path.data, len > 0 ? len - 1 : 0 };
}

static int check_name(const struct builder *b, struct trfs_bytes path,
		      struct trfs_bytes name)
{
	if (name.len > 0 && name.len <= NAME_MAX &&
	    !trfs_bytes_equal(name, trfs_bytes_of(".")) &&
	    !trfs_bytes_equal(name, trfs_bytes_of("..")))
		return 0;
	return trfs_fail(b->err, -EINVAL,
			 "the mount cannot show a file called \"%.*s\": each part of a "
			 "name has 1 to %d bytes and is not . or ..",
			 TRFS_BYTES_ARG(path), NAME_MAX);
}

/* Intern the directories of @path, outermost first. */
static int add_directories(struct builder *b, struct trfs_bytes path)
{
	size_t start = 0;

	for (size_t i = 0; i <= path.len; i++) {
		struct trfs_bytes name = { path.data + start, i - start };
		int rc;

		if (i < path.len && path.data[i] != '/')
			continue;
		rc = check_name(b, path, name);
		if (rc < 0 || i == path.len)
			return rc;
		rc = trfs_string_table_intern(
			b->paths, (struct trfs_bytes){ path.data, i }, NULL, NULL);
		if (rc < 0)
			return trfs_fail_memory(b->err, "the names of the mount");
		start = i + 1;
	}
	return 0;
}

static int find_directories(struct builder *b)
{
	struct trfs_tree *tree = b->tree;
	int rc = trfs_string_table_intern(b->paths, trfs_bytes_of(""), NULL, NULL);

	if (rc < 0)
		return trfs_fail_memory(b->err, "the names of the mount");
	for (uint32_t i = 0; i < nr_files(tree); i++) {
		char buf[TRFS_SHARD_NAME_MAX];

		rc = add_directories(b, path_of(tree, i, buf));
		if (rc < 0)
			return rc;
	}
	for (const char *const *d = tree->content.directories; d && *d; d++) {
		if (trfs_string_table_intern(b->paths, trfs_bytes_of(*d), NULL, NULL) < 0)
			return trfs_fail_memory(b->err, "the names of the mount");
	}
	tree->nr_directories = (uint32_t)trfs_string_table_view(b->paths).nr;
	tree->nr_nodes = nr_files(tree) + tree->nr_directories;
	return 0;
}

static uint32_t directory_node(const struct trfs_tree *tree, uint32_t directory)
{
	return directory == 0 ? 0 : nr_files(tree) + directory;
}

/* Name and parent of @node, whose path is @path. */
static int place_node(struct builder *b, uint32_t node, struct trfs_bytes path)
{
	struct trfs_tree *tree = b->tree;
	struct trfs_bytes name, parent = split_path(path, &name);
	char text[NAME_MAX + 1];
	uint32_t directory = 0;

	if (name.len > 0)
		memcpy(text, name.data, name.len);
	text[name.len] = '\0';
	name = (struct trfs_bytes){ (const uint8_t *)text, name.len + 1 };
	if (trfs_string_table_add(tree->names, name, &tree->nodes[node].name) < 0)
		return trfs_fail_memory(b->err, "the names of the mount");
	/* It was interned before. */
	(void)trfs_string_table_find(b->paths, parent, &directory);
	tree->nodes[node].parent = directory_node(tree, directory);
	return 0;
}

static int place_nodes(struct builder *b)
{
	struct trfs_tree *tree = b->tree;
	struct trfs_strings paths = trfs_string_table_view(b->paths);
	int rc = place_node(b, 0, trfs_bytes_of(""));

	for (uint32_t i = 0; rc == 0 && i < nr_files(tree); i++) {
		char buf[TRFS_SHARD_NAME_MAX];

		rc = place_node(b, 1 + i, path_of(tree, i, buf));
	}
	for (uint32_t i = 1; rc == 0 && i < tree->nr_directories; i++)
		rc = place_node(b, directory_node(tree, i), trfs_strings_get(&paths, i));
	return rc;
}

static void list_with_parents(struct trfs_tree *tree, uint32_t node)
{
	for (; node != 0 && !tree->nodes[node].is_listed; node = tree->nodes[node].parent)
		tree->nodes[node].is_listed = true;
}

/* Listed are the files that are, what they lie in, and what was asked for. */
static void list_nodes(const struct builder *b)
{
	struct trfs_tree *tree = b->tree;
	uint32_t number;

	for (uint32_t i = 0; i < nr_files(tree); i++)
		if (is_file_listed(tree, i))
			list_with_parents(tree, 1 + i);
	for (const char *const *d = tree->content.directories; d && *d; d++)
		if (trfs_string_table_find(b->paths, trfs_bytes_of(*d), &number))
			list_with_parents(tree, directory_node(tree, number));
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;

	if (left->parent != right->parent)
		return left->parent < right->parent ? -1 : 1;
	return strcmp(left->name, right->name);
}

/* A directory of the tree by its node, for writing. */
static struct trfs_tree_directory *directory_at(const struct trfs_tree *tree,
						uint32_t node)
{
	return &tree->directories[node == 0 ? 0 : node - nr_files(tree)];
}

static int sort_entries(struct builder *b, struct entry *entries, uint32_t nr)
{
	struct trfs_tree *tree = b->tree;
	struct trfs_strings names = trfs_string_table_view(tree->names);

	for (uint32_t i = 0; i < nr; i++) {
		const struct trfs_tree_node *node = &tree->nodes[1 + i];
		struct trfs_bytes name = trfs_strings_get(&names, node->name);

		entries[i] =
			(struct entry){ (const char *)name.data, node->parent, 1 + i };
	}
	if (nr > 0)
		qsort(entries, nr, sizeof(*entries), compare_entries);
	for (uint32_t i = 0; i < nr; i++) {
		struct trfs_tree_directory *d = directory_at(tree, entries[i].parent);

		if (i > 0 && compare_entries(&entries[i - 1], &entries[i]) == 0)
			return trfs_fail(
				b->err, -EINVAL,
				"two files or directories of the mount would be "
				"called \"%s\"; --shard-names gives shards other "
				"names",
				entries[i].name);
		if (d->nr_entries++ == 0)
			d->first_entry = i;
		d->nr_directories += entries[i].node > nr_files(tree);
		tree->sorted[i] = entries[i].node;
	}
	return 0;
}

static int sort_nodes(struct builder *b)
{
	uint32_t nr = b->tree->nr_nodes - 1;
	struct entry *entries = calloc((size_t)nr + 1, sizeof(*entries));
	int rc = entries ? sort_entries(b, entries, nr)
			 : trfs_fail_memory(b->err, "the names of the mount");

	free(entries);
	return rc;
}

/* Each shard counts in every directory above it. */
static void count_shards(struct trfs_tree *tree)
{
	for (uint32_t shard = 0; shard < tree->nr_shards; shard++) {
		uint32_t node = 1 + shard;

		do {
			struct trfs_tree_directory *d;

			node = tree->nodes[node].parent;
			d = directory_at(tree, node);
			d->nr_shards++;
			d->nr_examples += trfs_plan_shard_nr_records(
				tree->content.view->plan, shard);
		} while (node != 0);
	}
}

static int build(struct builder *b)
{
	struct trfs_tree *tree = b->tree;
	int rc = find_directories(b);

	if (rc < 0)
		return rc;
	tree->nodes = calloc(tree->nr_nodes, sizeof(*tree->nodes));
	tree->sorted = calloc(tree->nr_nodes, sizeof(*tree->sorted));
	tree->directories = calloc(tree->nr_directories, sizeof(*tree->directories));
	if (!tree->nodes || !tree->sorted || !tree->directories)
		return trfs_fail_memory(b->err, "the names of the mount");
	rc = place_nodes(b);
	if (rc == 0)
		rc = sort_nodes(b);
	if (rc == 0) {
		list_nodes(b);
		count_shards(tree);
	}
	return rc;
}

void trfs_stat_set_time(struct stat *st, int64_t mtime_ns)
{
	int64_t rest = mtime_ns % NS_PER_SECOND;

	/* Before 1970 both are negative. */
	if (rest < 0)
		rest += NS_PER_SECOND;
	st->st_mtim.tv_sec = (mtime_ns - rest) / NS_PER_SECOND;
	st->st_mtim.tv_nsec = rest;
	st->st_ctim = st->st_mtim;
	st->st_atim = st->st_mtim;
}

static struct stat attributes(mode_t mode, uid_t uid, gid_t gid, int64_t mtime_ns)
{
	struct stat st = { .st_mode = mode, .st_uid = uid, .st_gid = gid, .st_nlink = 1 };

	trfs_stat_set_time(&st, mtime_ns);
	st.st_blksize = 1 << 20;
	return st;
}

int trfs_tree_init(struct trfs_tree *tree, const struct trfs_tree_content *content,
		   struct trfs_error *err)
{
	const struct trfs_tree_content *c = content;
	struct builder b = { .tree = tree, .err = err };
	int rc;

	*tree = (struct trfs_tree){
		.content = *c,
		.names = trfs_string_table_new(),
		.nr_shards = c->view ? trfs_plan_nr_shards(c->view->plan) : 0,
		.nr_side_files =
			c->side_files ? (uint32_t)trfs_side_files_nr(c->side_files) : 0,
		.nr_own_files = c->own_files ? TRFS_NR_OWN_FILES : 0,
		.directory = attributes(S_IFDIR | c->mode | c->mode >> 2, c->uid, c->gid,
					c->mtime_ns),
		.file = attributes(S_IFREG | c->mode, c->uid, c->gid, c->mtime_ns),
	};
	b.paths = trfs_string_table_new();
	rc = b.paths && tree->names ? build(&b)
				    : trfs_fail_memory(err, "the names of the mount");
	trfs_string_table_free(b.paths);
	if (rc < 0)
		trfs_tree_done(tree);
	return rc;
}

uint64_t trfs_tree_memory(const struct trfs_tree *tree)
{
	struct trfs_strings names = trfs_string_table_view(tree->names);

	return trfs_strings_nr_bytes(&names) +
	       tree->nr_directories * sizeof(*tree->directories) +
	       tree->nr_nodes * (sizeof(*tree->nodes) + sizeof(*tree->sorted) +
				 sizeof(*names.ends));
}

void trfs_tree_done(struct trfs_tree *tree)
{
	tree->names = trfs_string_table_free(tree->names);
	free(tree->nodes);
	free(tree->sorted);
	free(tree->directories);
	*tree = (struct trfs_tree){ .nr_nodes = 0 };
}
