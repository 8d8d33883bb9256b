/* SPDX-License-Identifier: MIT */
/*
 * Which way of splitting applies, and whether its result can be used: shares of the
 * user, else the manifest's own splits, else all is "train".
 */
#include "dataset/split.h"
#include "base/error.h"
#include "base/count_text.h"
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

static int check_none_empty(const struct trfs_catalog *catalog,
			    const struct trfs_shares *shares,
			    const struct trfs_splits *splits, struct trfs_error *err)
{
	uint64_t counts[TRFS_SPLITS_MAX] = { 0 };

	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		counts[splits->of_example[i]]++;
	for (uint32_t split = 0; split < splits->nr; split++) {
		if (counts[split] == 0)
			return fail_empty(catalog, shares, split, err);
	}
	return 0;
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
	rc = trfs_split_names_check_patterns(splits, -EINVAL, err);
	if (rc < 0)
		return trfs_error_prefix(err, rc, "--split");
	rc = (grouped ? trfs_split_by_groups
		      : trfs_split_by_shares)(catalog, &shares, options->seed,
					      options->stratify, splits->of_example, err);
	if (rc < 0)
		return rc;
	return check_none_empty(catalog, &shares, splits, err);
}

static int assign(const struct trfs_catalog *catalog, const struct trfs_options *options,
		  struct trfs_splits *splits, struct trfs_error *err)
{
	int rc;

	if (options->split &&
	    !(options->prefer_split_column && catalog->split_column != TRFS_NO_COLUMN))
		return assign_shares(catalog, options, splits, err);
	if (catalog->split_column == TRFS_NO_COLUMN) {
		splits->nr = 1;
		memcpy(splits->names[0], "train", sizeof("train"));
		memset(splits->of_example, 0,
		       catalog->nr_examples * sizeof(*splits->of_example));
		return 0;
	}
	rc = trfs_split_by_column(catalog, splits, err);
	if (rc < 0)
		return rc;
	return trfs_split_names_check_patterns(splits, -EBADMSG, err);
}

int trfs_splits_assign(const struct trfs_catalog *catalog,
		       const struct trfs_options *options, struct trfs_splits *ret,
		       struct trfs_error *err)
{
	struct trfs_splits splits = { .nr = 0 };
	int rc;

	if (catalog->nr_examples == 0)
		return trfs_fail(err, -EBADMSG, "there are no images to make shards of");
	if (catalog->nr_examples > UINT32_MAX)
		return trfs_fail(
			err, -EBADMSG,
			"there are more than 4,294,967,295 images; mount them in "
			"several parts");
	splits.of_example = malloc(catalog->nr_examples * sizeof(*splits.of_example));
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
	splits->of_example = NULL;
}
