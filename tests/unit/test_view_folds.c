/* SPDX-License-Identifier: MIT */
/* folds/K/I: every fold once, whole groups, and each label set in its share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view_fixture.h"

#include "base/random.h"

#include <stdio.h>
#include <stdlib.h>

#define NR_SETS_MAX 64

static struct view_records fold_of(const struct view_fixture *v, uint32_t k, uint32_t i,
				   const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "folds/%u/%u", k, i);
	return view_records_of(v, path, name);
}

static uint64_t example_of(const struct view_fixture *v, uint32_t record)
{
	return trfs_plan_example(v->plan, record);
}

static uint32_t set_of(const struct view_fixture *v, uint32_t record)
{
	return trfs_catalog_label_set(v->context.catalog, example_of(v, record));
}

/* All records of the root's splits that are shared out. */
static struct view_records pool_of(const struct view_fixture *v)
{
	struct view_records train = view_records_of(v, "", "train");
	struct view_records validation = view_records_of(v, "", "validation");
	struct view_records pool = { .nr = train.nr + validation.nr };

	pool.items = malloc((pool.nr + 1) * sizeof(*pool.items));
	assert_non_null(pool.items);
	memcpy(pool.items, train.items, train.nr * sizeof(*pool.items));
	if (validation.nr > 0)
		memcpy(pool.items + train.nr, validation.items,
		       validation.nr * sizeof(*pool.items));
	free(train.items);
	free(validation.items);
	view_records_sort(&pool);
	return pool;
}

/* Every record of the pool is in one fold's validation and in the other folds' train. */
static void check_partition(const struct view_fixture *v, uint32_t k)
{
	struct view_records pool = pool_of(v);
	uint8_t *seen = calloc(v->plan->nr_records, 1);

	assert_non_null(seen);
	for (uint32_t i = 0; i < k; i++) {
		struct view_records train = fold_of(v, k, i, "train");
		struct view_records validation = fold_of(v, k, i, "validation");
		struct view_records both = { train.nr + validation.nr, NULL };

		assert_int_equal(both.nr, pool.nr);
		both.items = malloc(both.nr * sizeof(*both.items));
		assert_non_null(both.items);
		memcpy(both.items, train.items, train.nr * sizeof(*both.items));
		memcpy(both.items + train.nr, validation.items,
		       validation.nr * sizeof(*both.items));
		view_records_sort(&both);
		view_expect_same(both, pool);
		for (uint64_t r = 0; r < validation.nr; r++)
			assert_int_equal(seen[validation.items[r]]++, 0);
		free(both.items);
		free(train.items);
		free(validation.items);
	}
	for (uint64_t r = 0; r < pool.nr; r++)
		assert_int_equal(seen[pool.items[r]], 1);
	free(seen);
	free(pool.items);
}

/* Of each label set every fold has its share to one, and so of all. */
static void check_shares(const struct view_fixture *v, uint32_t k, bool stratified)
{
	struct view_records pool = pool_of(v);
	uint64_t of_pool[NR_SETS_MAX] = { 0 };

	for (uint64_t r = 0; r < pool.nr; r++)
		of_pool[set_of(v, pool.items[r])]++;
	for (uint32_t i = 0; i < k; i++) {
		struct view_records fold = fold_of(v, k, i, "validation");
		uint64_t of_fold[NR_SETS_MAX] = { 0 };

		assert_in_range(fold.nr, pool.nr / k, (pool.nr + k - 1) / k);
		for (uint64_t r = 0; r < fold.nr; r++)
			of_fold[set_of(v, fold.items[r])]++;
		for (size_t s = 0; stratified && s < NR_SETS_MAX; s++)
			assert_in_range(of_fold[s], of_pool[s] / k,
					(of_pool[s] + k - 1) / k);
		free(fold.items);
	}
	free(pool.items);
}

static void folds_share_everything_out(void **state)
{
	struct trfs_options options = plan_options();

	(void)state;
	for (int stratify = 0; stratify < 2; stratify++) {
		struct view_fixture *v;

		options.stratify = stratify;
		v = view_root_of(&options);
		for (uint32_t k = 2; k < 24; k++) {
			check_partition(v, k);
			check_shares(v, k, stratify);
		}
		check_partition(v, 180);
		check_shares(v, 180, stratify);
		view_expect_no_plan(v, "folds/181/0");
		view_fixture_free(v);
	}
}

