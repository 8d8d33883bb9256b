/* SPDX-License-Identifier: MIT */
/*
 * Splits of whole groups.  The set that is measured is like a chest X-ray archive: 30,000
 * patients with 1 to 20 images, a tenth of the images positive, most patients all or
 * none of theirs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture_catalog.h"

#include "base/random.h"
#include "dataset/split.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define NR_PATIENTS 30000
#define SHARES	    "train=0.8,validation=0.1,test=0.1"

static void add_image(struct fixture_catalog *f, const char *group, uint32_t image,
		      uint32_t class)
{
	char path[64];

	snprintf(path, sizeof(path), "%s_%03u.png", group, image);
	fixture_catalog_add(f, &(struct fixture_example){
				       .path = path,
				       .size = 1000,
				       .labels = &class,
				       .nr_labels = 1,
				       .group = group,
			       });
}

/* @nr images of one class in one group. */
static void add_group(struct fixture_catalog *f, const char *group, uint32_t class,
		      uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++)
		add_image(f, group, i, class);
}

static void add_patients(struct fixture_catalog *f, uint32_t first, uint32_t nr)
{
	for (uint32_t p = first; p < first + nr; p++) {
		uint64_t state = 977 * (uint64_t)p, nr_images = 1;
		uint64_t percent_positive = 0;
		char group[16];

		/* Three in four have another image, up to 20. */
		while (nr_images < 20 && trfs_random_below(&state, 4) > 0)
			nr_images++;
		if (trfs_random_below(&state, 100) < 22)
			percent_positive = 5 + trfs_random_below(&state, 81);
		snprintf(group, sizeof(group), "p%05u", p);
		for (uint32_t i = 0; i < nr_images; i++)
			add_image(f, group, i,
				  trfs_random_below(&state, 100) < percent_positive);
	}
}

static int assign(struct fixture_catalog *f, const char *shares, bool stratify,
		  struct trfs_splits *splits, struct trfs_error *err)
{
	struct trfs_options options = { .seed = 42,
					.stratify = stratify,
					.split = shares };

	return trfs_splits_assign(fixture_catalog_finish(f), &options, splits, err);
}

static struct trfs_splits split(struct fixture_catalog *f, const char *shares,
				bool stratify)
{
	struct trfs_error err = { 0 };
	struct trfs_splits splits;

	if (assign(f, shares, stratify, &splits, &err) < 0)
		fail_msg("%s", err.message);
	return splits;
}

static void expect_no_group_in_two_splits(const struct fixture_catalog *f,
					  const struct trfs_splits *splits)
{
	uint32_t *of_group =
		malloc(f->columns[FIXTURE_GROUP].values.nr * sizeof(*of_group));

	assert_non_null(of_group);
	memset(of_group, 0xff, f->columns[FIXTURE_GROUP].values.nr * sizeof(*of_group));
	for (uint64_t i = 0; i < f->catalog.nr_examples; i++) {
		uint32_t group = f->numbers[FIXTURE_GROUP][i];

		if (of_group[group] == UINT32_MAX)
			of_group[group] = splits->of_example[i];
		assert_int_equal(of_group[group], splits->of_example[i]);
	}
	free(of_group);
}

/* How far from its share of the images of @class (-1: all) a split is, in 1/10,000. */
static uint32_t deviation(const struct fixture_catalog *f,
			  const struct trfs_splits *splits, int class,
			  uint32_t split_number, uint32_t parts_of_ten)
{
	uint64_t nr = 0, in_split = 0;
	double wanted, difference;

	for (uint64_t i = 0; i < f->catalog.nr_examples; i++) {
		size_t nr_labels;
		const uint8_t *labels = trfs_catalog_labels(&f->catalog, i, &nr_labels);

		if (class >= 0 && trfs_catalog_label(labels, 0) != (uint32_t) class)
			continue;
		nr++;
		in_split += splits->of_example[i] == split_number;
	}
	wanted = (double)nr * parts_of_ten / 10;
	difference = (double)in_split - wanted;
	return (uint32_t)(10000 * (difference < 0 ? -difference : difference) / wanted);
}

