/* SPDX-License-Identifier: MIT */
/* Patterns that find the shards of a split and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dataset/shard_glob.h"

static void check(const char *template, const char *wanted)
{
	char glob[64];

	assert_true(
		trfs_shard_glob(template, trfs_bytes_of("train"), glob, sizeof(glob)));
	assert_string_equal(glob, wanted);
}

static void numbers_become_one_star(void **state)
{
	(void)state;
	check("{split}-{shard}-of-{shards}.tfrecord", "train-*.tfrecord");
	check("{split}-{shard}-of-{shards}", "train-*");
	check("cifar10_{split}_{number}-of-{shards}.tfrecord",
	      "cifar10_train_*.tfrecord");
	check("{split}{shard:02}.tfrec", "train*.tfrec");
	check("pet_{split}.record-{shard}-of-{shards}", "pet_train.record-*");
	check("one.tfrecord", "one.tfrecord");
}

static void each_directory_has_its_own(void **state)
{
	(void)state;
	check("{split}/{split}-{shard}-of-{shards}", "train/train-*");
	check("{shards}/{split}-{shard}-of-{shards}", "*/train-*");
}

static void what_means_more_in_a_pattern_stands_for_itself(void **state)
{
	char glob[64];

	(void)state;
	check("[{split}]*{shard}?", "[[]train][*]*[?]");
	assert_true(trfs_shard_glob("{split}-{shard}", trfs_bytes_of("a[b]"), glob,
				    sizeof(glob)));
	assert_string_equal(glob, "a[[]b]-*");
}

static void what_does_not_fit_is_refused(void **state)
{
	char glob[9];

	(void)state;
	assert_true(trfs_shard_glob("{split}-{shard}.a", trfs_bytes_of("tes"), glob,
				    sizeof(glob)));
	assert_string_equal(glob, "tes-*.a");
	assert_false(trfs_shard_glob("{split}-{shard}.a", trfs_bytes_of("train"), glob,
				     sizeof(glob)));
	assert_false(trfs_shard_glob("", trfs_bytes_of("train"), glob, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_become_one_star),
		cmocka_unit_test(each_directory_has_its_own),
		cmocka_unit_test(what_means_more_in_a_pattern_stands_for_itself),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests_name("shard_glob", tests, NULL, NULL);
}
