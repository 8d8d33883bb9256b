/* SPDX-License-Identifier: MIT */
/*
 * Splits and orders of converters: what is expected was printed by Python 3.11, from the
 * converters' own few lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_fixture.h"

#include "dataset/split.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void add(struct fixture_catalog *f, uint32_t class, const char *split, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		char path[32];

		snprintf(path, sizeof(path), "%u.jpg",
			 (unsigned int)f->catalog.nr_examples);
		fixture_catalog_add(f, &(struct fixture_example){ .path = path,
								  .size = 1000,
								  .labels = &class,
								  .nr_labels = 1,
								  .split = split });
	}
}

static struct trfs_options python_options(enum trfs_order order, uint64_t seed)
{
	struct trfs_options options = plan_options();

	options.order = order;
	options.seed = seed;
	options.shards = "1";
	options.shard_names = "{split}{shard:01}";
	return options;
}

static void python_order_shuffles_each_split_anew(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = python_options(TRFS_ORDER_PYTHON, 12345);

	(void)state;
	add(f, 0, "train", 10);
	add(f, 0, "val", 10);
	plan_build_and_expect(f, &options,
			      "train0: 8 7 3 5 1 2 9 4 0 6\n"
			      "validation0: 18 17 13 15 11 12 19 14 10 16\n");
	options.order = TRFS_ORDER_PYTHON_TRAIN;
	plan_build_and_expect(f, &options,
			      "train0: 8 7 3 5 1 2 9 4 0 6\n"
			      "validation0: 10 11 12 13 14 15 16 17 18 19\n");
	fixture_catalog_free(f);
}

static void classes_order_is_by_the_bytes_of_names(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(12);
	struct trfs_options options = python_options(TRFS_ORDER_CLASSES, 42);

	(void)state;
	/* "class10" is before "class2". */
	add(f, 2, NULL, 2);
	add(f, 10, NULL, 2);
	add(f, 2, NULL, 1);
	add(f, 1, NULL, 1);
	plan_build_and_expect(f, &options, "train0: 5 2 3 0 1 4\n");
	fixture_catalog_free(f);
}

static void take_cuts_splits_off_one_python_shuffle(void **state)
{
	static const enum trfs_order kept[] = { TRFS_ORDER_SHUFFLED, TRFS_ORDER_PYTHON,
						TRFS_ORDER_PYTHON_TRAIN };
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = python_options(TRFS_ORDER_PYTHON, 12345);

	(void)state;
	add(f, 0, NULL, 12);
	options.take = "validation=4,train";
	for (size_t i = 0; i < 3; i++) {
		options.order = kept[i];
		plan_build_and_expect(f, &options,
				      "train0: 7 9 2 3 5 4 0 6\n"
				      "validation0: 11 10 8 1\n");
	}
	options.order = TRFS_ORDER_MANIFEST;
	plan_build_and_expect(f, &options,
			      "train0: 0 2 3 4 5 6 7 9\n"
			      "validation0: 1 8 10 11\n");
	options.order = TRFS_ORDER_PYTHON;
	options.seed = 42;
	/* int(0.7 * 12) */
	options.take = "train=0.7, val";
	plan_build_and_expect(f, &options,
			      "train0: 7 5 2 8 9 6 11 3\n"
			      "validation0: 4 0 1 10\n");
	fixture_catalog_free(f);
}

static void shares_of_a_take_are_rounded_as_python_rounds_them(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = python_options(TRFS_ORDER_PYTHON, 42);
	struct trfs_plan *plan;

	(void)state;
	add(f, 0, NULL, 90);
	options.take = "train=0.7,validation";
	plan = plan_build(f, &options);
	/* 0.7 * 90 is 62.99999999999999 */
	assert_int_equal(plan->splits[0].nr_records, 62);
	trfs_plan_free(plan);
	fixture_catalog_free(f);
}

static void takes_that_cannot_be_are_explained(void **state)
{
	static const struct {
		const char *take, *part;
	} wrong[] = {
		{ "validation=4", "--take: \"validation=4\": every split but the last" },
		{ "train,validation", "\"train\": every split but the last has a" },
		{ "validation=4,train=8", "and that one takes the rest" },
		{ "validation=x,train", "type a number of rows, such as 350" },
		{ "validation=1.5,train", "or a share of them" },
		{ "validation=1e1,train", "or a share of them" },
		{ "validation=-1,train", "or a share of them" },
		{ "validation=99999999999999999999,train", "or a share of them" },
		{ "validation=13,train", "\"validation=13\": only 12 rows are left" },
		{ "validation=0.5,test=7,train", "\"test=7\": only 6 rows are left" },
		{ "val=1,validation", "\"validation\" is named twice" },
		{ "a/b=1,train", "the name \"a/b\" may hold only" },
		{ "", "the name \"\" is empty" },
	};
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = python_options(TRFS_ORDER_PYTHON, 42);

	(void)state;
	add(f, 0, NULL, 12);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		options.take = wrong[i].take;
		plan_expect_refusal(f, &options, -EINVAL, wrong[i].part);
	}
	options.take = "validation=12,train";
	plan_expect_refusal(f, &options, -EBADMSG,
			    "--take: split \"train\" would be empty; leave it out");
	/* A converter that divides by ceil() writes the empty files. */
	options.cut = TRFS_CUT_CEILING;
	options.shards = "2";
	options.order = TRFS_ORDER_MANIFEST;
	plan_build_and_expect(f, &options,
			      "train0:\ntrain1:\nvalidation0: 0 1 2 3 4 5\n"
			      "validation1: 6 7 8 9 10 11\n");
	fixture_catalog_free(f);
}