static void patients_stay_together_and_shares_come_out(void **state)
{
	static const uint32_t parts[] = { 8, 1, 1 };
	struct fixture_catalog *f = fixture_catalog_new(2);
	struct trfs_splits splits;

	(void)state;
	add_patients(f, 0, NR_PATIENTS);
	splits = split(f, SHARES, true);
	expect_no_group_in_two_splits(f, &splits);
	for (uint32_t i = 0; i < 3; i++) {
		assert_in_range(deviation(f, &splits, -1, i, parts[i]), 0, 10);
		/* Cutting anywhere in the right order gives 300 to 600. */
		assert_in_range(deviation(f, &splits, 0, i, parts[i]), 0, 20);
		assert_in_range(deviation(f, &splits, 1, i, parts[i]), 0, 80);
	}
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

static void added_patients_and_images_move_few_others(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(2);
	struct trfs_splits before, after;
	uint64_t nr, moved = 0;

	(void)state;
	add_patients(f, 0, NR_PATIENTS);
	before = split(f, SHARES, true);
	nr = f->catalog.nr_examples;
	add_patients(f, NR_PATIENTS, NR_PATIENTS / 100);
	for (uint32_t p = 0; p < NR_PATIENTS; p += 200) {
		char group[16];

		snprintf(group, sizeof(group), "p%05u", p);
		add_image(f, group, 99, p % 3 == 0);
	}
	after = split(f, SHARES, true);
	for (uint64_t i = 0; i < nr; i++)
		moved += before.of_example[i] != after.of_example[i];
	assert_in_range(moved, 0, nr / 200);
	trfs_splits_done(&before);
	trfs_splits_done(&after);
	fixture_catalog_free(f);
}

/* 500 people with 14 visits each: rounding every one alike would cost a third of test. */
static void many_classes_of_few_groups_add_up(void **state)
{
	static const uint32_t nr_visits[] = { 1, 3, 5, 14 };

	(void)state;
	for (size_t v = 0; v < sizeof(nr_visits) / sizeof(nr_visits[0]); v++) {
		struct fixture_catalog *f = fixture_catalog_new(500);
		struct trfs_splits splits;
		uint64_t random = v;

		for (uint32_t i = 0; i < 500 * nr_visits[v]; i++) {
			char group[16];

			snprintf(group, sizeof(group), "visit%u", i);
			add_group(f, group, i % 500,
				  1 + (uint32_t)trfs_random_below(&random, 29));
		}
		splits = split(f, SHARES, true);
		expect_no_group_in_two_splits(f, &splits);
		assert_in_range(deviation(f, &splits, -1, 0, 8), 0, 100);
		assert_in_range(deviation(f, &splits, -1, 1, 1), 0, 300);
		assert_in_range(deviation(f, &splits, -1, 2, 1), 0, 300);
		trfs_splits_done(&splits);
		fixture_catalog_free(f);
	}
}

/* Ten images of a common class do not hide the one of a rare class. */
static void a_group_stands_with_the_class_it_holds_most_of(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(2);
	struct trfs_splits splits;

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		char group[16];

		snprintf(group, sizeof(group), "g%u", i);
		add_group(f, group, 0, 10);
		if (i % 5 == 0)
			add_image(f, group, 10, 1);
	}
	splits = split(f, "train=0.9,test=0.1", true);
	assert_int_equal(deviation(f, &splits, 1, 0, 9), 0);
	assert_int_equal(deviation(f, &splits, 1, 1, 1), 0);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

/* Class 1 is often beside the rarer class 2, in groups that are cut before its own. */
static void what_rarer_classes_took_along_is_made_up_for(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(3);
	struct trfs_splits splits;

	(void)state;
	for (uint32_t i = 0; i < 2000; i++) {
		char group[16];

		snprintf(group, sizeof(group), "g%u", i);
		if (i < 20)
			add_group(f, group, 2, 1);
		if (i % 3 == 0 && i < 20)
			add_group(f, group, 1, 30);
		if (i >= 20 && i < 420)
			add_group(f, group, 1, 2);
		add_group(f, group, 0, i < 420 ? 1 : 5);
	}
	splits = split(f, "train=0.6,validation=0.2,test=0.2", true);
	assert_int_equal(deviation(f, &splits, 2, 0, 6), 0);
	assert_in_range(deviation(f, &splits, 1, 0, 6), 0, 50);
	assert_in_range(deviation(f, &splits, 1, 1, 2), 0, 100);
	assert_in_range(deviation(f, &splits, 1, 2, 2), 0, 100);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

/* Where every class is one group, one more must not shift all that come after it. */
static void classes_of_single_groups_stay_where_they_are(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(501);
	struct trfs_splits before, after;
	uint32_t moved = 0;

	(void)state;
	for (uint32_t class = 1; class <= 500; class ++) {
		char group[16];

		snprintf(group, sizeof(group), "person%u", class);
		add_group(f, group, class, 10);
	}
	before = split(f, SHARES, true);
	add_group(f, "newcomer", 0, 9);
	after = split(f, SHARES, true);
	for (uint32_t i = 0; i < 5000; i += 10)
		moved += before.of_example[i] != after.of_example[i];
	assert_in_range(moved, 0, 4);
	trfs_splits_done(&before);
	trfs_splits_done(&after);
	fixture_catalog_free(f);
}

/* Six scenes of animals, people, ...: what is never trained on cannot be tested. */
static void classes_of_few_groups_are_trained_on(void **state)
{
	enum { NR_CLASSES = 6 };
	struct fixture_catalog *f = fixture_catalog_new(NR_CLASSES);

	(void)state;
	for (uint32_t i = 0; i < 16; i++) {
		char group[16];

		snprintf(group, sizeof(group), "scene%u", i);
		add_group(f, group, i % NR_CLASSES, 9);
	}
	for (uint64_t seed = 0; seed < 50; seed++) {
		bool trained[NR_CLASSES] = { false };
		struct trfs_options options;
		struct trfs_splits splits;

		trfs_options_init(&options);
		options.split = "train=0.6,validation=0.2,test=0.2";
		options.group_column = "group";
		options.seed = seed;
		assert_int_equal(trfs_splits_assign(fixture_catalog_finish(f), &options,
						    &splits, NULL),
				 0);
		for (uint32_t i = 0; i < 16 * 9; i++)
			if (splits.of_example[i] == 0)
				trained[i / 9 % NR_CLASSES] = true;
		for (uint32_t class = 0; class < NR_CLASSES; class ++)
			assert_true(trained[class]);
		trfs_splits_done(&splits);
	}
	fixture_catalog_free(f);
}

static void a_value_decides_for_its_group_not_its_place(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1), *g = fixture_catalog_new(1);
	struct trfs_splits in_f, in_g;

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		char group[16];

		snprintf(group, sizeof(group), "g%u", i);
		add_group(f, group, 0, 2);
		snprintf(group, sizeof(group), "g%u", 99 - i);
		add_group(g, group, 0, 2);
	}
	in_f = split(f, "0.6,0.2,0.2", true);
	in_g = split(g, "0.6,0.2,0.2", true);
	for (int i = 0; i < 200; i++)
		assert_int_equal(in_f.of_example[i], in_g.of_example[199 - i]);
	trfs_splits_done(&in_f);
	trfs_splits_done(&in_g);
	fixture_catalog_free(f);
	fixture_catalog_free(g);
}

