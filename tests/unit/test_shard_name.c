/* SPDX-License-Identifier: MIT */
/* Shard names from a template and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dataset/shard_name.h"

#include <stdlib.h>

static void expect_name(const char *template, const char *split, uint32_t shard,
			uint32_t nr_shards, const char *expected)
{
	char name[256];
	uint32_t found_shard, found_nr;
	struct trfs_bytes found;

	assert_true(trfs_shard_name_format(template, trfs_bytes_of(split), shard,
					   nr_shards, name, sizeof(name)));
	assert_string_equal(name, expected);
	assert_true(
		trfs_shard_name_parse(template, name, &found, &found_shard, &found_nr));
	assert_true(trfs_bytes_equal(found, trfs_bytes_of(split)));
	assert_int_equal(found_shard, shard);
	assert_int_equal(found_nr, nr_shards);
}

static void a_name_comes_back_as_its_parts(void **state)
{
	(void)state;
	expect_name(TRFS_SHARD_NAME_DEFAULT, "train", 3, 16,
		    "train-00003-of-00016.tfrecord");
	expect_name(TRFS_SHARD_NAME_DEFAULT, "test", 99998, 99999,
		    "test-99998-of-99999.tfrecord");
	expect_name("data-{split}.tfrecord-{shard}-of-{shards}", "validation", 0, 1,
		    "data-validation.tfrecord-00000-of-00001");
	expect_name("{shards}_{shard}{split}", "7", 12, 34, "00034_000127");
}

static void a_split_may_look_like_numbers(void **state)
{
	(void)state;
	expect_name(TRFS_SHARD_NAME_DEFAULT, "a-00000-of-00001.tfrecord", 1, 2,
		    "a-00000-of-00001.tfrecord-00001-of-00002.tfrecord");
	expect_name(TRFS_SHARD_NAME_DEFAULT, "-00000-of-", 1, 2,
		    "-00000-of--00001-of-00002.tfrecord");
}

static void other_names_are_refused(void **state)
{
	static const char *const others[] = {
		"",
		"train",
		"labels.txt",
		"train-3-of-16.tfrecord",
		"train-000003-of-00016.tfrecord",
		"train-0000x-of-00016.tfrecord",
		"train-00003-of-00016.tfrecor",
		"train-00003-of-00016.tfrecord ",
		"train-00003-of-00016.tfrecord.idx",
		"train-00003_of-00016.tfrecord",
		"train-+0003-of-00016.tfrecord",
		"-00003-of-00016.tfrecord",
		"00003-of-00016.tfrecord",
	};
	struct trfs_bytes split;
	uint32_t shard, nr_shards;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (trfs_shard_name_parse(TRFS_SHARD_NAME_DEFAULT, others[i], &split,
					  &shard, &nr_shards) &&
		    !trfs_bytes_equal(split, trfs_bytes_of("train-0")))
			fail_msg("\"%s\" was taken for a shard", others[i]);
	}
}

static void a_template_without_a_split_is_matched_to_its_end(void **state)
{
	uint32_t shard = 7, nr_shards;
	struct trfs_bytes split;

	(void)state;
	expect_name("part-{shard}-of-{shards}", "", 3, 16, "part-00003-of-00016");
	assert_false(trfs_shard_name_parse("part-{shard}", "part-00003x", &split, &shard,
					   &nr_shards));
	assert_int_equal(shard, 7);
}

/* Whatever is parsed is what format writes, byte for byte. */
static void parsing_accepts_nothing_that_format_does_not_write(void **state)
{
	static const char alphabet[] = "train-0o1f.ecd9";
	char name[64], again[64];
	uint32_t shard, nr_shards;
	unsigned int seed = 7, nr_parsed = 0;
	struct trfs_bytes split;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		strcpy(name, "train-00003-of-00016.tfrecord");
		for (int edit = rand_r(&seed) % 3; edit >= 0; edit--)
			name[(size_t)rand_r(&seed) % strlen(name)] =
				alphabet[(size_t)rand_r(&seed) % (sizeof(alphabet) - 1)];
		if (!trfs_shard_name_parse(TRFS_SHARD_NAME_DEFAULT, name, &split, &shard,
					   &nr_shards))
			continue;
		assert_true(trfs_shard_name_format(TRFS_SHARD_NAME_DEFAULT, split, shard,
						   nr_shards, again, sizeof(again)));
		assert_string_equal(again, name);
		nr_parsed++;
	}
	assert_true(nr_parsed > 1000);
}

static void a_name_that_does_not_fit_is_not_cut(void **state)
{
	const size_t needed = sizeof("train-00003-of-00016.tfrecord");
	struct trfs_bytes split = trfs_bytes_of("train");
	char name[64];

	(void)state;
	assert_true(trfs_shard_name_format(TRFS_SHARD_NAME_DEFAULT, split, 3, 16, name,
					   needed));
	for (size_t size = 0; size < needed; size++) {
		char *exact =
			malloc(size ? size : 1); /* so that sanitizers see each byte */

		assert_false(trfs_shard_name_format(TRFS_SHARD_NAME_DEFAULT, split, 3, 16,
						    exact, size));
		free(exact);
	}
	assert_false(trfs_shard_name_format(TRFS_SHARD_NAME_DEFAULT, split, 0, 100000,
					    name, sizeof(name)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_comes_back_as_its_parts),
		cmocka_unit_test(a_split_may_look_like_numbers),
		cmocka_unit_test(other_names_are_refused),
		cmocka_unit_test(a_template_without_a_split_is_matched_to_its_end),
		cmocka_unit_test(parsing_accepts_nothing_that_format_does_not_write),
		cmocka_unit_test(a_name_that_does_not_fit_is_not_cut),
	};

	return cmocka_run_group_tests_name("shard_name", tests, NULL, NULL);
}
