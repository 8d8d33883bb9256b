/* SPDX-License-Identifier: MIT */
/* Plans: order, shard counts, ranges and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_fixture.h"

#include "base/random.h"
#include "dataset/shard_name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static struct fixture_catalog *cats_and_dogs(uint32_t nr)
{
	struct fixture_catalog *f = fixture_catalog_new(2);

	fixture_catalog_add_class(f, 1, nr, "dog/d");
	fixture_catalog_add_class(f, 0, nr, "cat/c");
	return f;
}

static void every_example_is_one_record(void **state)
{
	struct fixture_catalog *f = cats_and_dogs(500);
	struct trfs_options options = plan_options();
	bool seen[1000] = { false };
	uint64_t next = 0;
	struct trfs_plan *plan;

	(void)state;
	options.split = "0.8,0.1,0.1";
	plan = plan_build(f, &options);
	assert_int_equal(plan->nr_records, 1000);
	for (uint64_t r = 0; r < 1000; r++) {
		assert_false(seen[trfs_plan_example(plan, r)]);
		seen[trfs_plan_example(plan, r)] = true;
	}
	for (uint32_t s = 0; s < trfs_plan_nr_shards(plan); s++) {
		struct trfs_shard_range range = trfs_plan_shard_range(plan, s);

		assert_int_equal(range.first, next);
		assert_int_equal(range.nr_records, trfs_plan_shard_nr_records(plan, s));
		assert_true(range.nr_records > 0);
		next += range.nr_records;
	}
	assert_int_equal(next, 1000);
	assert_null(trfs_plan_free(plan));
	assert_null(trfs_plan_free(NULL));
	fixture_catalog_free(f);
}

static void only_train_is_shuffled(void **state)
{
	struct fixture_catalog *f = cats_and_dogs(50);
	struct trfs_options options = plan_options();
	uint32_t expected[90], nr = 0;
	struct trfs_plan *plan, *manifest;

	(void)state;
	options.split = "train=0.9,test=0.1";
	plan = plan_build(f, &options);
	options.order = TRFS_ORDER_MANIFEST;
	manifest = plan_build(f, &options);
	assert_int_equal(plan->splits[0].nr_records, 90);
	for (uint64_t r = 1; r < 100; r++) {
		/* Both splits of the one, and test of the other, ascend. */
		if (r != 90)
			assert_true(manifest->order[r] > manifest->order[r - 1]);
		if (r > 90)
			assert_true(plan->order[r] > plan->order[r - 1]);
	}
	for (; nr < 90; nr++)
		expected[nr] = manifest->order[nr];
	trfs_random_shuffle(42, expected, 90);
	assert_memory_equal(plan->order, expected, sizeof(expected));
	assert_memory_not_equal(plan->order, manifest->order, sizeof(expected));
	trfs_plan_free(plan);
	trfs_plan_free(manifest);
	fixture_catalog_free(f);
}

static void local_order_is_by_path(void **state)
{
	static const char *const paths[] = {
		"b/1", "a/2", "a-b/1", "a/10", "B/1", "a/1"
	};
	static const uint32_t expected[] = { 4, 2, 5, 3, 1, 0 };
	static const uint32_t class_zero;
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = plan_options();
	struct trfs_plan *plan;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		fixture_catalog_add(f, &(struct fixture_example){
					       .path = paths[i],
					       .labels = &class_zero,
					       .nr_labels = 1,
				       });
	options.order = TRFS_ORDER_LOCAL;
	plan = plan_build(f, &options);
	assert_memory_equal(plan->order, expected, sizeof(expected));
	trfs_plan_free(plan);
	fixture_catalog_free(f);
}

/* One split of @nr images of @size bytes. */
static uint32_t default_nr_shards(uint32_t nr, uint32_t size)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = plan_options();
	struct trfs_plan *plan;
	uint32_t nr_shards;

	fixture_catalog_add_class(f, 0, nr, "x");
	for (uint32_t i = 0; i < nr; i++)
		f->examples[i].size = size;
	plan = plan_build(f, &options);
	nr_shards = trfs_plan_nr_shards(plan);
	trfs_plan_free(plan);
	fixture_catalog_free(f);
	return nr_shards;
}

