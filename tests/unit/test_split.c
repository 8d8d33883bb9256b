/* SPDX-License-Identifier: MIT */
/* What --split may say, and splits that the manifest names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture_catalog.h"

#include "dataset/split.h"
#include "dataset/split_shares.h"

#include <errno.h>
#include <stdio.h>

static const uint32_t class_zero;

/* 0 expects success; else the code and a part of the sentence. */
static void expect_parse(const char *text, const char *part)
{
	struct trfs_error err = { 0 };
	struct trfs_shares shares;
	int rc = trfs_shares_parse(text, &shares, &err);

	if (!part) {
		if (rc != 0)
			fail_msg("\"%s\" failed: %s", text, err.message);
		return;
	}
	if (rc != -EINVAL || !strstr(err.message, part))
		fail_msg("\"%s\" gave %d \"%s\" without \"%s\"", text, rc, err.message,
			 part);
	/* The sentence is optional, the code is not. */
	assert_int_equal(trfs_shares_parse(text, &shares, NULL), -EINVAL);
}

static void shares_are_exact_billionths(void **state)
{
	struct trfs_shares shares;

	(void)state;
	assert_int_equal(trfs_shares_parse("train=0.8,val=10%,test= .1 ", &shares, NULL),
			 0);
	assert_int_equal(shares.nr, 3);
	assert_int_equal(shares.parts[0], 800000000);
	assert_int_equal(shares.parts[1], 100000000);
	assert_int_equal(shares.parts[2], 100000000);
	assert_string_equal(shares.names[1], "validation");
	assert_int_equal(shares.total, TRFS_SHARES_ONE);

	assert_int_equal(
		trfs_shares_parse("a=33.3333333333%,b=66.66666666666%", &shares, NULL),
		0);
	assert_int_equal(shares.parts[0], 333333333);
	assert_int_equal(shares.parts[1], 666666667);
}

static void plain_numbers_are_train_validation_test(void **state)
{
	struct trfs_shares shares;

	(void)state;
	assert_int_equal(trfs_shares_parse("0.7,0.15,0.15", &shares, NULL), 0);
	assert_int_equal(shares.nr, 3);
	assert_string_equal(shares.names[2], "test");
	assert_int_equal(shares.parts[2], 150000000);
	assert_int_equal(trfs_shares_parse("90%, 10%", &shares, NULL), 0);
	assert_int_equal(shares.nr, 2);
	assert_string_equal(shares.names[1], "validation");
}

static void usual_splits_come_first_and_others_as_typed(void **state)
{
	struct trfs_shares shares;

	(void)state;
	assert_int_equal(
		trfs_shares_parse("zoo=0.1,test=0.2,ant=0.3,TRAIN=0.4", &shares, NULL),
		0);
	assert_string_equal(shares.names[0], "train");
	assert_string_equal(shares.names[1], "test");
	assert_string_equal(shares.names[2], "zoo");
	assert_string_equal(shares.names[3], "ant");
	assert_int_equal(shares.parts[0], 400000000);
	assert_int_equal(shares.parts[3], 300000000);
}

static void wrong_shares_are_explained(void **state)
{
	(void)state;
	expect_parse("train=1", NULL);
	expect_parse("train=0.333333,val=0.333333,test=0.333333", NULL);
	expect_parse("train=0.8,test=0.1",
		     "--split train=0.8,test=0.1 adds up to 0.9; it must be 1");
	expect_parse("train=0.8,test=0.2001", "adds up to 1.0001; it must be 1");
	expect_parse("train=0.799998,test=0.2", "it must be 1");
	expect_parse("train=80,test=20",
		     "adds up to 100; it must be 1 (percentages end in %)");
	expect_parse("0.5", "train=0.8,validation=0.1,test=0.1");
	expect_parse("0.25,0.25,0.25,0.25", "type names");
	expect_parse("0.5,half", "the share of \"validation\" is \"half\"");
	expect_parse("0.5,", "the share of \"validation\" is \"\"");
	expect_parse("", "type names");
	expect_parse("train=0.9,0.1", "\"0.1\" is not NAME=SHARE");
	expect_parse("train=1,", "\"\" is not NAME=SHARE");
	expect_parse("train=0.5,val=0.25,valid=0.25", "names \"validation\" twice");
	expect_parse("train=1,test=0", "the share of \"test\" is 0; leave it out");
	expect_parse("train=1.2,test=-0.2", "the share of \"test\" is \"-0.2\"");
	expect_parse("train=1e0", "the share of \"train\" is \"1e0\"");
	expect_parse("train=99999999999999999999999", "type a number");
	expect_parse("train=.", "type a number");
	expect_parse("train=%", "type a number");
	expect_parse("=1", "the name \"\" is empty");
	expect_parse("a/b=1", "the name \"a/b\" may hold only");
	expect_parse("gr\xc3\xbcn=1", "may hold only");
	expect_parse(".hidden=1", "must begin with");
	expect_parse("x234567890123456789012345678901234567890123456789012345678901234=1",
		     "longer than 63");
	expect_parse("x23456789012345678901234567890123456789012345678901234567890123=1",
		     NULL);
}

