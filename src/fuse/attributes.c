/* SPDX-License-Identifier: MIT */
/* A table of names and functions; a new attribute is a row. */
#include "fuse/attributes.h"

#include "dataset/plan.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

struct attribute {
	const char *name; /* behind the prefix */
	bool of_root;
	void (*print)(const struct trfs_attribute_source *source, uint32_t shard,
		      struct trfs_buffer *ret);
};

static void print_split(const struct trfs_attribute_source *source, uint32_t shard,
			struct trfs_buffer *ret)
{
	const struct trfs_plan *plan = source->tree->generation->plan;
	struct trfs_shard_range range = trfs_plan_shard_range(plan, shard);
	struct trfs_bytes name = trfs_strings_get(&plan->split_names, range.split);

	trfs_buffer_put(ret, name.data, name.len);
}

static void print_shard(const struct trfs_attribute_source *source, uint32_t shard,
			struct trfs_buffer *ret)
{
	const struct trfs_plan *plan = source->tree->generation->plan;
	struct trfs_shard_range range = trfs_plan_shard_range(plan, shard);

	trfs_buffer_printf(ret, "%" PRIu32,
			   shard - plan->splits[range.split].first_shard);
}

static void print_shard_examples(const struct trfs_attribute_source *source,
				 uint32_t shard, struct trfs_buffer *ret)
{
	const struct trfs_plan *plan = source->tree->generation->plan;

	trfs_buffer_printf(ret, "%" PRIu64, trfs_plan_shard_nr_records(plan, shard));
}

static void print_version(const struct trfs_attribute_source *source, uint32_t shard,
			  struct trfs_buffer *ret)
{
	(void)source;
	(void)shard;
	trfs_buffer_printf(ret, "%s", TRFS_VERSION);
}

static void print_source(const struct trfs_attribute_source *source, uint32_t shard,
			 struct trfs_buffer *ret)
{
	(void)shard;
	trfs_buffer_printf(ret, "%s", source->tree->generation->catalog->root_path);
}

static void print_index(const struct trfs_attribute_source *source, uint32_t shard,
			struct trfs_buffer *ret)
{
	const char *path = trfs_generation_index_path(source->tree->generation);

	(void)shard;
	trfs_buffer_printf(ret, "%s", path ? path : "");
}

static void print_pid(const struct trfs_attribute_source *source, uint32_t shard,
		      struct trfs_buffer *ret)
{
	(void)source;
	(void)shard;
	trfs_buffer_printf(ret, "%ld", (long)getpid());
}

static void print_examples(const struct trfs_attribute_source *source, uint32_t shard,
			   struct trfs_buffer *ret)
{
	(void)shard;
	trfs_buffer_printf(ret, "%" PRIu64, source->tree->generation->plan->nr_records);
}

static void print_shards(const struct trfs_attribute_source *source, uint32_t shard,
			 struct trfs_buffer *ret)
{
	(void)shard;
	trfs_buffer_printf(ret, "%" PRIu32,
			   trfs_plan_nr_shards(source->tree->generation->plan));
}

static void print_size(const struct trfs_attribute_source *source, uint32_t shard,
		       struct trfs_buffer *ret)
{
	const struct trfs_generation *g = source->tree->generation;
	uint64_t size = 0;

	(void)shard;
	for (uint32_t i = 0; i < trfs_plan_nr_shards(g->plan); i++)
		size += trfs_generation_shard_size(g, i);
	trfs_buffer_printf(ret, "%" PRIu64, size);
}

static void print_failed_reads(const struct trfs_attribute_source *source, uint32_t shard,
			       struct trfs_buffer *ret)
{
	(void)shard;
	trfs_buffer_printf(ret, "%" PRIu64, trfs_failures_count(source->failures));
}

static void print_last_failure(const struct trfs_attribute_source *source, uint32_t shard,
			       struct trfs_buffer *ret)
{
	(void)shard;
	trfs_failures_print_last(source->failures, ret);
}

static const struct attribute attributes[] = {
	{ "split", false, print_split },
	{ "shard", false, print_shard },
	{ "num_examples", false, print_shard_examples },
	{ "version", true, print_version },
	{ "source", true, print_source },
	{ "index", true, print_index },
	{ "pid", true, print_pid },
	{ "num_examples", true, print_examples },
	{ "num_shards", true, print_shards },
	{ "size", true, print_size },
	{ "failed_reads", true, print_failed_reads },
	{ "last_failure", true, print_last_failure },
};

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
	uint32_t shard = 0;
	bool is_shard = trfs_tree_shard(source->tree, inode, &shard);

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return -ENODATA;
	name += sizeof(prefix) - 1;
	for (size_t i = 0; i < TRFS_COUNT(attributes); i++) {
		if (attributes[i].of_root == is_shard ||
		    strcmp(attributes[i].name, name) != 0)
			continue;
		attributes[i].print(source, shard, ret);
		return ret->failed ? -ENOMEM : 0;
	}
	if (is_shard && strncmp(name, where, sizeof(where) - 1) == 0)
		return print_where(source, shard, name + sizeof(where) - 1, ret);
	return -ENODATA;
}

void trfs_attribute_list(const struct trfs_attribute_source *source, uint64_t inode,
			 struct trfs_buffer *ret)
{
	uint32_t shard;
	bool is_shard = trfs_tree_shard(source->tree, inode, &shard);

	for (size_t i = 0; i < TRFS_COUNT(attributes); i++)
		if (attributes[i].of_root != is_shard)
			trfs_buffer_printf(ret, "%s%s%c", TRFS_ATTRIBUTE_PREFIX,
					   attributes[i].name, '\0');
}
