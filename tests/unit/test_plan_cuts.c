/* SPDX-License-Identifier: MIT */
/* What becomes of slots: shards of every cut, rows left out, copies, and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_fixture.h"

#include "dataset/augment.h"

#include <errno.h>
#include <stdlib.h>

/* Classes 0 and 1 by turns: 0 1 0 1 ...; @split or NULL. */
static void add_by_turns(struct fixture_catalog *f, uint32_t nr, const char *split)
{
	static const uint32_t classes[] = { 0, 1 };

	for (uint32_t i = 0; i < nr; i++)
		fixture_catalog_add(f,
				    &(struct fixture_example){ .path = "x.jpg",
							       .size = 1000,
							       .labels = &classes[i % 2],
							       .nr_labels = 1,
							       .split = split });
}

static struct fixture_catalog *by_turns(uint32_t nr)
{
	struct fixture_catalog *f = fixture_catalog_new(2);

	add_by_turns(f, nr, NULL);
	return f;
}

static struct trfs_options listed(enum trfs_cut cut, const char *shards)
{
	struct trfs_options options = plan_options();

	options.order = TRFS_ORDER_MANIFEST;
	options.cut = cut;
	options.shards = shards;
	options.shard_names = "{split}{shard:01}";
	return options;
}

static void every_cut_makes_its_shards(void **state)
{
	struct fixture_catalog *f = by_turns(7);
	struct trfs_options options = listed(TRFS_CUT_EVEN, "4");

	(void)state;
	plan_build_and_expect(f, &options,
			      "train0: 0\ntrain1: 1 2\ntrain2: 3 4\ntrain3: 5 6\n");
	options.cut = TRFS_CUT_CEILING;
	options.shards = "5";
	plan_build_and_expect(
		f, &options,
		"train0: 0 1\ntrain1: 2 3\ntrain2: 4 5\ntrain3: 6\ntrain4:\n");
	options.cut = TRFS_CUT_ROUND_ROBIN;
	options.shards = "3";
	plan_build_and_expect(f, &options, "train0: 0 3 6\ntrain1: 1 4\ntrain2: 2 5\n");
	options.cut = TRFS_CUT_LINSPACE;
	options.shards = "6";
	options.cut_threads = 3;
	plan_build_and_expect(f, &options,
			      "train0: 0\ntrain1: 1\ntrain2: 2\ntrain3: 3\n"
			      "train4: 4\ntrain5: 5 6\n");
	options.cut = TRFS_CUT_BLOCKS;
	options.shards = NULL;
	options.shard_size = 3;
	plan_build_and_expect(f, &options, "train0: 0 1 2\ntrain1: 3 4 5\ntrain2: 6\n");
	fixture_catalog_free(f);
}

static void cuts_that_cannot_be_are_explained(void **state)
{
	struct fixture_catalog *f = by_turns(7);
	struct trfs_options options = listed(TRFS_CUT_LINSPACE, "5");

	(void)state;
	options.cut_threads = 2;
	plan_expect_refusal(f, &options, -EINVAL, "no multiple of 2 threads");
	options.cut = TRFS_CUT_BLOCKS;
	plan_expect_refusal(f, &options, -EINVAL, "leave --shards out");
	options.shards = NULL;
	plan_expect_refusal(f, &options, -EINVAL, "type --shard-size 500");
	options = listed(TRFS_CUT_EVEN, "8");
	plan_expect_refusal(f, &options, -EINVAL, "type --shards train=7");
	fixture_catalog_free(f);
}

