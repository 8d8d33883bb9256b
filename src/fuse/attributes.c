/* SPDX-License-Identifier: MIT */
/* A table of names and functions; a new attribute is a row. */
#include "fuse/attributes.h"

#include "dataset/plan.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/* What an inode is; an attribute may be of several. */
enum {
	OF_SHARD = 1 << 0,
	OF_DIRECTORY = 1 << 1,
	OF_ROOT = 1 << 2,
};

/**
 * struct node - the inode that is asked
 * @is: one or two of the bits above; 0 for side files, which have no attributes
 * @shard: of shards
 * @directory: of the root and other directories
 */
struct node {
	unsigned int is;
	uint32_t shard;
	const struct trfs_tree_directory *directory;
};

struct attribute {
	const char *name; /* behind the prefix */
	unsigned int of;
	void (*print)(const struct trfs_attribute_source *source, const struct node *node,
		      struct trfs_buffer *ret);
};

static void print_split(const struct trfs_attribute_source *source,
			const struct node *node, struct trfs_buffer *ret)
{
	const struct trfs_plan *plan = source->tree->generation->plan;
	struct trfs_shard_range range = trfs_plan_shard_range(plan, node->shard);
	struct trfs_bytes name = trfs_strings_get(&plan->split_names, range.split);

	trfs_buffer_put(ret, name.data, name.len);
}

static void print_shard(const struct trfs_attribute_source *source,
			const struct node *node, struct trfs_buffer *ret)
{
	const struct trfs_plan *plan = source->tree->generation->plan;
	struct trfs_shard_range range = trfs_plan_shard_range(plan, node->shard);

	trfs_buffer_printf(ret, "%" PRIu32,
			   node->shard - plan->splits[range.split].first_shard);
}

static void print_shard_examples(const struct trfs_attribute_source *source,
				 const struct node *node, struct trfs_buffer *ret)
{
	const struct trfs_plan *plan = source->tree->generation->plan;

	trfs_buffer_printf(ret, "%" PRIu64,
			   trfs_plan_shard_nr_records(plan, node->shard));
}

static void print_version(const struct trfs_attribute_source *source,
			  const struct node *node, struct trfs_buffer *ret)
{
	(void)source;
	(void)node;
	trfs_buffer_printf(ret, "%s", TRFS_VERSION);
}

static void print_source(const struct trfs_attribute_source *source,
			 const struct node *node, struct trfs_buffer *ret)
{
	(void)node;
	trfs_buffer_printf(ret, "%s", source->tree->generation->catalog->root_path);
}

static void print_index(const struct trfs_attribute_source *source,
			const struct node *node, struct trfs_buffer *ret)
{
	const char *path = trfs_generation_index_path(source->tree->generation);

	(void)node;
	trfs_buffer_printf(ret, "%s", path ? path : "");
}

static void print_pid(const struct trfs_attribute_source *source, const struct node *node,
		      struct trfs_buffer *ret)
{
	(void)source;
	(void)node;
	trfs_buffer_printf(ret, "%ld", (long)getpid());
}

static void print_examples(const struct trfs_attribute_source *source,
			   const struct node *node, struct trfs_buffer *ret)
{
	(void)source;
	trfs_buffer_printf(ret, "%" PRIu64, node->directory->nr_examples);
}

static void print_shards(const struct trfs_attribute_source *source,
			 const struct node *node, struct trfs_buffer *ret)
{
	(void)source;
	trfs_buffer_printf(ret, "%" PRIu32, node->directory->nr_shards);
}

static void print_size(const struct trfs_attribute_source *source,
		       const struct node *node, struct trfs_buffer *ret)
{
	(void)source;
	trfs_buffer_printf(ret, "%" PRIu64, node->directory->size);
}

static void print_failed_reads(const struct trfs_attribute_source *source,
			       const struct node *node, struct trfs_buffer *ret)
{
	(void)node;
	trfs_buffer_printf(ret, "%" PRIu64, trfs_failures_count(source->failures));
}

static void print_last_failure(const struct trfs_attribute_source *source,
			       const struct node *node, struct trfs_buffer *ret)
{
	(void)node;
	trfs_failures_print_last(source->failures, ret);
}

static const struct attribute attributes[] = {
	{ "split", OF_SHARD, print_split },
	{ "shard", OF_SHARD, print_shard },
	{ "num_examples", OF_SHARD, print_shard_examples },
	{ "version", OF_ROOT, print_version },
	{ "source", OF_ROOT, print_source },
	{ "index", OF_ROOT, print_index },
	{ "pid", OF_ROOT, print_pid },
	{ "num_examples", OF_DIRECTORY, print_examples },
	{ "num_shards", OF_DIRECTORY, print_shards },
	{ "size", OF_DIRECTORY, print_size },
	{ "failed_reads", OF_ROOT, print_failed_reads },
	{ "last_failure", OF_ROOT, print_last_failure },
};

static struct node node_of(const struct trfs_tree *tree, uint64_t inode)
{
	struct node node = { .directory = trfs_tree_directory(tree, inode) };

	if (node.directory)
		node.is =
			inode == TRFS_INODE_ROOT ? OF_ROOT | OF_DIRECTORY : OF_DIRECTORY;
	else if (trfs_tree_shard(tree, inode, &node.shard))
		node.is = OF_SHARD;
	return node;
}

static int print_where(const struct trfs_attribute_source *source, uint32_t shard,
		       const char *text, struct trfs_buffer *ret)
{
	struct trfs_place place;
	uint64_t offset;
	char *end;
	int rc;

	if (*text < '0' || *text > '9')
		return -ENODATA;
	errno = 0;
	offset = strtoull(text, &end, 10);
	if (errno || *end)
		return -ENODATA;
	rc = trfs_stream_where(source->stream, shard, offset, &place);
	if (rc < 0)
		return -ENODATA;
	trfs_buffer_printf(ret, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %.*s", place.record,
			   place.record_offset, place.record_size, (int)place.image_len,
			   place.image);
	return 0;
}

int trfs_attribute_get(const struct trfs_attribute_source *source, uint64_t inode,
		       const char *name, struct trfs_buffer *ret)
{
	static const char prefix[] = TRFS_ATTRIBUTE_PREFIX;
	static const char where[] = "where.";
	struct node node = node_of(source->tree, inode);

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return -ENODATA;
	name += sizeof(prefix) - 1;
	for (size_t i = 0; i < TRFS_COUNT(attributes); i++) {
		if (!(attributes[i].of & node.is) ||
		    strcmp(attributes[i].name, name) != 0)
			continue;
		attributes[i].print(source, &node, ret);
		return ret->failed ? -ENOMEM : 0;
	}
	if (node.is == OF_SHARD && strncmp(name, where, sizeof(where) - 1) == 0)
		return print_where(source, node.shard, name + sizeof(where) - 1, ret);
	return -ENODATA;
}

void trfs_attribute_list(const struct trfs_attribute_source *source, uint64_t inode,
			 struct trfs_buffer *ret)
{
	struct node node = node_of(source->tree, inode);

	for (size_t i = 0; i < TRFS_COUNT(attributes); i++)
		if (attributes[i].of & node.is)
			trfs_buffer_printf(ret, "%s%s%c", TRFS_ATTRIBUTE_PREFIX,
					   attributes[i].name, '\0');
}
