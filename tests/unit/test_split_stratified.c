/* SPDX-License-Identifier: MIT */
/* Shares of label sets: exact, right in total, and steady when images are added. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture_catalog.h"

#include "dataset/split.h"

#include <errno.h>
#include <stdio.h>

#define NR_SPLITS_MAX 4

/* Split a catalog; @options may be changed before. */
static struct trfs_splits split(struct fixture_catalog *f, const char *shares,
				bool stratify)
{
	struct trfs_options options = { .seed = 42,
					.stratify = stratify,
					.split = shares };
	struct trfs_error err = { 0 };
	struct trfs_splits splits;

	if (trfs_splits_assign(fixture_catalog_finish(f), &options, &splits, &err) < 0)
		fail_msg("%s", err.message);
	return splits;
}

/* Examples whose first class is @class (-1: any) in each split. */
static void count(const struct fixture_catalog *f, const struct trfs_splits *splits,
		  int class, uint32_t counts[NR_SPLITS_MAX])
{
	memset(counts, 0, NR_SPLITS_MAX * sizeof(*counts));
	for (uint64_t i = 0; i < f->catalog.nr_examples; i++) {
		size_t nr;
		const uint8_t *labels = trfs_catalog_labels(&f->catalog, i, &nr);

		if (class < 0 || trfs_catalog_label(labels, 0) == (uint32_t) class)
			counts[splits->of_example[i]]++;
	}
}

static void expect_counts(const struct fixture_catalog *f,
			  const struct trfs_splits *splits, int class, uint32_t a,
			  uint32_t b, uint32_t c)
{
	uint32_t counts[NR_SPLITS_MAX];

	count(f, splits, class, counts);
	if (counts[0] != a || counts[1] != b || counts[2] != c)
		fail_msg("class %d: %u/%u/%u instead of %u/%u/%u", class, counts[0],
			 counts[1], counts[2], a, b, c);
}