/* A catalog whose split column holds these texts, one example each. */
static struct fixture_catalog *catalog_of_splits(const char *const *splits, size_t nr)
{
	struct fixture_catalog *f = fixture_catalog_new(1);

	for (size_t i = 0; i < nr; i++) {
		char path[32];

		snprintf(path, sizeof(path), "%zu.jpg", i);
		fixture_catalog_add(f, &(struct fixture_example){
					       .path = path,
					       .size = 100,
					       .labels = &class_zero,
					       .nr_labels = 1,
					       .split = splits[i],
				       });
	}
	fixture_catalog_finish(f);
	return f;
}

static struct trfs_options default_options(void)
{
	return (struct trfs_options){ .seed = 42, .stratify = true };
}

static void expect_refusal(struct fixture_catalog *f, const struct trfs_options *options,
			   int code, const char *part)
{
	struct trfs_error err = { 0 };
	struct trfs_splits splits;

	assert_int_equal(trfs_splits_assign(&f->catalog, options, &splits, &err), code);
	if (!strstr(err.message, part))
		fail_msg("\"%s\" is not in \"%s\"", part, err.message);
}

static void the_manifest_names_splits_in_any_spelling(void **state)
{
	static const char *const texts[] = { "val", "TRAIN", "zoo", "Training",
					     "ant", "train", "dev", "test" };
	static const char *const names[] = { "train", "validation", "test", "ant",
					     "zoo" };
	static const uint32_t expected[] = { 1, 0, 4, 0, 3, 0, 1, 2 };
	struct fixture_catalog *f = catalog_of_splits(texts, 8);
	struct trfs_options options = default_options();
	struct trfs_splits splits;

	(void)state;
	assert_int_equal(trfs_splits_assign(&f->catalog, &options, &splits, NULL), 0);
	assert_int_equal(splits.nr, 5);
	for (uint32_t i = 0; i < 5; i++)
		assert_string_equal(splits.names[i], names[i]);
	assert_memory_equal(splits.of_example, expected, sizeof(expected));
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

static void shares_win_over_the_manifest(void **state)
{
	static const char *const texts[] = { "a", "b", NULL, "c" };
	struct fixture_catalog *f = catalog_of_splits(texts, 4);
	struct trfs_options options = default_options();
	struct trfs_splits splits;

	(void)state;
	options.split = "train=0.5,test=0.5";
	assert_int_equal(trfs_splits_assign(&f->catalog, &options, &splits, NULL), 0);
	assert_int_equal(splits.nr, 2);
	assert_string_equal(splits.names[1], "test");
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

static void rows_without_a_split_are_counted_and_the_first_named(void **state)
{
	static const char *const texts[] = { "train", NULL, "test", NULL, NULL };
	struct trfs_options options = default_options();
	struct fixture_catalog *f = catalog_of_splits(texts, 5);

	(void)state;
	expect_refusal(f, &options, -EBADMSG, "3 rows lack a split (first: 1.jpg)");
	fixture_catalog_free(f);
	f = catalog_of_splits(texts, 3);
	expect_refusal(f, &options, -EBADMSG, "1 row lacks a split (first: 1.jpg)");
	fixture_catalog_free(f);
}

static void a_column_of_other_things_is_no_split(void **state)
{
	const char *texts[900];
	char text[900][16];
	struct trfs_options options = default_options();
	struct fixture_catalog *f;

	(void)state;
	for (size_t i = 0; i < 900; i++) {
		/* Some are no names at all: that is not what is wrong here. */
		snprintf(text[i], sizeof(text[i]), "a b/%zu", i % 812);
		texts[i] = text[i];
	}
	f = catalog_of_splits(texts, 900);
	expect_refusal(f, &options, -EBADMSG,
		       "column \"subset\" has 812 different values, too many for splits");
	fixture_catalog_free(f);

	texts[0] = "train";
	texts[1] = "a b";
	f = catalog_of_splits(texts, 2);
	expect_refusal(f, &options, -EBADMSG,
		       "1.jpg: the split \"a b\" in column \"subset\" may hold only");
	fixture_catalog_free(f);

	texts[1] = "train-extra";
	f = catalog_of_splits(texts, 2);
	expect_refusal(f, &options, -EBADMSG, "train-* would match");
	fixture_catalog_free(f);
}

static void numbers_name_splits_and_lists_do_not(void **state)
{
	static const uint8_t ten[9] = { 'I', 10 }, two[9] = { 'I', 2 };
	static const uint8_t list[] = { 'L', 1, 0, 0, 0, 'a', 1, 0, 0, 0, 'b' };
	const struct trfs_bytes cells[] = {
		{ ten, 9 }, { two, 9 }, { ten, 9 }, { list, 11 }
	};
	struct fixture_catalog *f = fixture_catalog_new(0);
	struct trfs_options options = default_options();
	struct trfs_splits splits;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char path[] = { (char)('0' + i), '\0' };

		if (i == 3) {
			assert_int_equal(trfs_splits_assign(fixture_catalog_finish(f),
							    &options, &splits, NULL),
					 0);
			assert_int_equal(splits.nr, 2);
			assert_string_equal(splits.names[0], "10");
			assert_string_equal(splits.names[1], "2");
			assert_int_equal(splits.of_example[1], 1);
			assert_int_equal(splits.of_example[2], 0);
			trfs_splits_done(&splits);
		}
		fixture_catalog_add(f, &(struct fixture_example){
					       .path = path,
					       .split_cell = cells[i],
				       });
	}
	fixture_catalog_finish(f);
	expect_refusal(f, &options, -EBADMSG,
		       "3: column \"subset\" names several splits");
	fixture_catalog_free(f);
}

static void sixty_four_splits_are_fine_and_one_more_is_not(void **state)
{
	const char *texts[65];
	char text[65][16];
	struct trfs_options options = default_options();
	struct fixture_catalog *f;
	struct trfs_splits splits;

	(void)state;
	for (size_t i = 0; i < 65; i++) {
		snprintf(text[i], sizeof(text[i]), "fold%zu", i);
		texts[i] = text[i];
	}
	f = catalog_of_splits(texts, 64);
	assert_int_equal(trfs_splits_assign(&f->catalog, &options, &splits, NULL), 0);
	assert_int_equal(splits.nr, 64);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
	f = catalog_of_splits(texts, 65);
	expect_refusal(f, &options, -EBADMSG, "65 different values");
	fixture_catalog_free(f);
}

static void without_anything_all_is_train(void **state)
{
	struct fixture_catalog *f = catalog_of_splits((const char *const[3]){ NULL }, 3);
	struct trfs_options options = default_options();
	struct trfs_splits splits;

	(void)state;
	assert_int_equal(trfs_splits_assign(&f->catalog, &options, &splits, NULL), 0);
	assert_int_equal(splits.nr, 1);
	assert_string_equal(splits.names[0], "train");
	for (int i = 0; i < 3; i++)
		assert_int_equal(splits.of_example[i], 0);
	trfs_splits_done(&splits);
	f->catalog.nr_examples = 0;
	expect_refusal(f, &options, -EBADMSG, "there are no images");
	fixture_catalog_free(f);
}

static void patterns_of_splits_must_not_overlap(void **state)
{
	struct fixture_catalog *f = catalog_of_splits((const char *const[3]){ NULL }, 3);
	struct trfs_options options = default_options();
	struct trfs_splits splits;

	(void)state;
	options.split = "train=0.5,train-b=0.5";
	expect_refusal(f, &options, -EINVAL,
		       "--split: the pattern train-* would match the shards of split "
		       "\"train-b\" too; call it \"train_b\"");
	options.split = "train=0.5,train_b=0.5";
	assert_int_equal(trfs_splits_assign(&f->catalog, &options, &splits, NULL), 0);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_are_exact_billionths),
		cmocka_unit_test(plain_numbers_are_train_validation_test),
		cmocka_unit_test(usual_splits_come_first_and_others_as_typed),
		cmocka_unit_test(wrong_shares_are_explained),
		cmocka_unit_test(the_manifest_names_splits_in_any_spelling),
		cmocka_unit_test(shares_win_over_the_manifest),
		cmocka_unit_test(rows_without_a_split_are_counted_and_the_first_named),
		cmocka_unit_test(a_column_of_other_things_is_no_split),
		cmocka_unit_test(numbers_name_splits_and_lists_do_not),
		cmocka_unit_test(sixty_four_splits_are_fine_and_one_more_is_not),
		cmocka_unit_test(without_anything_all_is_train),
		cmocka_unit_test(patterns_of_splits_must_not_overlap),
	};

	return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