static void keep_every_counts_its_class_in_the_order_of_the_plan(void **state)
{
	struct fixture_catalog *f = by_turns(8);
	struct trfs_options options = listed(TRFS_CUT_BLOCKS, NULL);

	(void)state;
	options.shard_size = 4;
	options.keep_every =
		(struct trfs_option_list){ .nr = 1, .items = { "class0=2" } };
	/* Of 0 2 4 6 every second; shards are of four rows, not of four records. */
	plan_build_and_expect(f, &options, "train0: 1 2 3\ntrain1: 5 6 7\n");
	options.keep_every =
		(struct trfs_option_list){ .nr = 2, .items = { "101=3", "class0=5" } };
	plan_build_and_expect(f, &options, "train0:\ntrain1: 5\n");
	/* Round robin deals what was counted before. */
	options.cut = TRFS_CUT_ROUND_ROBIN;
	options.shards = "3";
	options.keep_every =
		(struct trfs_option_list){ .nr = 1, .items = { "class0=2" } };
	plan_build_and_expect(f, &options, "train0: 3 6\ntrain1: 1 7\ntrain2: 2 5\n");
	options.cut = TRFS_CUT_EVEN;
	options.shards = "2";
	plan_build_and_expect(f, &options, "train0: 1 2 3\ntrain1: 5 6 7\n");
	options.keep_every =
		(struct trfs_option_list){ .nr = 2, .items = { "class0=9", "class1=9" } };
	plan_expect_refusal(f, &options, -EBADMSG,
			    "split \"train\" would be empty: --keep-every leaves none");
	fixture_catalog_free(f);
}

static void augment_adds_copies_behind_the_original(void **state)
{
	struct fixture_catalog *f = by_turns(5);
	struct trfs_options options = listed(TRFS_CUT_CEILING, "2");
	struct trfs_plan *plan;

	(void)state;
	options.augment = (struct trfs_option_list){
		.nr = 3, .items = { "class1=rotate", "class0=hflip", "class1=hflip" }
	};
	plan = plan_build(f, &options);
	plan_expect(plan, "train0: 0 0* 1 1* 1** 2 2*\ntrain1: 3 3* 3** 4 4*\n");
	assert_int_equal(plan->nr_records, 12);
	assert_int_equal(trfs_plan_nr_copies_max(plan), 2);
	trfs_plan_free(plan);
	/* Runs of records differ by at most one. */
	options.cut = TRFS_CUT_EVEN;
	options.shards = "5";
	plan_build_and_expect(f, &options,
			      "train0: 0 0*\ntrain1: 1 1*\ntrain2: 1** 2 2*\n"
			      "train3: 3 3*\ntrain4: 3** 4 4*\n");
	options.augment.nr = 0;
	plan = plan_build(f, &options);
	assert_null(plan->copies);
	assert_int_equal(trfs_plan_copy(plan, 4), 0);
	assert_int_equal(trfs_plan_nr_copies_max(plan), 0);
	trfs_plan_free(plan);
	fixture_catalog_free(f);
}

static void rules_are_for_train_only(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(2);
	struct trfs_options options = listed(TRFS_CUT_CEILING, "1");

	(void)state;
	add_by_turns(f, 4, "train");
	add_by_turns(f, 4, "test");
	options.keep_every =
		(struct trfs_option_list){ .nr = 1, .items = { "class0=2" } };
	options.augment = (struct trfs_option_list){ .nr = 1, .items = { "class1=x" } };
	plan_build_and_expect(f, &options, "train0: 1 1* 2 3 3*\ntest0: 4 5 6 7\n");
	fixture_catalog_free(f);
	f = fixture_catalog_new(2);
	add_by_turns(f, 4, "test");
	plan_expect_refusal(f, &options, -EINVAL, "are for the split train");
	fixture_catalog_free(f);
}

static void rules_that_cannot_be_are_explained(void **state)
{
	static const struct {
		const char *keep_every, *augment, *part;
	} wrong[] = {
		{ "class0", NULL, "--keep-every: \"class0\" is not CLASS=2" },
		{ "=2", NULL, "\"=2\" is not CLASS=2" },
		{ "class0=", NULL, "\"class0=\" is not CLASS=2" },
		{ "clas0=2", NULL,
		  "--keep-every: there is no class \"clas0\" (did you mean "
		  "\"class0\"?)" },
		{ "102=2", NULL, "there is no class \"102\"" },
		{ "class0=0", NULL, "--keep-every class0=0: \"0\" is no number from 1" },
		{ "class0=x", NULL, "\"x\" is no number from 1" },
		{ "class0=4294967296", NULL, "is no number from 1" },
		{ NULL, "class0", "--augment: \"class0\" is not CLASS=rotate,hflip" },
		{ NULL, "a=b=hflip", "--augment: there is no class \"a=b\"" },
	};
	struct fixture_catalog *f = by_turns(4);

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct trfs_options options = listed(TRFS_CUT_EVEN, "1");

		options.keep_every.nr = wrong[i].keep_every != NULL;
		options.keep_every.items[0] = wrong[i].keep_every;
		options.augment.nr = wrong[i].augment != NULL;
		options.augment.items[0] = wrong[i].augment;
		plan_expect_refusal(f, &options, -EINVAL, wrong[i].part);
	}
	{
		struct trfs_options options = listed(TRFS_CUT_EVEN, "1");

		options.keep_every =
			(struct trfs_option_list){ .nr = 2,
						   .items = { "class0=2", "100=3" } };
		plan_expect_refusal(f, &options, -EINVAL,
				    "--keep-every 100=3: that class has a number");
	}
	fixture_catalog_free(f);
}

