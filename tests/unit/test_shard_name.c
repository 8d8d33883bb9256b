/* SPDX-License-Identifier: MIT */
/* Shard names from a template and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dataset/shard_name.h"

#include <errno.h>
#include <stdlib.h>

static void expect_name(const char *template, const char *split, uint32_t shard,
			uint32_t nr_shards, const char *expected)
{
	struct trfs_bytes bytes = trfs_bytes_of(split);
	uint32_t found = UINT32_MAX;
	char name[256];

	assert_true(trfs_shard_name_sound(template));
	assert_true(trfs_shard_name_format(template, bytes, shard, nr_shards, name,
					   sizeof(name)));
	assert_string_equal(name, expected);
	assert_true(trfs_shard_name_find(template, bytes, nr_shards, name, &found));
	assert_int_equal(found, shard);
}

static void a_name_comes_back_as_its_shard(void **state)
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

static void every_converters_names_can_be_written(void **state)
{
	(void)state;
	expect_name("{split}-{shard}-of-{shards}", "train", 7, 8, "train-00007-of-00008");
	expect_name("cifar10_{split}_{number}-of-{shards}.tfrecord", "train", 0, 5,
		    "cifar10_train_00001-of-00005.tfrecord");
	expect_name("{split}{shard:02}.tfrec", "val", 0, 123, "val00.tfrec");
	expect_name("{split}{shard:02}.tfrec", "val", 122, 123, "val122.tfrec");
	expect_name("coco_{split}.record-{shard}-of-{shards}", "train", 1, 100,
		    "coco_train.record-00001-of-00100");
	expect_name("{split}/{split}-{shard}-of-{shards}", "train", 1023, 1024,
		    "train/train-01023-of-01024");
	expect_name("{split}.record", "pascal", 0, 1, "pascal.record");
	expect_name("skin_lesions.tfrecord", "train", 0, 1, "skin_lesions.tfrecord");
	expect_name("{number:03}{shard:01}of{shards:01}", "x", 10, 12, "01110of12");
}

static void a_split_may_look_like_numbers(void **state)
{
	(void)state;
	expect_name(TRFS_SHARD_NAME_DEFAULT, "a-00000-of-00001.tfrecord", 1, 2,
		    "a-00000-of-00001.tfrecord-00001-of-00002.tfrecord");
	expect_name("{split}{shard:01}", "7", 7, 80, "77");
	expect_name("{split}{shard:01}", "7", 77, 80, "777");
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
		"train-00016-of-00016.tfrecord",
		"train-00003-of-00015.tfrecord",
		"train-4294967299-of-00016.tfrecord",
		"-00003-of-00016.tfrecord",
		"00003-of-00016.tfrecord",
	};
	uint32_t shard = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (trfs_shard_name_find(TRFS_SHARD_NAME_DEFAULT, trfs_bytes_of("train"),
					 16, others[i], &shard))
			fail_msg("\"%s\" was taken for a shard", others[i]);
	}
	/* At least two digits, and no more than are needed. */
	assert_false(trfs_shard_name_find("{split}{shard:02}", trfs_bytes_of("a"), 200,
					  "a7", &shard));
	assert_false(trfs_shard_name_find("{split}{shard:02}", trfs_bytes_of("a"), 200,
					  "a007", &shard));
	assert_false(trfs_shard_name_find("{split}{number:02}", trfs_bytes_of("a"), 200,
					  "a00", &shard));
	assert_false(trfs_shard_name_find("one", trfs_bytes_of("a"), 1, "two", &shard));
	assert_int_equal(shard, 77);
}