static void what_is_tested_on_is_left_alone(void **state)
{
	struct view_fixture *v = view_root();
	struct view_records test = view_records_of(v, "", "test");

	(void)state;
	view_expect_split(v, "folds/5/3", "test", test);
	free(test.items);
	view_fixture_free(v);
}

static bool are_same(struct view_records a, struct view_records b)
{
	return a.nr == b.nr && memcmp(a.items, b.items, a.nr * sizeof(*a.items)) == 0;
}

static void folds_depend_on_the_seed(void **state)
{
	struct trfs_options options = plan_options();
	struct view_fixture *a = view_root(), *b;
	struct view_records of_a = fold_of(a, 5, 0, "validation"), of_b;

	(void)state;
	options.seed = 43;
	options.order = TRFS_ORDER_MANIFEST;
	b = view_root_of(&options);
	of_b = fold_of(b, 5, 0, "validation");
	for (uint64_t i = 0; i < of_a.nr; i++)
		of_a.items[i] = (uint32_t)example_of(a, of_a.items[i]);
	for (uint64_t i = 0; i < of_b.nr; i++)
		of_b.items[i] = (uint32_t)example_of(b, of_b.items[i]);
	view_records_sort(&of_a);
	view_records_sort(&of_b);
	assert_false(are_same(of_a, of_b));
	free(of_a.items);
	free(of_b.items);
	view_fixture_free(a);
	view_fixture_free(b);
}

/* As in the root: train shuffled, the rest as the manifest lists it. */
static void orders_are_as_in_the_root(void **state)
{
	struct view_fixture *v = view_root();
	struct view_records train = fold_of(v, 4, 1, "train");
	struct view_records validation = fold_of(v, 4, 1, "validation");
	uint64_t nr_ascents = 0;

	(void)state;
	for (uint64_t i = 1; i < validation.nr; i++)
		assert_true(example_of(v, validation.items[i - 1]) <
			    example_of(v, validation.items[i]));
	for (uint64_t i = 1; i < train.nr; i++)
		nr_ascents +=
			example_of(v, train.items[i - 1]) < example_of(v, train.items[i]);
	assert_in_range(nr_ascents, train.nr / 3, 2 * train.nr / 3);
	free(train.items);
	free(validation.items);
	view_fixture_free(v);
}

/* Without train and validation, all there is. */
static void other_splits_are_shared_out_together(void **state)
{
	static const char *const splits[] = { "north", "south", "test" };
	struct fixture_catalog *f = fixture_catalog_new(0);
	struct trfs_options options = plan_options();
	struct trfs_plan *plan;
	struct view_fixture *v;

	(void)state;
	for (uint32_t i = 0; i < 30; i++)
		fixture_catalog_add(f, &(struct fixture_example){
					       .path = "x.jpg", .split = splits[i % 3] });
	v = view_fixture_new(f, &options);
	plan = view_plan(v, "folds/3/2");
	assert_int_equal(plan->nr_splits, 2);
	assert_int_equal(plan->splits[0].nr_records, 20);
	assert_int_equal(plan->splits[1].nr_records, 10);
	trfs_plan_free(plan);
	view_fixture_free(v);
}

/* Groups of 1 to 5 examples; of one class, and of several in one group. */
static struct view_fixture *grouped_root(uint32_t nr_groups, bool stratify)
{
	struct fixture_catalog *f = fixture_catalog_new(3);
	struct trfs_options options = plan_options();
	uint64_t state = 5;

	options.stratify = stratify;
	for (uint32_t g = 0; g < nr_groups; g++) {
		char group[16];

		snprintf(group, sizeof(group), "g%u", g);
		for (uint32_t i = 0; i <= g % 5; i++) {
			uint32_t class = (uint32_t)trfs_random_below(&state, 3);

			if (g % 2)
				class = g % 3;
			fixture_catalog_add(f,
					    &(struct fixture_example){ .path = "x.jpg",
								       .labels = &class,
								       .nr_labels = 1,
								       .group = group });
		}
	}
	return view_fixture_new(f, &options);
}