static void sizes_are_floors_of_each_class(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(3);
	struct trfs_options options = python_options(TRFS_ORDER_CLASSES, 42);

	(void)state;
	add(f, 0, NULL, 10);
	add(f, 1, NULL, 3);
	add(f, 2, NULL, 1);
	options.validation_size = "0.3";
	options.test_size = "0.1";
	/* A class of one goes to test, whatever its size is. */
	plan_build_and_expect(f, &options,
			      "train0: 0 1 4 5 6 9 10 11 12\n"
			      "validation0: 2 3 7\n"
			      "test0: 8 13\n");
	/* Nobody in a split: not written, even where shards could be empty. */
	options.cut = TRFS_CUT_CEILING;
	options.validation_size = NULL;
	options.test_size = "1";
	plan_build_and_expect(f, &options, "test0: 0 1 2 3 4 5 6 7 8 9 10 11 12 13\n");
	fixture_catalog_free(f);
}

static void a_split_column_can_win_over_sizes(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = python_options(TRFS_ORDER_MANIFEST, 42);

	(void)state;
	add(f, 0, "test", 2);
	add(f, 0, "train", 2);
	options.validation_size = "0.5";
	plan_build_and_expect(f, &options, "train0: 0 3\nvalidation0: 1 2\n");
	options.prefer_split_column = true;
	plan_build_and_expect(f, &options, "train0: 2 3\ntest0: 0 1\n");
	fixture_catalog_free(f);
}

static void sizes_that_cannot_be_are_explained(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = python_options(TRFS_ORDER_CLASSES, 42);

	(void)state;
	add(f, 0, NULL, 12);
	options.validation_size = "0.8";
	options.test_size = "0.3";
	plan_expect_refusal(f, &options, -EINVAL,
			    "--val-size 0.8 and --test-size 0.3 are more than 1");
	options.test_size = "20%";
	plan_expect_refusal(f, &options, -EINVAL,
			    "--test-size is a share from 0 to 1, such as 0.2, not "
			    "\"20%\"");
	options.test_size = NULL;
	options.validation_size = "-0.1";
	plan_expect_refusal(f, &options, -EINVAL, "--val-size is a share");
	options.validation_size = "0.1";
	options.take = "validation=1,train";
	plan_expect_refusal(f, &options, -EINVAL, "three ways of splitting");
	options.validation_size = NULL;
	options.split = "0.8,0.2";
	plan_expect_refusal(f, &options, -EINVAL, "three ways of splitting");
	fixture_catalog_free(f);
}

static void groups_are_kept_whole_by_shares_only(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = python_options(TRFS_ORDER_PYTHON, 42);
	static const uint32_t class_zero;

	(void)state;
	fixture_catalog_add(f, &(struct fixture_example){ .path = "a",
							  .labels = &class_zero,
							  .nr_labels = 1,
							  .group = "p" });
	options.take = "train";
	plan_expect_refusal(f, &options, -EINVAL, "--take takes each row by itself");
	fixture_catalog_free(f);
}

/* Ten rows, of which the fourth and the last were left out. */
static struct fixture_catalog *with_gaps(const char *split)
{
	struct fixture_catalog *f = fixture_catalog_new(1);

	add(f, 0, split, 3);
	fixture_catalog_add_problem(f, "bad.jpg", split);
	add(f, 0, split, 5);
	fixture_catalog_add_problem(f, "worse.jpg", split);
	return f;
}

