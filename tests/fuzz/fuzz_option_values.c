/* SPDX-License-Identifier: MIT */
/*
 * A text as the value of each option that has a grammar of its own.  What is taken makes
 * sense: shares add up, sides have pixels, every split gets a shard, names are names.
 */
#include "feed_file.h"

#include "cli/digits.h"
#include "dataset/shard_counts.h"
#include "dataset/split_names.h"
#include "dataset/split_shares.h"
#include "fuse/mount.h"
#include "image/recipe.h"
#include "stream/side_files.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_taken(int rc, struct trfs_error *err)
{
	if (rc == 0)
		return true;
	insist(rc == -EINVAL && err->code == rc);
	check_sentence(err->message);
	return false;
}

static void check_shares(const char *text)
{
	static struct trfs_shares shares;
	struct trfs_error err = { 0 };
	char printed[TRFS_SHARE_TEXT_MAX];
	uint64_t sum = 0;

	if (!is_taken(trfs_shares_parse(text, &shares, &err), &err))
		return;
	insist(shares.nr > 0 && shares.nr <= TRFS_SPLITS_MAX);
	for (uint32_t i = 0; i < shares.nr; i++) {
		insist(!trfs_split_names_objection(trfs_bytes_of(shares.names[i])));
		insist(*trfs_share_print(shares.parts[i], printed));
		sum += shares.parts[i];
	}
	insist(sum == shares.total);
	insist(shares.total <= TRFS_SHARES_ONE + TRFS_SHARES_ONE / 1000000);
}

static void check_recipe(const char *text)
{
	const struct trfs_image_info info = { .format = TRFS_IMAGE_PNG,
					      .height = 7,
					      .width = 60000,
					      .channels = 3,
					      .orientation = 6 };
	struct trfs_recipe recipe = { 0 };
	struct trfs_error err = { 0 };
	uint32_t height, width;

	(void)!is_taken(trfs_recipe_parse_fixes(text, &recipe, &err), &err);
	if (!is_taken(trfs_recipe_parse_resize(text, &recipe, &err), &err))
		return;
	insist(recipe.height >= 1 && recipe.height <= 65500);
	trfs_recipe_size(&recipe, &info, &height, &width);
	insist(height >= 1 && width >= 1);
}

static const struct trfs_splits *three_splits(void)
{
	static struct trfs_splits splits = { .nr = 3 };

	strcpy(splits.names[0], "train");
	strcpy(splits.names[1], "validation");
	strcpy(splits.names[2], "test");
	return &splits;
}

static void check_splits(const char *text)
{
	static const struct trfs_shard_demand demands[] = { { 100000, UINT64_C(1) << 40 },
							    { 10, 1000 },
							    { 1, 1 } };
	static char shown[TRFS_SPLITS_MAX][TRFS_SPLIT_NAME_MAX];
	uint32_t counts[3];
	struct trfs_error err = { 0 };

	for (int empty = 0; empty < 2; empty++) {
		if (!is_taken(trfs_shard_counts_choose(text, three_splits(), demands,
						       empty, counts, &err),
			      &err))
			continue;
		for (size_t i = 0; i < 3; i++)
			insist(counts[i] >= 1 && counts[i] <= TRFS_SHARDS_MAX &&
			       (empty || counts[i] <= demands[i].nr_records));
	}
	if (!is_taken(trfs_split_names_show(text, three_splits(), shown, &err), &err))
		return;
	for (size_t i = 0; i < 3; i++) {
		insist(!trfs_split_names_objection(trfs_bytes_of(shown[i])));
		for (size_t j = 0; j < i; j++)
			insist(strcmp(shown[i], shown[j]) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = feed_text(data, size);
	struct trfs_error err = { 0 };
	enum trfs_mount_cache cache;
	uint64_t number;

	check_shares(text);
	check_recipe(text);
	check_splits(text);
	(void)!is_taken(trfs_side_files_check(text, &err), &err);
	if (trfs_digits_parse(text, &number))
		insist(*text >= '0' && *text <= '9');
	(void)!trfs_mount_cache_parse(text, &cache);
	free(text);
	return 0;
}