static void check_groups(const struct view_fixture *v, uint32_t k, uint32_t nr_groups)
{
	const struct trfs_catalog *catalog = v->context.catalog;
	const struct trfs_column *column = &catalog->columns[FIXTURE_GROUP];
	uint32_t *fold_of_group = calloc(nr_groups + 1, sizeof(*fold_of_group));
	uint64_t least = UINT64_MAX, most = 0;

	assert_non_null(fold_of_group);
	for (uint32_t i = 0; i < k; i++) {
		struct view_records fold = fold_of(v, k, i, "validation");

		assert_true(fold.nr > 0);
		for (uint64_t r = 0; r < fold.nr; r++) {
			uint32_t group =
				trfs_column_number(column, example_of(v, fold.items[r]));

			assert_true(fold_of_group[group] == 0 ||
				    fold_of_group[group] == i + 1);
			fold_of_group[group] = i + 1;
		}
		least = fold.nr < least ? fold.nr : least;
		most = fold.nr > most ? fold.nr : most;
		free(fold.items);
	}
	/* A few groups more or less in each of the four strata. */
	assert_true(most - least <= 4 * 5);
	free(fold_of_group);
}

static void groups_stay_together(void **state)
{
	(void)state;
	for (int stratify = 0; stratify < 2; stratify++) {
		struct view_fixture *v = grouped_root(60, stratify);

		for (uint32_t k = 2; k <= 60; k += k < 10 ? 1 : 10) {
			check_partition(v, k);
			check_groups(v, k, 60);
		}
		view_expect_no_plan(v, "folds/61/0");
		view_fixture_free(v);
	}
}

/* Copies train, and only originals are validated on. */
static void copies_are_for_training(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(2);
	struct trfs_options options = plan_options();
	struct view_fixture *v;
	uint64_t nr_copies = 0;

	(void)state;
	fixture_catalog_add_class(f, 0, 20, "a");
	fixture_catalog_add_class(f, 1, 20, "b");
	options.augment.nr = 2;
	options.augment.items[0] = "class1=hflip";
	options.augment.items[1] = "class1=rotate";
	v = view_fixture_new(f, &options);
	assert_int_equal(v->plan->nr_records, 80);
	for (uint32_t i = 0; i < 4; i++) {
		struct view_records train = fold_of(v, 4, i, "train");
		struct view_records validation = fold_of(v, 4, i, "validation");

		assert_int_equal(validation.nr, 10);
		assert_int_equal(train.nr, 60);
		for (uint64_t r = 0; r < validation.nr; r++)
			assert_int_equal(trfs_plan_copy(v->plan, validation.items[r]), 0);
		for (uint64_t r = 0; r < train.nr; r++)
			nr_copies += trfs_plan_copy(v->plan, train.items[r]) > 0;
		free(train.items);
		free(validation.items);
	}
	assert_int_equal(nr_copies, 3 * 40);
	view_fixture_free(v);
}

static void folds_need_names_for_two_splits(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = plan_options();
	struct view_fixture *v;

	(void)state;
	fixture_catalog_add_class(f, 0, 20, "a");
	options.shard_names = "all-{shard}";
	v = view_fixture_new(f, &options);
	view_expect_no_plan(v, "folds/5/0");
	trfs_plan_free(view_plan(v, "epochs/5"));
	view_fixture_free(v);
}

static void few_examples_make_few_folds(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = plan_options();
	struct view_fixture *v;

	(void)state;
	fixture_catalog_add_class(f, 0, 1, "a");
	v = view_fixture_new(f, &options);
	view_expect_no_plan(v, "folds/2/0");
	view_expect_no_plan(v, "folds/1000/999");
	trfs_plan_free(view_plan(v, "first/1/balanced/epochs/0/from/0/shards/1"));
	view_fixture_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds_share_everything_out),
		cmocka_unit_test(what_is_tested_on_is_left_alone),
		cmocka_unit_test(folds_depend_on_the_seed),
		cmocka_unit_test(orders_are_as_in_the_root),
		cmocka_unit_test(other_splits_are_shared_out_together),
		cmocka_unit_test(groups_stay_together),
		cmocka_unit_test(copies_are_for_training),
		cmocka_unit_test(folds_need_names_for_two_splits),
		cmocka_unit_test(few_examples_make_few_folds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