static void ten_images_at_a_tenth_are_one(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(3);
	struct trfs_splits splits;

	(void)state;
	fixture_catalog_add_class(f, 0, 10, "a");
	fixture_catalog_add_class(f, 1, 1000, "b");
	fixture_catalog_add_class(f, 2, 70, "c");
	splits = split(f, "train=0.8,validation=0.1,test=0.1", true);
	expect_counts(f, &splits, 0, 8, 1, 1);
	expect_counts(f, &splits, 1, 800, 100, 100);
	expect_counts(f, &splits, 2, 56, 7, 7);
	trfs_splits_done(&splits);
	splits = split(f, "70%,10%,20%", true);
	expect_counts(f, &splits, 0, 7, 1, 2);
	expect_counts(f, &splits, 2, 49, 7, 14);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

static void the_largest_remainder_is_rounded_up(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(2);
	struct trfs_splits splits;

	(void)state;
	fixture_catalog_add_class(f, 0, 7, "a"); /* 4.9, 1.05, 1.05 */
	fixture_catalog_add_class(f, 1, 9, "b"); /* 6.3, 1.35, 1.35: a tie for the last */
	splits = split(f, "train=0.7,validation=0.15,test=0.15", true);
	expect_counts(f, &splits, 0, 5, 1, 1);
	expect_counts(f, &splits, 1, 6, 2, 1);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

static void ties_go_to_the_split_that_is_behind(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(2);
	struct trfs_splits splits;

	(void)state;
	fixture_catalog_add_class(f, 0, 5, "a"); /* 4, 0.5, 0.5 */
	fixture_catalog_add_class(f, 1, 5, "b");
	splits = split(f, "train=0.8,validation=0.1,test=0.1", true);
	expect_counts(f, &splits, 0, 4, 1, 0);
	expect_counts(f, &splits, 1, 4, 0, 1);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

static void split_equal_classes(uint32_t nr_classes, uint32_t size,
				uint32_t counts[NR_SPLITS_MAX])
{
	struct fixture_catalog *f = fixture_catalog_new(nr_classes);
	struct trfs_splits splits;

	for (uint32_t class = 0; class < nr_classes; class ++) {
		char prefix[32];

		snprintf(prefix, sizeof(prefix), "c%u", class);
		fixture_catalog_add_class(f, class, size, prefix);
	}
	splits = split(f, "train=0.8,validation=0.1,test=0.1", true);
	count(f, &splits, -1, counts);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

/* Alone, each of these classes would round the same way as all the others. */
static void many_small_classes_add_up(void **state)
{
	static const uint32_t sizes[] = { 1, 2, 3, 5, 6, 13, 14, 16, 17, 23, 24 };
	uint32_t counts[NR_SPLITS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint32_t nr = 1000 * sizes[i], near = nr / 200 + 1;

		split_equal_classes(1000, sizes[i], counts);
		if (counts[0] + near < nr * 8 / 10 || counts[0] > nr * 8 / 10 + near ||
		    counts[1] + near < nr / 10 || counts[1] > nr / 10 + near ||
		    counts[2] + near < nr / 10 || counts[2] > nr / 10 + near)
			fail_msg("1,000 classes of %u: %u/%u/%u", sizes[i], counts[0],
				 counts[1], counts[2]);
	}
}

static void no_split_loses_the_last_image_of_a_class_to_the_total(void **state)
{
	uint32_t counts[NR_SPLITS_MAX];

	(void)state;
	split_equal_classes(1000, 7, counts); /* 5, 1, 1 each */
	assert_int_equal(counts[0], 5000);
	assert_int_equal(counts[1], 1000);
	assert_int_equal(counts[2], 1000);
}

static void a_few_tiny_classes_fill_every_split(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(3);
	struct trfs_splits splits;

	(void)state;
	for (uint32_t class = 0; class < 3; class ++)
		fixture_catalog_add_class(f, class, 3,
					  (const char *[]){ "a", "b", "c" }[class]);
	splits = split(f, "train=0.8,validation=0.1,test=0.1", true);
	expect_counts(f, &splits, -1, 7, 1, 1);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

static void the_order_within_a_cell_does_not_make_a_stratum(void **state)
{
	static const uint32_t ab[] = { 0, 1 }, ba[] = { 1, 0 };
	struct fixture_catalog *f = fixture_catalog_new(2);
	struct trfs_splits splits;
	uint32_t counts[NR_SPLITS_MAX];

	(void)state;
	for (int i = 0; i < 10; i++) {
		char path[32];

		snprintf(path, sizeof(path), "%d.jpg", i);
		fixture_catalog_add(f, &(struct fixture_example){
					       .path = path,
					       .labels = i % 2 ? ab : ba,
					       .nr_labels = 2,
				       });
	}
	fixture_catalog_add_class(f, 0, 10, "a");
	splits = split(f, "train=0.9,test=0.1", true);
	/* Two sets of five would give 5 and 4; one set of ten gives 9. */
	memset(counts, 0, sizeof(counts));
	for (int i = 0; i < 10; i++)
		counts[splits.of_example[i]]++;
	assert_int_equal(counts[0], 9);
	assert_int_equal(counts[1], 1);
	trfs_splits_done(&splits);
	fixture_catalog_free(f);
}

static void without_strata_only_the_total_counts(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(40);
	struct trfs_splits with, without;
	uint32_t differ = 0, counts[NR_SPLITS_MAX];

	(void)state;
	for (uint32_t class = 0; class < 40; class ++) {
		char prefix[32];

		snprintf(prefix, sizeof(prefix), "c%u", class);
		fixture_catalog_add_class(f, class, 10, prefix);
	}
	with = split(f, "0.8,0.1,0.1", true);
	without = split(f, "0.8,0.1,0.1", false);
	expect_counts(f, &without, -1, 320, 40, 40);
	for (uint32_t class = 0; class < 40; class ++) {
		expect_counts(f, &with, (int)class, 8, 1, 1);
		count(f, &without, (int)class, counts);
		differ += counts[0] != 8 || counts[1] != 1;
	}
	assert_true(differ > 10);
	trfs_splits_done(&with);
	trfs_splits_done(&without);
	fixture_catalog_free(f);
}

static void added_images_move_few_others(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(2);
	struct trfs_splits before, after;
	uint32_t moved[2] = { 0 };

	(void)state;
	fixture_catalog_add_class(f, 0, 1000, "cat");
	fixture_catalog_add_class(f, 1, 1000, "dog");
	before = split(f, "train=0.8,validation=0.1,test=0.1", true);
	fixture_catalog_add_class(f, 0, 10, "new-cat");
	fixture_catalog_add_class(f, 1, 10, "new-dog");
	after = split(f, "train=0.8,validation=0.1,test=0.1", true);
	for (int i = 0; i < 2000; i++)
		moved[i / 1000] += before.of_example[i] != after.of_example[i];
	assert_in_range(moved[0], 0, 6);
	assert_in_range(moved[1], 0, 6);
	trfs_splits_done(&before);
	trfs_splits_done(&after);
	fixture_catalog_free(f);
}

static void the_order_of_the_manifest_does_not_matter(void **state)
{
	struct fixture_catalog *a = fixture_catalog_new(2), *b = fixture_catalog_new(2);
	struct trfs_splits in_a, in_b;

	(void)state;
	fixture_catalog_add_class(a, 0, 500, "cat");
	fixture_catalog_add_class(a, 1, 300, "dog");
	fixture_catalog_add_class(b, 1, 300, "dog");
	fixture_catalog_add_class(b, 0, 500, "cat");
	in_a = split(a, "0.7,0.15,0.15", true);
	in_b = split(b, "0.7,0.15,0.15", true);
	assert_memory_equal(in_a.of_example, in_b.of_example + 300,
			    500 * sizeof(uint32_t));
	assert_memory_equal(in_a.of_example + 500, in_b.of_example,
			    300 * sizeof(uint32_t));
	trfs_splits_done(&in_a);
	trfs_splits_done(&in_b);
	fixture_catalog_free(a);
	fixture_catalog_free(b);
}

static void the_seed_decides(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = { .seed = 1, .stratify = true, .split = "0.5,0.5" };
	struct trfs_splits one, two;

	(void)state;
	fixture_catalog_add_class(f, 0, 100, "cat");
	fixture_catalog_finish(f);
	assert_int_equal(trfs_splits_assign(&f->catalog, &options, &one, NULL), 0);
	options.seed = 2;
	assert_int_equal(trfs_splits_assign(&f->catalog, &options, &two, NULL), 0);
	assert_memory_not_equal(one.of_example, two.of_example, 100 * sizeof(uint32_t));
	trfs_splits_done(&one);
	trfs_splits_done(&two);
	fixture_catalog_free(f);
}

static void an_empty_split_is_refused(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = {
		.seed = 42,
		.stratify = true,
		.split = "train=0.95,test=0.05",
	};
	struct trfs_error err = { 0 };
	struct trfs_splits splits;

	(void)state;
	fixture_catalog_add_class(f, 0, 9, "a");
	assert_int_equal(
		trfs_splits_assign(fixture_catalog_finish(f), &options, &splits, &err),
		-EBADMSG);
	assert_string_equal(err.message,
			    "split \"test\" would be empty: 9 images at a share of 0.05; "
			    "raise its share or leave it out");
	fixture_catalog_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_images_at_a_tenth_are_one),
		cmocka_unit_test(the_largest_remainder_is_rounded_up),
		cmocka_unit_test(ties_go_to_the_split_that_is_behind),
		cmocka_unit_test(many_small_classes_add_up),
		cmocka_unit_test(no_split_loses_the_last_image_of_a_class_to_the_total),
		cmocka_unit_test(a_few_tiny_classes_fill_every_split),
		cmocka_unit_test(the_order_within_a_cell_does_not_make_a_stratum),
		cmocka_unit_test(without_strata_only_the_total_counts),
		cmocka_unit_test(added_images_move_few_others),
		cmocka_unit_test(the_order_of_the_manifest_does_not_matter),
		cmocka_unit_test(the_seed_decides),
		cmocka_unit_test(an_empty_split_is_refused),
	};

	return cmocka_run_group_tests_name("split_stratified", tests, NULL, NULL);
}
