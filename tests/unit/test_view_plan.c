/* SPDX-License-Identifier: MIT */
/* Plans of views, against lists of records that were made the slow way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view_fixture.h"

#include "base/random.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const split_names[] = { "train", "validation", "test" };

static bool are_same(struct view_records a, struct view_records b)
{
	return a.nr == b.nr && memcmp(a.items, b.items, a.nr * sizeof(*a.items)) == 0;
}

static void an_epoch_is_the_same_records_in_another_order(void **state)
{
	struct view_fixture *v = view_root();

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(split_names); i++) {
		struct view_records root_has = view_records_of(v, "", split_names[i]);
		struct view_records first =
			view_records_of(v, "epochs/0", split_names[i]);
		struct view_records second =
			view_records_of(v, "epochs/1", split_names[i]);

		view_expect_split(v, "epochs/0", split_names[i], first);
		assert_false(are_same(first, root_has));
		assert_false(are_same(first, second));
		view_records_sort(&root_has);
		view_records_sort(&first);
		view_records_sort(&second);
		view_expect_same(first, root_has);
		view_expect_same(second, root_has);
		free(root_has.items);
		free(first.items);
		free(second.items);
	}
	view_fixture_free(v);
}

/* The orders that everybody who trains again depends on. */
static void an_epoch_depends_on_seed_and_epoch_for_ever(void **state)
{
	struct trfs_options options = plan_options();
	struct trfs_permutation p;

	(void)state;
	for (uint64_t seed = 41; seed < 44; seed++) {
		struct view_fixture *v;
		struct view_records found;

		options.seed = seed;
		v = view_root_of(&options);
		found = view_records_of(v, "epochs/9223372036854775807", "test");
		trfs_permutation_init(&p, found.nr, seed,
				      trfs_random_hash(INT64_MAX, trfs_bytes_of("test")));
		for (uint64_t i = 0; i < found.nr; i++)
			assert_int_equal(found.items[i],
					 v->plan->splits[2].first +
						 trfs_permutation_at(&p, i));
		free(found.items);
		view_fixture_free(v);
	}
}

static void an_epoch_goes_on_where_it_was_left(void **state)
{
	static const char *const beginnings[] = { "", "epochs/5/", "first/90/epochs/5/" };
	struct view_fixture *v = view_root();

	(void)state;
	for (size_t b = 0; b < TRFS_COUNT(beginnings); b++) {
		char path[64];
		struct view_records all, train;

		snprintf(path, sizeof(path), "%sfrom/0", beginnings[b]);
		all = view_records_of(v, path, "train");
		for (uint64_t from = 0; from < all.nr; from++) {
			snprintf(path, sizeof(path), "%sfrom/%u", beginnings[b],
				 (unsigned int)from);
			view_expect_split(
				v, path, "train",
				(struct view_records){ all.nr - from, all.items + from });
			train = view_records_of(v, path, "validation");
			assert_int_equal(train.nr, 20);
			free(train.items);
		}
		snprintf(path, sizeof(path), "%sfrom/%u", beginnings[b],
			 (unsigned int)all.nr);
		view_expect_no_plan(v, path);
		free(all.items);
	}
	view_expect_no_plan(v, "from/4294967295");
	view_fixture_free(v);
}

static void shards_are_as_many_as_asked_for(void **state)
{
	struct view_fixture *v = view_root();
	struct view_records train = view_records_of(v, "", "train");

	(void)state;
	assert_int_equal(train.nr, 160);
	for (uint32_t n = 1; n <= 160; n++) {
		char path[32];
		struct trfs_plan *plan;

		snprintf(path, sizeof(path), "shards/%u", n);
		plan = view_plan(v, path);
		assert_int_equal(view_nr_shards(plan, "train"), n);
		assert_int_equal(view_nr_shards(plan, "test"), n < 20 ? n : 20);
		trfs_plan_free(plan);
		view_expect_split(v, path, "train", train);
	}
	free(train.items);
	view_expect_no_plan(v, "shards/161");
	view_expect_no_plan(v, "shards/99999");
	view_expect_no_plan(v, "from/1/shards/160");
	view_fixture_free(v);
}

/* By name and back, as in the root. */
static void shards_of_views_are_found_by_name(void **state)
{
	struct view_fixture *v = view_root();
	struct trfs_plan *plan = view_plan(v, "shards/7/epochs/2");

	(void)state;
	assert_int_equal(trfs_plan_nr_shards(plan), 21);
	for (uint32_t i = 0; i < 21; i++) {
		char name[TRFS_SHARD_NAME_MAX];
		uint32_t found;

		trfs_plan_shard_name(plan, i, name);
		assert_true(trfs_plan_find_shard(plan, name, &found));
		assert_int_equal(found, i);
	}
	trfs_plan_free(plan);
	view_fixture_free(v);
}