/* Whatever is found is what format writes, byte for byte. */
static void finding_accepts_nothing_that_format_does_not_write(void **state)
{
	static const char alphabet[] = "train-0o1f.ecd9";
	char name[64], again[64];
	unsigned int seed = 7, nr_found = 0;
	struct trfs_bytes split = trfs_bytes_of("train");

	(void)state;
	for (int round = 0; round < 200000; round++) {
		uint32_t shard;

		strcpy(name, "train-00003-of-00016.tfrecord");
		for (int edit = rand_r(&seed) % 3; edit >= 0; edit--)
			name[(size_t)rand_r(&seed) % strlen(name)] =
				alphabet[(size_t)rand_r(&seed) % (sizeof(alphabet) - 1)];
		if (!trfs_shard_name_find(TRFS_SHARD_NAME_DEFAULT, split, 16, name,
					  &shard))
			continue;
		assert_true(trfs_shard_name_format(TRFS_SHARD_NAME_DEFAULT, split, shard,
						   16, again, sizeof(again)));
		assert_string_equal(again, name);
		nr_found++;
	}
	assert_true(nr_found > 1000);
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

static void the_data_sets_name_is_filled_in(void **state)
{
	struct trfs_error err = { 0 };
	char *template = NULL;

	(void)state;
	assert_int_equal(trfs_shard_name_prepare("{name}_{split}_{number}-{name}",
						 "cifar10", &template, &err),
			 0);
	assert_string_equal(template, "cifar10_{split}_{number}-cifar10");
	free(template);
	/* image2tfrecords' default is no name at all, and its files then begin so. */
	assert_int_equal(trfs_shard_name_prepare("{name}_{split}", "", &template, &err),
			 0);
	assert_string_equal(template, "_{split}");
	free(template);
}

static void templates_that_cannot_be_are_explained(void **state)
{
	static const struct {
		const char *text, *name, *part;
	} wrong[] = {
		{ "{name}-{split}", NULL, "type --name NAME" },
		{ "{name}-{split}", "a/b", "--name a/b: a name that is part of" },
		{ "{name}-{split}", "{shard}", "cannot have '/', '{' or '}'" },
		{ "{name}/{split}", "..", "\"../{split}\" leads out of the mount" },
		{ "{name}/{split}", "", "\"/{split}\" has an empty part" },
		{ "{splt}-{shard}", NULL,
		  "there is no {splt} (did you mean \"split\"?); there are {split}," },
		{ "{shard:2}", NULL, "there is no {shard:2}" },
		{ "{shard:00}", NULL, "there is no {shard:00}" },
		{ "{shard:012}", NULL, "there is no {shard:012}" },
		{ "{split:05}", NULL, "there is no {split:05}" },
		{ "{}", NULL, "there is no {}" },
		{ "a{", NULL, "a '{' stands alone" },
		{ "a}b", NULL, "a '}' stands alone" },
		{ "", NULL, "\"\" has an empty part" },
		{ "/{split}", NULL, "has an empty part" },
		{ "{split}/", NULL, "has an empty part" },
		{ "a//{split}", NULL, "has an empty part" },
		{ "../{split}", NULL, "leads out of the mount" },
		{ "a/./{split}", NULL, "leads out of the mount" },
		{ "a\nb", NULL, "holds a control character" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct trfs_error err = { 0 };
		char *template = NULL;

		assert_int_equal(trfs_shard_name_prepare(wrong[i].text, wrong[i].name,
							 &template, &err),
				 -EINVAL);
		assert_null(template);
		if (!strstr(err.message, wrong[i].part))
			fail_msg("\"%s\" is not in \"%s\"", wrong[i].part, err.message);
	}
	assert_false(trfs_shard_name_sound("{name}-{split}"));
	assert_false(trfs_shard_name_sound("../{split}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_comes_back_as_its_shard),
		cmocka_unit_test(every_converters_names_can_be_written),
		cmocka_unit_test(a_split_may_look_like_numbers),
		cmocka_unit_test(other_names_are_refused),
		cmocka_unit_test(finding_accepts_nothing_that_format_does_not_write),
		cmocka_unit_test(a_name_that_does_not_fit_is_not_cut),
		cmocka_unit_test(the_data_sets_name_is_filled_in),
		cmocka_unit_test(templates_that_cannot_be_are_explained),
	};

	return cmocka_run_group_tests_name("shard_name", tests, NULL, NULL);
}