static void default_shards_are_near_128_mib(void **state)
{
	(void)state;
	assert_int_equal(default_nr_shards(1, 1000), 1);
	assert_int_equal(default_nr_shards(15, 1000), 15);
	assert_int_equal(default_nr_shards(1000, 1000), 16);
	/* 16 shards hold 2 GiB exactly; a byte more in each makes a seventeenth. */
	assert_int_equal(default_nr_shards(2048, 1048576 - 512), 16);
	assert_int_equal(default_nr_shards(2048, 1048576 - 511), 17);
	assert_int_equal(default_nr_shards(20, 0xffffffff), 20);
	assert_int_equal(default_nr_shards(100, 1u << 30), 100);
}

static void shard_counts_can_be_given(void **state)
{
	struct fixture_catalog *f = cats_and_dogs(500);
	struct trfs_options options = plan_options();
	struct trfs_plan *plan;

	(void)state;
	options.split = "0.8,0.1,0.1";
	options.shards = "7";
	plan = plan_build(f, &options);
	assert_int_equal(trfs_plan_nr_shards(plan), 21);
	trfs_plan_free(plan);
	options.shards = " val = 3 , test=100";
	plan = plan_build(f, &options);
	assert_int_equal(plan->splits[0].nr_shards, 16);
	assert_int_equal(plan->splits[1].nr_shards, 3);
	assert_int_equal(plan->splits[2].nr_shards, 100);
	assert_int_equal(plan->splits[2].first_shard, 19);
	trfs_plan_free(plan);
	fixture_catalog_free(f);
}

static void shard_counts_that_cannot_be_are_explained(void **state)
{
	static const struct {
		const char *shards, *part;
	} wrong[] = {
		{ "0", "--shards: \"0\" is no number of shards" },
		{ "", "\"\" is no number" },
		{ "100000", "from 1 to 99999" },
		{ "99999999999999999999", "from 1 to 99999" },
		{ "16x", "\"16x\" is no number" },
		{ "-1", "\"-1\" is no number" },
		{ "train=", "\"\" is no number" },
		{ "train=4,8", "\"8\" is not SPLIT=NUMBER" },
		{ "train=4,", "\"\" is not SPLIT=NUMBER" },
		{ "validation=4,val=5", "names the split \"validation\" twice" },
		{ "trian=4",
		  "there is no split \"trian\" (did you mean \"train\"?); the splits "
		  "are: train, validation, test" },
		{ "120",
		  "--shards 120: split \"validation\" has only 100 records, so some "
		  "shards "
		  "would be empty; type --shards train=120,validation=100,test=100" },
		{ "train=801",
		  "has only 800 records, so some shards would be empty; type "
		  "--shards train=800,validation=16,test=16" },
	};
	struct fixture_catalog *f = cats_and_dogs(500);
	struct trfs_options options = plan_options();

	(void)state;
	options.split = "0.8,0.1,0.1";
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		options.shards = wrong[i].shards;
		plan_expect_refusal(f, &options, -EINVAL, wrong[i].part);
	}
	fixture_catalog_free(f);
}

static void every_shard_is_found_by_its_name_and_nothing_else_is(void **state)
{
	static const char *const others[] = {
		"train-00000-of-00006.tfrecord",
		"train-00005-of-00005.tfrecord",
		"tes-00000-of-00003.tfrecord",
		"validation-00000-of-00003.tfrecord",
		"train",
		"",
	};
	struct fixture_catalog *f = cats_and_dogs(500);
	struct trfs_options options = plan_options();
	char name[TRFS_SHARD_NAME_MAX];
	struct trfs_plan *plan;
	uint32_t shard;

	(void)state;
	options.split = "train=0.9,test=0.1";
	options.shards = "train=5,test=3";
	plan = plan_build(f, &options);
	for (uint32_t s = 0; s < 8; s++) {
		trfs_plan_shard_name(plan, s, name);
		assert_true(trfs_plan_find_shard(plan, name, &shard));
		assert_int_equal(shard, s);
	}
	trfs_plan_shard_name(plan, 6, name);
	assert_string_equal(name, "test-00001-of-00003.tfrecord");
	shard = 77;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(trfs_plan_find_shard(plan, others[i], &shard));
	assert_int_equal(shard, 77);
	trfs_plan_free(plan);
	fixture_catalog_free(f);
}

