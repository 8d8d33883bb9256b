/* SPDX-License-Identifier: MIT */
/*
 * Which way of splitting applies, and whether its result can be used: shares of the
 * user or a converter's draw, else the manifest's own splits, else all is "train".
 */
#include "dataset/split.h"
#include "base/error.h"
#include "base/count_text.h"
#include "dataset/shard_name.h"
#include "dataset/slots.h"
#include "dataset/split_names.h"
#include "dataset/split_ways.h"

#include <errno.h>
#include <stdlib.h>

static int fail_empty(const struct trfs_catalog *catalog,
		      const struct trfs_shares *shares, uint32_t split,
		      struct trfs_error *err)
{
	uint64_t nr = catalog->nr_examples;
	char count[TRFS_COUNT_SIZE], share[TRFS_SHARE_TEXT_MAX];
	struct trfs_bytes group;

	trfs_share_print(shares->parts[split], share);
	if (catalog->group_column == TRFS_NO_COLUMN)
		return trfs_fail(
			err, -EBADMSG,
			"split \"%s\" would be empty: %s image%s at a share of %s; "
			"raise its share or leave it out",
			shares->names[split], trfs_count_text(nr, count),
			nr == 1 ? "" : "s", share);
	group = catalog->columns[catalog->group_column].name;
	return trfs_fail(
		err, -EBADMSG,
		"split \"%s\" would be empty: images with the same \"%.*s\" stay "
		"together, and there are too few such groups for a share of %s; "
		"raise its share or leave it out",
		shares->names[split], TRFS_BYTES_ARG(group), share);
}

/* Who is in each split: examples, and problems where @with_problems. */
static void count_members(const struct trfs_catalog *catalog,
			  const struct trfs_splits *splits, bool with_problems,
			  uint64_t *counts)
{
	uint64_t nr = catalog->nr_examples + (with_problems ? splits->nr_problems : 0);

	memset(counts, 0, TRFS_SPLITS_MAX * sizeof(*counts));
	for (uint64_t i = 0; i < nr; i++) {
		if (splits->of_example[i] != TRFS_NO_SPLIT)
			counts[splits->of_example[i]]++;
	}
}

static int check_none_empty(const struct trfs_catalog *catalog,
			    const struct trfs_shares *shares,
			    const struct trfs_splits *splits, struct trfs_error *err)
{
	uint64_t counts[TRFS_SPLITS_MAX];

	count_members(catalog, splits, false, counts);
	for (uint32_t split = 0; split < splits->nr; split++) {
		if (counts[split] == 0)
			return fail_empty(catalog, shares, split, err);
	}
	return 0;
}

bool trfs_splits_can_be_empty(const struct trfs_options *options)
{
	return options->cut != TRFS_CUT_EVEN && options->cut != TRFS_CUT_BLOCKS;
}

/* Take the splits without members away, and number the others anew. */
static void drop_empty(const struct trfs_catalog *catalog,
		       const struct trfs_options *options, struct trfs_splits *splits)
{
	uint64_t nr = catalog->nr_examples + splits->nr_problems;
	uint64_t counts[TRFS_SPLITS_MAX];
	uint32_t numbers[TRFS_SPLITS_MAX], kept = 0;

	/* An even cut is over records, and problems are none. */
	count_members(catalog, splits, options->cut != TRFS_CUT_EVEN, counts);
	for (uint32_t split = 0; split < splits->nr; split++) {
		numbers[split] = counts[split] > 0 ? kept : TRFS_NO_SPLIT;
		if (counts[split] == 0)
			continue;
		memmove(splits->names[kept++], splits->names[split],
			sizeof(splits->names[0]));
	}
	if (kept == splits->nr)
		return;
	splits->nr = kept;
	for (uint64_t i = 0; i < nr; i++) {
		if (splits->of_example[i] != TRFS_NO_SPLIT)
			splits->of_example[i] = numbers[splits->of_example[i]];
	}
}

/* With the default names, people match a split's shards by a pattern. */
static int check_patterns(const struct trfs_options *options,
			  const struct trfs_splits *splits, int code,
			  struct trfs_error *err)
{
	if (options->split_names ||
	    (options->shard_names &&
	     strcmp(options->shard_names, TRFS_SHARD_NAME_DEFAULT) != 0))
		return 0;
	return trfs_split_names_check_patterns(splits, code, err);
}

static int assign_shares(const struct trfs_catalog *catalog,
			 const struct trfs_options *options, struct trfs_splits *splits,
			 struct trfs_error *err)
{
	bool grouped = catalog->group_column != TRFS_NO_COLUMN;
	struct trfs_shares shares;
	int rc = trfs_shares_parse(options->split, &shares, err);

