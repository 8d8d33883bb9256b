/* SPDX-License-Identifier: MIT */
/* Views that choose records: against what the root has, looked through one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view_fixture.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const split_names[] = { "train", "validation", "test" };

static bool has_class(const struct view_fixture *v, uint64_t record, uint32_t class)
{
	size_t nr;
	const uint8_t *labels = trfs_catalog_labels(
		v->context.catalog, trfs_plan_example(v->plan, record), &nr);

	for (size_t i = 0; i < nr; i++)
		if (trfs_catalog_label(labels, i) == class)
			return true;
	return false;
}

/* What the root has of @name that is @wanted, in its order. */
static struct view_records choose(const struct view_fixture *v, const char *name,
				  bool (*wanted)(const struct view_fixture *, uint64_t))
{
	struct view_records records = view_records_of(v, "", name);
	uint64_t nr = 0;

	for (uint64_t i = 0; i < records.nr; i++)
		if (wanted(v, records.items[i]))
			records.items[nr++] = records.items[i];
	records.nr = nr;
	return records;
}

static bool is_of_class_3(const struct view_fixture *v, uint64_t record)
{
	return has_class(v, record, 3);
}

static bool is_p1(const struct view_fixture *v, uint64_t record)
{
	return trfs_plan_example(v->plan, record) % 7 == 1;
}

static bool is_nobody(const struct view_fixture *v, uint64_t record)
{
	return trfs_plan_example(v->plan, record) % 7 == 0;
}

static bool is_nobody_of_class_3(const struct view_fixture *v, uint64_t record)
{
	return is_nobody(v, record) && is_of_class_3(v, record);
}

static void only_what_is_chosen_stays(void **state)
{
	static const struct {
		const char *path;
		bool (*wanted)(const struct view_fixture *, uint64_t);
	} cases[] = {
		{ "by-class/class3", is_of_class_3 },
		{ "filter/patient_id=p1", is_p1 },
		{ "filter/patient_id=", is_nobody },
		{ "filter/patient_id=/by-class/class3", is_nobody_of_class_3 },
		{ "by-class/class3/filter/patient_id=", is_nobody_of_class_3 },
	};
	struct view_fixture *v = view_root();

	(void)state;
	for (size_t c = 0; c < TRFS_COUNT(cases); c++) {
		for (size_t i = 0; i < TRFS_COUNT(split_names); i++) {
			struct view_records expected =
				choose(v, split_names[i], cases[c].wanted);

			view_expect_split(v, cases[c].path, split_names[i], expected);
			free(expected.items);
		}
	}
	view_expect_no_plan(v, "filter/patient_id=p1/filter/patient_id=p2");
	view_expect_no_plan(v, "filter/subset=");
	view_fixture_free(v);
}

/* Cells of different kinds that read the same are the same value. */
static void filters_compare_what_cells_read_as(void **state)
{
	static const uint8_t three[] = { 'I', 3, 0, 0, 0, 0, 0, 0, 0 };
	static const uint8_t half[] = { 'R', 0, 0, 0, 0, 0, 0, 0xe0, 0x3f };
	static const uint8_t list[] = { 'L', 1, 0, 0, 0, 'a', 1, 0, 0, 0, 'b' };
	static const struct trfs_bytes cells[] = { { three, sizeof(three) },
						   { half, sizeof(half) },
						   { list, sizeof(list) } };
	static const char *const paths[] = { "filter/subset=3", "filter/subset=0.5",
					     "filter/subset=a|b" };
	static const char *const alike[] = { "3", "0.5", "a|b" };
	struct fixture_catalog *f = fixture_catalog_new(1);
	struct trfs_options options = plan_options();
	struct view_fixture *v;

	(void)state;
	for (size_t i = 0; i < 12; i++)
		fixture_catalog_add(f, &(struct fixture_example){
					       .path = "x.jpg",
					       .split = i < 9 ? NULL : alike[i % 3],
					       .split_cell = cells[i % 3] });
	f->catalog.split_column = TRFS_NO_COLUMN;
	v = view_fixture_new(f, &options);
	for (size_t i = 0; i < TRFS_COUNT(paths); i++) {
		struct view_records records = view_records_of(v, paths[i], "train");

		assert_int_equal(records.nr, 4);
		for (size_t k = 0; k < 4; k++)
			assert_int_equal(trfs_plan_example(v->plan, records.items[k]) % 3,
					 i);
		free(records.items);
	}
	view_expect_no_path(v, "filter/subset=3.0");
	view_expect_no_path(v, "filter/subset=03");
	view_expect_no_path(v, "filter/subset=a");
	view_expect_no_path(v, "filter/subset=.5");
	view_fixture_free(v);
}

static uint32_t set_of(const struct view_fixture *v, uint64_t record)
{
	return trfs_catalog_label_set(v->context.catalog,
				      trfs_plan_example(v->plan, record));
}

/* Each label set within one of its exact share, the order the root's. */
static void a_subset_has_classes_in_proportion(void **state)
{
	struct view_fixture *v = view_root();
	struct view_records all = view_records_of(v, "", "train");

	(void)state;
	for (uint32_t n = 1; n <= 160; n++) {
		struct view_records few;
		uint32_t of_all[16] = { 0 }, of_few[16] = { 0 };
		uint64_t at = 0;
		char path[32];

		snprintf(path, sizeof(path), "first/%u", n);
		few = view_records_of(v, path, "train");
		assert_int_equal(few.nr, n);
		for (uint64_t i = 0; i < all.nr; i++) {
			of_all[set_of(v, all.items[i])]++;
			if (at < n && few.items[at] == all.items[i]) {
				of_few[set_of(v, all.items[i])]++;
				at++;
			}
		}
		assert_int_equal(at, n);
		for (size_t s = 0; s < TRFS_COUNT(of_all); s++)
			assert_in_range(of_few[s], of_all[s] * n / 160,
					(of_all[s] * n + 159) / 160);
		free(few.items);
		few = view_records_of(v, path, "test");
		assert_int_equal(few.nr, n < 20 ? n : 20);
		free(few.items);
	}
	view_expect_no_plan(v, "first/161");
	view_expect_no_plan(v, "first/4294967295");
	view_expect_no_plan(v, "by-class/class3/first/160");
	free(all.items);
	view_fixture_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_chosen_stays),
		cmocka_unit_test(filters_compare_what_cells_read_as),
		cmocka_unit_test(a_subset_has_classes_in_proportion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