static void without_strata_sizes_still_come_out(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(2);
	struct trfs_splits splits;

	(void)state;
	add_patients(f, 0, 3000);
	splits = split(f, SHARES, false);
	expect_no_group_in_two_splits(f, &splits);
	assert_in_range(deviation(f, &splits, -1, 0, 8), 0, 20);
	assert_in_range(deviation(f, &splits, -1, 1, 1), 0, 100);
	assert_in_range(deviation(f, &splits, -1, 2, 1), 0, 100);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

/* Where labels do not tell how large groups are, sizes have the last word. */
static void the_most_common_class_makes_sizes_come_out(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_splits splits;
	uint64_t random = 1;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		uint64_t nr = 1 + trfs_random_below(&random, 20);
		char group[16];

		snprintf(group, sizeof(group), "g%u", i);
		add_image(f, group, 0, 0);
		for (uint64_t j = 1; j < nr; j++)
			fixture_catalog_add(f, &(struct fixture_example){
						       .path = group,
						       .group = group,
					       });
	}
	splits = split(f, SHARES, true);
	assert_in_range(deviation(f, &splits, -1, 0, 8), 0, 15);
	assert_in_range(deviation(f, &splits, -1, 1, 1), 0, 200);
	assert_in_range(deviation(f, &splits, -1, 2, 1), 0, 200);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

static void images_without_a_label_are_split_too(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(0);
	struct trfs_splits splits;

	(void)state;
	for (uint32_t i = 0; i < 40; i++) {
		char name[16];

		snprintf(name, sizeof(name), "g%u", i / 2);
		fixture_catalog_add(f, &(struct fixture_example){
					       .path = name,
					       .group = name,
				       });
	}
	splits = split(f, "train=0.9,test=0.1", true);
	expect_no_group_in_two_splits(f, &splits);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

static void too_few_groups_are_refused(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_error err = { 0 };
	struct trfs_splits splits;

	(void)state;
	add_group(f, "a", 0, 50);
	add_group(f, "b", 0, 50);
	assert_int_equal(assign(f, SHARES, true, &splits, &err), -EBADMSG);
	assert_non_null(strstr(err.message, "would be empty: images with the same "
					    "\"patient_id\" stay together"));
	fixture_catalog_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patients_stay_together_and_shares_come_out),
		cmocka_unit_test(added_patients_and_images_move_few_others),
		cmocka_unit_test(many_classes_of_few_groups_add_up),
		cmocka_unit_test(a_group_stands_with_the_class_it_holds_most_of),
		cmocka_unit_test(what_rarer_classes_took_along_is_made_up_for),
		cmocka_unit_test(classes_of_single_groups_stay_where_they_are),
		cmocka_unit_test(classes_of_few_groups_are_trained_on),
		cmocka_unit_test(a_value_decides_for_its_group_not_its_place),
		cmocka_unit_test(without_strata_sizes_still_come_out),
		cmocka_unit_test(the_most_common_class_makes_sizes_come_out),
		cmocka_unit_test(images_without_a_label_are_split_too),
		cmocka_unit_test(too_few_groups_are_refused),
	};

	return cmocka_run_group_tests_name("split_grouped", tests, NULL, NULL);
}