/* As many shards as the records that are left take, summed one by one. */
static void shards_have_the_size_asked_for(void **state)
{
	static const char *const beginnings[] = { "", "epochs/2/", "epochs/2/from/150/",
						  "from/100/", "by-class/class3/" };
	struct view_fixture *v = view_root();

	(void)state;
	for (size_t b = 0; b < TRFS_COUNT(beginnings); b++) {
		for (uint32_t kb = 1; kb < 200; kb += 7) {
			struct view_records train;
			uint64_t sum = 0, nr;
			struct trfs_plan *plan;
			char path[64];

			snprintf(path, sizeof(path), "%sbysize/%uKB", beginnings[b], kb);
			plan = view_plan(v, path);
			train = view_records(plan, "train");
			for (uint64_t i = 0; i < train.nr; i++)
				sum += VIEW_RECORD_SIZE(train.items[i]);
			nr = (sum + 1000 * kb - 1) / (1000 * kb);
			assert_int_equal(view_nr_shards(plan, "train"),
					 nr < train.nr ? nr : train.nr);
			free(train.items);
			trfs_plan_free(plan);
		}
	}
	view_fixture_free(v);
}

/* Split names that the user changed: train is train all the same. */
static void renamed_splits_are_known(void **state)
{
	static const char *const renames[] = { "train=learn",
					       "validation=val,train=learn",
					       "test=dev,train=learn" };
	struct trfs_options options = plan_options();

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(renames); i++) {
		struct view_fixture *v;
		struct view_records test;

		options.split_names = renames[i];
		v = view_root_of(&options);
		test = view_records_of(v, "from/10",
				       strstr(renames[i], "dev") ? "dev" : "test");
		assert_int_equal(test.nr, 20);
		free(test.items);
		test = view_records_of(v, "from/10", "learn");
		assert_int_equal(test.nr, 150);
		free(test.items);
		view_fixture_free(v);
	}
}

/* A split of the user's own, renamed too, and names kept as the manifest has them. */
static void renames_of_others_do_not_confuse(void **state)
{
	static const char *const renames[] = { "mine=yours, training = learn", "keep" };
	static const char *const expected[] = { "learn", "training" };
	static const char *const splits[] = { "training", "mine", "val" };
	struct trfs_options options = plan_options();

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(renames); i++) {
		struct fixture_catalog *f = fixture_catalog_new(0);
		struct view_fixture *v;
		struct view_records train;

		for (uint32_t k = 0; k < 30; k++)
			fixture_catalog_add(
				f, &(struct fixture_example){ .path = "x.jpg",
							      .split = splits[k % 3] });
		options.split_names = renames[i];
		v = view_fixture_new(f, &options);
		train = view_records_of(v, "from/2", expected[i]);
		assert_int_equal(train.nr, 8);
		free(train.items);
		train = view_records_of(v, "folds/5/0", expected[i]);
		assert_int_equal(train.nr, 16);
		free(train.items);
		view_fixture_free(v);
	}
}

static void names_must_tell_shards_apart(void **state)
{
	struct trfs_options options = plan_options();
	struct view_fixture *v;

	(void)state;
	options.shards = "1";
	options.shard_names = "{split}.tfrecord";
	v = view_root_of(&options);
	trfs_plan_free(view_plan(v, "epochs/1"));
	trfs_plan_free(view_plan(v, "shards/1"));
	trfs_plan_free(view_plan(v, "bysize/1GB"));
	view_expect_no_plan(v, "shards/2");
	view_expect_no_plan(v, "bysize/1KB");
	view_fixture_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_epoch_is_the_same_records_in_another_order),
		cmocka_unit_test(an_epoch_depends_on_seed_and_epoch_for_ever),
		cmocka_unit_test(an_epoch_goes_on_where_it_was_left),
		cmocka_unit_test(shards_are_as_many_as_asked_for),
		cmocka_unit_test(shards_of_views_are_found_by_name),
		cmocka_unit_test(shards_have_the_size_asked_for),
		cmocka_unit_test(renamed_splits_are_known),
		cmocka_unit_test(renames_of_others_do_not_confuse),
		cmocka_unit_test(names_must_tell_shards_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