	if (rc < 0)
		return rc;
	splits->nr = shares.nr;
	memcpy(splits->names, shares.names, sizeof(splits->names));
	rc = check_patterns(options, splits, -EINVAL, err);
	if (rc < 0)
		return trfs_error_prefix(err, rc, "--split");
	rc = (grouped ? trfs_split_by_groups
		      : trfs_split_by_shares)(catalog, &shares, options->seed,
					      options->stratify, splits->of_example, err);
	if (rc < 0)
		return rc;
	return check_none_empty(catalog, &shares, splits, err);
}

static int assign_drawn(const struct trfs_catalog *catalog,
			const struct trfs_options *options, struct trfs_splits *splits,
			struct trfs_error *err)
{
	int rc;

	if (!options->take) {
		rc = trfs_split_by_sizes(catalog, options, splits, err);
		if (rc == 0)
			drop_empty(catalog, options, splits);
		return rc;
	}
	rc = trfs_split_by_take(catalog, options, splits, err);
	if (rc == 0)
		rc = check_patterns(options, splits, -EINVAL, err);
	return rc < 0 ? trfs_error_prefix(err, rc, "--take") : 0;
}

static int assign(const struct trfs_catalog *catalog, const struct trfs_options *options,
		  struct trfs_splits *splits, struct trfs_error *err)
{
	bool by_column =
		options->prefer_split_column && catalog->split_column != TRFS_NO_COLUMN;
	int rc;

	if (!by_column && options->split)
		return assign_shares(catalog, options, splits, err);
	if (!by_column &&
	    (options->take || options->validation_size || options->test_size))
		return assign_drawn(catalog, options, splits, err);
	if (catalog->split_column == TRFS_NO_COLUMN) {
		splits->nr = 1;
		memcpy(splits->names[0], "train", sizeof("train"));
		memset(splits->of_example, 0,
		       (catalog->nr_examples + splits->nr_problems) *
			       sizeof(*splits->of_example));
		return 0;
	}
	rc = trfs_split_by_column(catalog, options, splits, err);
	if (rc < 0)
		return rc;
	if (!trfs_splits_can_be_empty(options))
		drop_empty(catalog, options, splits);
	return check_patterns(options, splits, -EBADMSG, err);
}

static int check_ways(const struct trfs_catalog *catalog,
		      const struct trfs_options *options, struct trfs_error *err)
{
	bool sizes = options->validation_size || options->test_size;
	bool take = options->take;

	if ((options->split != NULL) + sizes + take > 1)
		return trfs_fail(err, -EINVAL,
				 "--split, --take, and --val-size with --test-size are "
				 "three ways of splitting; give one of them");
	if ((sizes || take) && catalog->group_column != TRFS_NO_COLUMN)
		return trfs_fail(err, -EINVAL,
				 "--group keeps rows together when --split divides them; "
				 "%s takes each row by itself",
				 take ? "--take" : "--val-size or --test-size");
	return 0;
}

static int check_catalog(const struct trfs_catalog *catalog, uint64_t nr_problems,
			 struct trfs_error *err)
{
	if (catalog->nr_examples == 0)
		return trfs_fail(err, -EBADMSG, "there are no images to make shards of");
	if (catalog->nr_examples > UINT32_MAX - nr_problems)
		return trfs_fail(
			err, -EBADMSG,
			"there are more than 4,294,967,295 images; mount them in "
			"several parts");
	return 0;
}

int trfs_splits_assign(const struct trfs_catalog *catalog,
		       const struct trfs_options *options, struct trfs_splits *ret,
		       struct trfs_error *err)
{
	struct trfs_splits splits = { .nr = 0 };
	int rc;

	splits.nr_problems = trfs_slots_nr_problems(catalog, options);
	rc = check_catalog(catalog, splits.nr_problems, err);
	if (rc == 0)
		rc = check_ways(catalog, options, err);
	if (rc < 0)
		return rc;
	splits.of_example = malloc((catalog->nr_examples + splits.nr_problems) *
				   sizeof(*splits.of_example));
	if (!splits.of_example)
		return trfs_fail_memory(err, "the splits");
	rc = assign(catalog, options, &splits, err);
	if (rc < 0) {
		trfs_splits_done(&splits);
		return rc;
	}
	*ret = splits;
	return 0;
}

void trfs_splits_done(struct trfs_splits *splits)
{
	free(splits->of_example);
	free(splits->drawn);
	splits->of_example = NULL;
	splits->drawn = NULL;
}