static void a_copy_is_made_by_the_rule_of_its_number(void **state)
{
	static const uint32_t both[] = { 1, 0 };
	struct fixture_catalog *f = by_turns(2);
	struct trfs_options options = listed(TRFS_CUT_EVEN, "1");
	const struct trfs_catalog *catalog;
	const struct trfs_class_rule *rule;
	struct trfs_class_rules rules;

	(void)state;
	fixture_catalog_add(f, &(struct fixture_example){
				       .path = "b", .labels = both, .nr_labels = 2 });
	catalog = fixture_catalog_finish(f);
	options.augment = (struct trfs_option_list){
		.nr = 3, .items = { "class1=rotate", "class0=hflip", "101=rotate,hflip" }
	};
	assert_int_equal(trfs_augment_parse(&options, catalog, &rules, NULL), 0);
	rule = trfs_class_rules_find(&rules, catalog, 1, 1);
	assert_non_null(rule);
	assert_true(trfs_bytes_equal(rule->text, trfs_bytes_of("rotate,hflip")));
	assert_int_equal(rule->class, 1);
	assert_null(trfs_class_rules_find(&rules, catalog, 1, 2));
	/* An example with both labels meets all three, in the order of the option. */
	assert_int_equal(trfs_class_rules_count(&rules, catalog, 2), 3);
	rule = trfs_class_rules_find(&rules, catalog, 2, 1);
	assert_true(trfs_bytes_equal(rule->text, trfs_bytes_of("hflip")));
	fixture_catalog_free(f);
}

static struct fixture_catalog *in_splits(const char *a, const char *b)
{
	struct fixture_catalog *f = fixture_catalog_new(2);

	add_by_turns(f, 2, a);
	add_by_turns(f, 2, b);
	return f;
}

static void splits_are_called_otherwise_in_shard_names(void **state)
{
	struct fixture_catalog *f = in_splits("train", "validation");
	struct trfs_options options = listed(TRFS_CUT_EVEN, "val=2,train=1");

	(void)state;
	options.split_names = "val=val, test=dev";
	options.shard_names = "{name}/{split}/{split}-{number:02}-of-{shards:01}.tfrec";
	options.name = "skin";
	plan_build_and_expect(f, &options,
			      "skin/train/train-01-of-1.tfrec: 0 1\n"
			      "skin/val/val-01-of-2.tfrec: 2\n"
			      "skin/val/val-02-of-2.tfrec: 3\n");
	options.split_names = "validation=train";
	plan_expect_refusal(f, &options, -EINVAL, "would both be called \"train\"");
	options.split_names = "validation";
	plan_expect_refusal(f, &options, -EINVAL, "\"validation\" is not NAME=SHOWN");
	options.split_names = "validation=-x";
	plan_expect_refusal(f, &options, -EINVAL, "the name \"-x\" must begin with");
	options.split_names = "validatoin=val";
	plan_expect_refusal(f, &options, -EINVAL,
			    "no split \"validatoin\" (did you mean \"validation\"?)");
	fixture_catalog_free(f);
}