static void a_row_that_was_left_out_keeps_its_place_where_it_was_counted(void **state)
{
	struct fixture_catalog *f = with_gaps(NULL);
	struct trfs_options options = python_options(TRFS_ORDER_PYTHON, 12345);

	(void)state;
	/* Rows 8 7 3 5 1 2 9 4 0 6, of which 3 and 9 are no more. */
	options.shards = "2";
	options.cut = TRFS_CUT_LINSPACE;
	options.cut_threads = 2;
	plan_build_and_expect(f, &options, "train0: 7 6 4 1\ntrain1: 2 3 0 5\n");
	options.cut = TRFS_CUT_CEILING;
	options.shards = "5";
	plan_build_and_expect(f, &options,
			      "train0: 7 6\ntrain1: 4\ntrain2: 1 2\ntrain3: 3\n"
			      "train4: 0 5\n");
	options.cut = TRFS_CUT_EVEN;
	options.shards = "4";
	plan_build_and_expect(f, &options,
			      "train0: 7 6\ntrain1: 4 1\ntrain2: 2 3\ntrain3: 0 5\n");
	options.take = "validation=3,train";
	options.cut = TRFS_CUT_ROUND_ROBIN;
	options.shards = "2";
	plan_build_and_expect(f, &options,
			      "train0: 4 2 3 5\ntrain1: 1 0\n"
			      "validation0: 7\nvalidation1: 6\n");
	fixture_catalog_free(f);
}

static void round_robin_counts_rows_as_the_manifest_does(void **state)
{
	struct fixture_catalog *f = with_gaps("train");
	struct trfs_options options = python_options(TRFS_ORDER_MANIFEST, 42);

	(void)state;
	add(f, 0, "val", 1);
	options.shards = "4";
	options.cut = TRFS_CUT_ROUND_ROBIN;
	plan_build_and_expect(f, &options,
			      "train0: 0 3 7\ntrain1: 1 4\ntrain2: 2 5\ntrain3: 6\n"
			      "validation0: 8\nvalidation1:\nvalidation2:\n"
			      "validation3:\n");
	/* Listed, and cut by runs: as if the row had never been there. */
	options.cut = TRFS_CUT_CEILING;
	plan_build_and_expect(f, &options,
			      "train0: 0 1\ntrain1: 2 3\ntrain2: 4 5\ntrain3: 6 7\n"
			      "validation0: 8\nvalidation1:\nvalidation2:\n"
			      "validation3:\n");
	fixture_catalog_free(f);
}

static void a_split_of_problems_alone_has_shards_where_these_may_be_empty(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = python_options(TRFS_ORDER_PYTHON, 42);

	(void)state;
	add(f, 0, "train", 2);
	fixture_catalog_add_problem(f, "bad.jpg", "test");
	fixture_catalog_add_problem(f, "stray.jpg", NULL);
	options.cut = TRFS_CUT_CEILING;
	plan_build_and_expect(f, &options, "train0: 1 0\ntest0:\n");
	options.cut = TRFS_CUT_EVEN;
	plan_build_and_expect(f, &options, "train0: 1 0\n");
	fixture_catalog_free(f);
}

static void a_part_without_rows_has_shards_where_these_may_be_empty(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = python_options(TRFS_ORDER_MANIFEST, 42);

	(void)state;
	add(f, 0, "train", 2);
	options.shards = "2";
	options.parts =
		(struct trfs_option_list){ .nr = 2, .items = { "train=a", "val=b" } };
	options.cut = TRFS_CUT_CEILING;
	plan_build_and_expect(f, &options,
			      "train0: 0\ntrain1: 1\nvalidation0:\nvalidation1:\n");
	options.shards = NULL;
	plan_build_and_expect(f, &options, "train0: 0\ntrain1: 1\nvalidation0:\n");
	options.shards = "2";
	options.cut = TRFS_CUT_EVEN;
	plan_build_and_expect(f, &options, "train0: 0\ntrain1: 1\n");
	options.cut = TRFS_CUT_BLOCKS;
	options.shards = NULL;
	options.shard_size = 9;
	plan_build_and_expect(f, &options, "train0: 0 1\n");
	fixture_catalog_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(python_order_shuffles_each_split_anew),
		cmocka_unit_test(classes_order_is_by_the_bytes_of_names),
		cmocka_unit_test(take_cuts_splits_off_one_python_shuffle),
		cmocka_unit_test(shares_of_a_take_are_rounded_as_python_rounds_them),
		cmocka_unit_test(takes_that_cannot_be_are_explained),
		cmocka_unit_test(sizes_are_floors_of_each_class),
		cmocka_unit_test(a_split_column_can_win_over_sizes),
		cmocka_unit_test(sizes_that_cannot_be_are_explained),
		cmocka_unit_test(groups_are_kept_whole_by_shares_only),
		cmocka_unit_test(
			a_row_that_was_left_out_keeps_its_place_where_it_was_counted),
		cmocka_unit_test(round_robin_counts_rows_as_the_manifest_does),
		cmocka_unit_test(
			a_split_of_problems_alone_has_shards_where_these_may_be_empty),
		cmocka_unit_test(a_part_without_rows_has_shards_where_these_may_be_empty),
	};

	return cmocka_run_group_tests_name("plan_splits", tests, NULL, NULL);
}
