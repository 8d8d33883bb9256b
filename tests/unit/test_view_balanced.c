/* SPDX-License-Identifier: MIT */
/* balanced: how often each record comes, against a count made the slow way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NR_CLASSES 5 /* and one for records without */
#define NOBODY	   NR_CLASSES

/* Classes of 40, 13, 7, 1 and no images in train; some of two classes; two without. */
static struct view_fixture *uneven_root(void)
{
	static const uint32_t sizes[NR_CLASSES] = { 40, 13, 7, 1, 0 };
	struct fixture_catalog *f = fixture_catalog_new(NR_CLASSES);
	struct trfs_options options = plan_options();

	for (uint32_t c = 0; c < NR_CLASSES; c++) {
		for (uint32_t i = 0; i < sizes[c]; i++) {
			/* The same class twice, as of two objects, is one. */
			uint32_t labels[] = { 0, c, c };

			fixture_catalog_add(f,
					    &(struct fixture_example){
						    .path = "x.jpg",
						    .labels = i % 3 ? labels + 1 : labels,
						    .nr_labels = i % 3 ? 1 + i % 2 : 3,
						    .split = "train" });
		}
	}
	for (uint32_t i = 0; i < 12; i++)
		fixture_catalog_add(
			f, &(struct fixture_example){
				   .path = "x.jpg", .split = i < 2 ? "train" : "test" });
	return view_fixture_new(f, &options);
}

struct labels {
	size_t nr;
	const uint8_t *data;
};

static struct labels labels_of(const struct view_fixture *v, uint32_t record)
{
	struct labels labels;

	labels.data = trfs_catalog_labels(v->context.catalog,
					  trfs_plan_example(v->plan, record), &labels.nr);
	return labels;
}

static bool has_class(const struct view_fixture *v, uint32_t record, uint32_t class)
{
	struct labels labels = labels_of(v, record);
	bool has = false;

	for (size_t i = 0; i < labels.nr; i++)
		has |= trfs_catalog_label(labels.data, i) == class;
	return has;
}

static uint64_t count(const struct view_fixture *v, struct view_records records,
		      uint32_t class)
{
	uint64_t nr = 0;

	for (uint64_t i = 0; i < records.nr; i++)
		nr += has_class(v, records.items[i], class);
	return nr;
}

/* The class that each record counts for, by number in the root. */
static uint32_t *assign(const struct view_fixture *v, struct view_records train,
			uint64_t sizes[NR_CLASSES + 1])
{
	uint32_t *of_record = calloc(v->plan->nr_records, sizeof(*of_record));
	uint64_t common[NR_CLASSES];

	assert_non_null(of_record);
	for (uint32_t c = 0; c < NR_CLASSES; c++)
		common[c] = count(v, train, c);
	for (uint64_t i = 0; i < train.nr; i++) {
		uint32_t best = NOBODY;

		for (uint32_t c = 0; c < NR_CLASSES; c++)
			if (has_class(v, train.items[i], c) &&
			    (best == NOBODY || common[c] < common[best]))
				best = c;
		of_record[train.items[i]] = best;
		sizes[best]++;
	}
	return of_record;
}

static uint64_t target_of(const uint64_t sizes[NR_CLASSES + 1], uint32_t class,
			  const char *how)
{
	uint64_t most = 0, least = UINT64_MAX;

	for (uint32_t c = 0; c <= NR_CLASSES; c++) {
		most = sizes[c] > most ? sizes[c] : most;
		least = sizes[c] > 0 && sizes[c] < least ? sizes[c] : least;
	}
	if (sizes[class] == 0)
		return 0;
	if (strcmp(how, "") == 0)
		return most;
	if (strcmp(how, "/under") == 0)
		return least;
	return (uint64_t)llround((double)most * pow((double)sizes[class] / (double)most,
						    strtod(how + 1, NULL)));
}