static void two_shards_never_have_one_name(void **state)
{
	struct fixture_catalog *f = in_splits("train", "train1");
	struct trfs_options options = listed(TRFS_CUT_CEILING, "train=12,train1=2");

	(void)state;
	plan_expect_refusal(f, &options, -EINVAL, "calls two shards train10;");
	options.shards = "train=10,train1=2";
	trfs_plan_free(plan_build(f, &options));
	options.shards = "train=12,train1=2";
	options.shard_names = "{split}{shard}";
	trfs_plan_free(plan_build(f, &options));
	options.shard_names = "{split}";
	plan_expect_refusal(f, &options, -EINVAL, "gives the 12 shards of \"train\" one");
	options.shard_names = "x{shard}";
	plan_expect_refusal(f, &options, -EINVAL,
			    "gives shards of \"train\" and \"train1\" one name");
	options.shard_names = "{split}-{split}-{split}-{split}-{split}-{shard}";
	options.split_names =
		"train=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	plan_expect_refusal(f, &options, -EINVAL, "longer than 255 bytes");
	fixture_catalog_free(f);
}

static void patterns_may_mix_where_names_are_not_the_usual_ones(void **state)
{
	struct fixture_catalog *f = in_splits("train", "train-extra");
	struct trfs_options options = listed(TRFS_CUT_EVEN, "1");

	(void)state;
	plan_build_and_expect(f, &options, "train0: 0 1\ntrain-extra0: 2 3\n");
	options.shard_names = NULL;
	plan_expect_refusal(f, &options, -EBADMSG, "the pattern train-* would match");
	fixture_catalog_free(f);
}

/* Every cut of every size: each example once, every shard found by its own name. */
static void every_plan_has_each_example_once_and_each_name_once(void **state)
{
	static const enum trfs_order orders[] = { TRFS_ORDER_SHUFFLED,
						  TRFS_ORDER_MANIFEST, TRFS_ORDER_LOCAL,
						  TRFS_ORDER_CLASSES, TRFS_ORDER_PYTHON };
	static const uint32_t sizes[] = { 1, 2, 7, 58, 101 };

	(void)state;
	for (uint32_t round = 0; round < 5 * 5 * 4; round++) {
		struct fixture_catalog *f = by_turns(sizes[round % 5]);
		struct trfs_options options =
			listed((enum trfs_cut)(1 + round / 25), "100");
		bool seen[101] = { false };
		struct trfs_plan *plan;

		options.order = orders[round / 5 % 5];
		options.shard_size = 3;
		if (options.cut == TRFS_CUT_BLOCKS)
			options.shards = NULL;
		plan = plan_build(f, &options);
		assert_int_equal(plan->nr_records, sizes[round % 5]);
		for (uint64_t r = 0; r < plan->nr_records; r++) {
			assert_false(seen[plan->order[r]]);
			seen[plan->order[r]] = true;
		}
		for (uint32_t s = 0; s < plan->nr_shards; s++) {
			char name[TRFS_SHARD_NAME_MAX];
			uint32_t found;

			trfs_plan_shard_name(plan, s, name);
			assert_true(trfs_plan_find_shard(plan, name, &found));
			assert_int_equal(found, s);
			assert_true(plan->shard_starts[s] <= plan->shard_starts[s + 1]);
		}
		assert_true(plan->shard_starts[plan->nr_shards] == plan->nr_records);
		trfs_plan_free(plan);
		fixture_catalog_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cut_makes_its_shards),
		cmocka_unit_test(cuts_that_cannot_be_are_explained),
		cmocka_unit_test(keep_every_counts_its_class_in_the_order_of_the_plan),
		cmocka_unit_test(augment_adds_copies_behind_the_original),
		cmocka_unit_test(rules_are_for_train_only),
		cmocka_unit_test(rules_that_cannot_be_are_explained),
		cmocka_unit_test(a_copy_is_made_by_the_rule_of_its_number),
		cmocka_unit_test(splits_are_called_otherwise_in_shard_names),
		cmocka_unit_test(two_shards_never_have_one_name),
		cmocka_unit_test(patterns_may_mix_where_names_are_not_the_usual_ones),
		cmocka_unit_test(every_plan_has_each_example_once_and_each_name_once),
	};

	return cmocka_run_group_tests_name("plan_cuts", tests, NULL, NULL);
}
