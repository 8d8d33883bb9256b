/* SPDX-License-Identifier: MIT */
/*
 * Names for a plan's splits and shards.  A template can give two shards one name, or one
 * that is too long; here that is found out, so that later every shard has its own.
 */
#include "base/error.h"
#include "dataset/plan_builder.h"
#include "dataset/shard_name.h"
#include "dataset/split_names.h"

#include <errno.h>

static int add_splits(char (*shown)[TRFS_SPLIT_NAME_MAX], uint32_t nr,
		      struct trfs_string_table *names)
{
	int rc = 0;

	for (uint32_t s = 0; rc == 0 && s < nr; s++)
		rc = trfs_string_table_add(names, trfs_bytes_of(shown[s]), NULL);
	trfs_string_table_finish(names);
	return rc;
}

/* What the template lacks to tell the shards apart. */
static int check_traits(const struct trfs_plan_builder *b,
			char (*shown)[TRFS_SPLIT_NAME_MAX], struct trfs_error *err)
{
	struct trfs_shard_name_traits traits = trfs_shard_name_traits(b->name_template);

	if (!traits.split && b->nr_splits > 1)
		return trfs_fail(err, -EINVAL,
				 "--shard-names %s gives shards of \"%s\" and \"%s\" one "
				 "name; put {split} into it",
				 b->name_template, shown[0], shown[1]);
	for (uint32_t s = 0; s < b->nr_splits && !traits.shard; s++) {
		if (b->splits[s].nr_shards > 1)
			return trfs_fail(err, -EINVAL,
					 "--shard-names %s gives the %u shards of \"%s\" "
					 "one name; put {shard} into it, or type "
					 "--shards 1",
					 b->name_template, b->splits[s].nr_shards,
					 shown[s]);
	}
	return 0;
}

static int fail_long(const struct trfs_plan_builder *b, const char *split,
		     struct trfs_error *err)
{
	return trfs_fail(err, -EINVAL,
			 "--shard-names %.100s: the names of the shards of \"%s\" would "
			 "be longer than 255 bytes",
			 b->name_template, split);
}

/* Every name into one table: "train1" and 0 is "train" and 10 where numbers are short. */
static int check_distinct(const struct trfs_plan_builder *b,
			  char (*shown)[TRFS_SPLIT_NAME_MAX], struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *table = trfs_string_table_new();
	char name[TRFS_SHARD_NAME_MAX];

	for (uint32_t s = 0; table && s < b->nr_splits; s++) {
		const struct trfs_plan_split *split = &b->splits[s];

		for (uint32_t i = 0; i < split->nr_shards; i++) {
			bool is_new;

			if (!trfs_shard_name_format(b->name_template,
						    trfs_bytes_of(shown[s]), i,
						    split->nr_shards, name, sizeof(name)))
				return fail_long(b, shown[s], err);
			if (trfs_string_table_intern(table, trfs_bytes_of(name), NULL,
						     &is_new) < 0)
				return trfs_fail_memory(err, "the names of the shards");
			if (!is_new)
				return trfs_fail(err, -EINVAL,
						 "--shard-names %s calls two shards %s; "
						 "put a '-' between {split} and the "
						 "number",
						 b->name_template, name);
		}
	}
	return table ? 0 : trfs_fail_memory(err, "the names of the shards");
}

static int check_lengths(const struct trfs_plan_builder *b,
			 char (*shown)[TRFS_SPLIT_NAME_MAX], struct trfs_error *err)
{
	char name[TRFS_SHARD_NAME_MAX];

	for (uint32_t s = 0; s < b->nr_splits; s++) {
		const struct trfs_plan_split *split = &b->splits[s];

		if (!trfs_shard_name_format(b->name_template, trfs_bytes_of(shown[s]),
					    split->nr_shards - 1, split->nr_shards, name,
					    sizeof(name)))
			return fail_long(b, shown[s], err);
	}
	return 0;
}

int trfs_plan_name(const struct trfs_options *options, const struct trfs_splits *splits,
		   struct trfs_plan_builder *b, struct trfs_error *err)
{
	const char *template = options->shard_names;
	char shown[TRFS_SPLITS_MAX][TRFS_SPLIT_NAME_MAX];
	int rc = trfs_split_names_show(options->split_names, splits, shown, err);

	if (rc == 0)
		rc = trfs_shard_name_prepare(template ? template
						      : TRFS_SHARD_NAME_DEFAULT,
					     options->name, &b->name_template, err);
	if (rc == 0)
		rc = check_traits(b, shown, err);
	if (rc == 0)
		rc = check_lengths(b, shown, err);
	if (rc == 0 && !trfs_shard_name_traits(b->name_template).fixed)
		rc = check_distinct(b, shown, err);
	if (rc < 0)
		return rc;
	b->names = trfs_string_table_new();
	if (!b->names || add_splits(shown, splits->nr, b->names) < 0)
		return trfs_fail_memory(err, "the plan");
	return 0;
}