/* As a saved index would map it: no builder behind it. */
static void the_largest_plan_does_not_overflow(void **state)
{
	static const struct trfs_plan_split splits[] = {
		{ .first = 0, .nr_records = 5, .first_shard = 0, .nr_shards = 2 },
		{ .first = 5,
		  .nr_records = UINT32_MAX,
		  .first_shard = 2,
		  .nr_shards = 99999 },
	};
	static const uint64_t ends[] = { 1, 2 };
	static uint64_t starts[100002];
	const struct trfs_plan plan = {
		.nr_records = UINT32_MAX + UINT64_C(5),
		.nr_shards = 100001,
		.nr_splits = 2,
		.splits = splits,
		.split_names = { .ends = ends, .bytes = (const uint8_t *)"ab", .nr = 2 },
		.shard_starts = starts,
		.name_template = TRFS_SHARD_NAME_DEFAULT,
	};
	const uint64_t least = UINT32_MAX / 99999;
	char name[TRFS_SHARD_NAME_MAX];
	uint64_t next = 0;
	uint32_t shard;

	(void)state;
	starts[1] = 2;
	for (uint64_t s = 0; s <= 99999; s++)
		starts[2 + s] = 5 + s * UINT32_MAX / 99999;
	for (uint32_t s = 0; s < plan.nr_shards; s++) {
		struct trfs_shard_range range = trfs_plan_shard_range(&plan, s);

		assert_true(range.first == next);
		if (s >= 2)
			assert_true(range.nr_records == least ||
				    range.nr_records == least + 1);
		next += range.nr_records;
	}
	assert_true(next == plan.nr_records);
	trfs_plan_shard_name(&plan, 100000, name);
	assert_string_equal(name, "b-99998-of-99999.tfrecord");
	assert_true(trfs_plan_find_shard(&plan, name, &shard));
	assert_int_equal(shard, 100000);
}

/* Pins the plan of one small set: were it to change, so would everybody's shards. */
static void a_plan_is_the_same_for_ever(void **state)
{
	static const uint32_t expected[] = { 17, 15, 19, 9, 8,	18, 11, 1, 7,  6,
					     2,	 16, 0,	 4, 10, 12, 3,	5, 13, 14 };
	struct fixture_catalog *f = cats_and_dogs(10);
	struct trfs_options options = plan_options();
	struct trfs_plan *plan;

	(void)state;
	options.split = "0.6,0.2,0.2";
	plan = plan_build(f, &options);
	assert_memory_equal(plan->order, expected, sizeof(expected));
	trfs_plan_free(plan);
	fixture_catalog_free(f);
}

static void failures_of_the_split_are_handed_on(void **state)
{
	struct fixture_catalog *f = cats_and_dogs(10);
	struct trfs_options options = plan_options();

	(void)state;
	options.split = "0.5,0.4";
	plan_expect_refusal(f, &options, -EINVAL, "adds up to 0.9");
	f->catalog.nr_examples = 0;
	options.split = NULL;
	plan_expect_refusal(f, &options, -EBADMSG, "there are no images");
	fixture_catalog_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_example_is_one_record),
		cmocka_unit_test(only_train_is_shuffled),
		cmocka_unit_test(local_order_is_by_path),
		cmocka_unit_test(default_shards_are_near_128_mib),
		cmocka_unit_test(shard_counts_can_be_given),
		cmocka_unit_test(shard_counts_that_cannot_be_are_explained),
		cmocka_unit_test(every_shard_is_found_by_its_name_and_nothing_else_is),
		cmocka_unit_test(the_largest_plan_does_not_overflow),
		cmocka_unit_test(a_plan_is_the_same_for_ever),
		cmocka_unit_test(failures_of_the_split_are_handed_on),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