static void every_record_comes_as_often_as_its_class_needs(void **state)
{
	static const char *const ways[] = { "",	    "/under", "/0",	"/1",	"/0.5",
					    "/0.1", "/0.999", "/0.001", "/0.25" };
	struct view_fixture *v = uneven_root();
	struct view_records train = view_records_of(v, "", "train");
	uint64_t sizes[NR_CLASSES + 1] = { 0 };
	uint32_t *of_record = assign(v, train, sizes);

	(void)state;
	for (size_t w = 0; w < TRFS_COUNT(ways); w++) {
		uint64_t of_class[NR_CLASSES + 1] = { 0 };
		uint64_t *times = calloc(v->plan->nr_records, sizeof(*times));
		struct view_records found;
		char path[32];

		assert_non_null(times);
		snprintf(path, sizeof(path), "balanced%s", ways[w]);
		found = view_records_of(v, path, "train");
		for (uint64_t i = 0; i < found.nr; i++) {
			times[found.items[i]]++;
			of_class[of_record[found.items[i]]]++;
		}
		for (uint32_t c = 0; c <= NR_CLASSES; c++)
			assert_int_equal(of_class[c], target_of(sizes, c, ways[w]));
		for (uint64_t i = 0; i < train.nr; i++) {
			uint32_t c = of_record[train.items[i]];

			assert_in_range(times[train.items[i]], of_class[c] / sizes[c],
					(of_class[c] + sizes[c] - 1) / sizes[c]);
		}
		free(times);
		free(found.items);
	}
	free(of_record);
	free(train.items);
	view_fixture_free(v);
}

static void other_splits_stay_as_they_are(void **state)
{
	struct view_fixture *v = uneven_root();
	struct view_records test = view_records_of(v, "", "test");

	(void)state;
	assert_int_equal(test.nr, 10);
	view_expect_split(v, "balanced", "test", test);
	view_expect_split(v, "balanced/under", "test", test);
	free(test.items);
	view_fixture_free(v);
}

/* No class stands in a block: the first half has about half of each. */
static void classes_are_mixed(void **state)
{
	struct view_fixture *v = uneven_root();
	struct view_records found = view_records_of(v, "balanced", "train");
	struct view_records half = { found.nr / 2, found.items };

	(void)state;
	for (uint32_t c = 1; c < 4; c++)
		assert_in_range(count(v, half, c), count(v, found, c) / 4,
				3 * count(v, found, c) / 4);
	free(found.items);
	view_fixture_free(v);
}

static void an_epoch_of_it_is_another_order(void **state)
{
	struct view_fixture *v = uneven_root();
	struct view_records a = view_records_of(v, "balanced", "train");
	struct view_records b = view_records_of(v, "balanced/epochs/1", "train");

	(void)state;
	assert_int_equal(a.nr, b.nr);
	assert_memory_not_equal(a.items, b.items, a.nr * sizeof(*a.items));
	view_records_sort(&a);
	view_records_sort(&b);
	view_expect_same(a, b);
	free(a.items);
	free(b.items);
	view_fixture_free(v);
}

static void one_class_is_balanced_as_it_is(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = plan_options();
	struct view_fixture *v;

	(void)state;
	fixture_catalog_add_class(f, 0, 9, "a");
	v = view_fixture_new(f, &options);
	for (int under = 0; under < 2; under++) {
		struct view_records all = view_records_of(v, "", "train");
		struct view_records found = view_records_of(
			v, under ? "balanced/under" : "balanced", "train");

		view_records_sort(&all);
		view_records_sort(&found);
		view_expect_same(all, found);
		free(all.items);
		free(found.items);
	}
	view_fixture_free(v);
}

static void without_classes_there_is_no_balance(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(0);
	struct trfs_options options = plan_options();
	struct view_fixture *v;

	(void)state;
	fixture_catalog_add(f, &(struct fixture_example){ .path = "x.jpg" });
	v = view_fixture_new(f, &options);
	view_expect_no_plan(v, "balanced");
	view_fixture_free(v);
}

/* Ten thousand classes of one image, and one of many. */
static void many_classes_are_few_records_each(void **state)
{
	struct fixture_catalog *f = fixture_catalog_new(10000);
	struct trfs_options options = plan_options();
	struct trfs_plan *plan;
	struct view_fixture *v;

	(void)state;
	for (uint32_t c = 0; c < 10000; c++)
		fixture_catalog_add_class(f, c, c == 77 ? 20 : 1, "a");
	v = view_fixture_new(f, &options);
	plan = view_plan(v, "balanced");
	assert_int_equal(plan->nr_records, 200000);
	trfs_plan_free(plan);
	plan = view_plan(v, "balanced/under");
	assert_int_equal(plan->nr_records, 10000);
	trfs_plan_free(plan);
	plan = view_plan(v, "by-class/class9999");
	assert_int_equal(plan->nr_records, 1);
	trfs_plan_free(plan);
	view_fixture_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_comes_as_often_as_its_class_needs),
		cmocka_unit_test(other_splits_stay_as_they_are),
		cmocka_unit_test(classes_are_mixed),
		cmocka_unit_test(an_epoch_of_it_is_another_order),
		cmocka_unit_test(one_class_is_balanced_as_it_is),
		cmocka_unit_test(without_classes_there_is_no_balance),
		cmocka_unit_test(many_classes_are_few_records_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
