/* SPDX-License-Identifier: MIT */
/* Views of a root that was made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view_fixture.h"

#include "base/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct view_fixture *view_fixture_new(struct fixture_catalog *catalog,
				      const struct trfs_options *options)
{
	struct view_fixture *v = calloc(1, sizeof(*v));

	assert_non_null(v);
	v->catalog = catalog;
	v->options = *options;
	fixture_catalog_finish(catalog);
	v->column_names = trfs_string_table_new();
	assert_non_null(v->column_names);
	for (int i = 0; i < FIXTURE_NR_COLUMNS; i++)
		assert_int_equal(trfs_string_table_add(v->column_names,
						       catalog->columns[i].name, NULL),
				 0);
	v->plan = plan_build(catalog, &v->options);
	catalog->catalog.column_names = trfs_string_table_view(v->column_names);
	v->context = (struct trfs_view_context){ .catalog = &catalog->catalog,
						 .plan = v->plan,
						 .options = &v->options };
	return v;
}

void view_fixture_free(struct view_fixture *v)
{
	trfs_plan_free(v->plan);
	trfs_string_table_free(v->column_names);
	fixture_catalog_free(v->catalog);
	free(v);
}

static uint64_t record_size(void *user, uint64_t record)
{
	(void)user;
	return VIEW_RECORD_SIZE(record);
}

static int build(const struct view_fixture *v, const char *path, struct trfs_plan **ret,
		 struct trfs_error *err)
{
	struct trfs_view_spec spec;

	if (trfs_view_path_parse(&v->context, path, &spec) != TRFS_VIEW_WHOLE)
		fail_msg("%s is not the path of a view", path);
	return trfs_view_plan_build(&v->context, &spec, record_size, NULL, ret, err);
}

struct trfs_plan *view_plan(const struct view_fixture *v, const char *path)
{
	struct trfs_error err = { 0 };
	struct trfs_plan *plan = NULL;

	if (build(v, path, &plan, &err) < 0)
		fail_msg("%s: %s", path, err.message);
	return plan;
}

void view_expect_no_path(const struct view_fixture *v, const char *path)
{
	struct trfs_view_spec spec;

	if (trfs_view_path_parse(&v->context, path, &spec) != TRFS_VIEW_NONE)
		fail_msg("%s leads somewhere", path);
}

void view_expect_no_plan(const struct view_fixture *v, const char *path)
{
	struct trfs_error err = { 0 };
	struct trfs_plan *plan = NULL;

	if (build(v, path, &plan, &err) != -ENOENT)
		fail_msg("%s is a view, or there was no memory", path);
	assert_null(plan);
	assert_true(strlen(err.message) > 0);
}

static bool find_split(const struct trfs_plan *plan, const char *name, uint32_t *ret)
{
	for (uint32_t i = 0; i < plan->nr_splits; i++) {
		*ret = i;
		if (trfs_bytes_equal(trfs_strings_get(&plan->split_names, i),
				     trfs_bytes_of(name)))
			return true;
	}
	return false;
}

/* Shards follow one another and differ by at most one record; none is empty. */
static void check_shards(const struct trfs_plan *plan, uint32_t split)
{
	const struct trfs_plan_split *s = &plan->splits[split];
	uint64_t next = s->first;

	assert_true(s->nr_shards > 0 && s->nr_records > 0);
	for (uint32_t k = 0; k < s->nr_shards; k++) {
		struct trfs_shard_range range =
			trfs_plan_shard_range(plan, s->first_shard + k);

		assert_int_equal(range.split, split);
		assert_int_equal(range.first, next);
		assert_in_range(range.nr_records, s->nr_records / s->nr_shards,
				(s->nr_records + s->nr_shards - 1) / s->nr_shards);
		next += range.nr_records;
	}
	assert_int_equal(next, s->first + s->nr_records);
}

struct view_records view_records(const struct trfs_plan *plan, const char *name)
{
	struct view_records records = { 0 };
	uint32_t split;

	if (!find_split(plan, name, &split))
		return records;
	check_shards(plan, split);
	records.nr = plan->splits[split].nr_records;
	records.items = malloc(records.nr * sizeof(*records.items));
	assert_non_null(records.items);
	trfs_plan_origins(plan, plan->splits[split].first, records.nr, records.items);
	for (uint64_t i = 0; i < records.nr; i++)
		assert_int_equal(records.items[i],
				 trfs_plan_origin(plan, plan->splits[split].first + i));
	return records;
}

uint32_t view_nr_shards(const struct trfs_plan *plan, const char *name)
{
	uint32_t split;

	return find_split(plan, name, &split) ? plan->splits[split].nr_shards : 0;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void view_records_sort(struct view_records *records)
{
	if (records->nr > 0)
		qsort(records->items, records->nr, sizeof(*records->items), compare);
}

struct view_fixture *view_root_of(const struct trfs_options *options)
{
	struct fixture_catalog *f = fixture_catalog_new(4);
	uint64_t state = 1;

	for (uint32_t i = 0; i < 200; i++) {
		uint32_t classes[2] = { (uint32_t)trfs_random_below(&state, 3), 3 };
		const char *split = i % 10 == 3 ? "test" : "train";
		char patient[8];

		snprintf(patient, sizeof(patient), "p%u", i % 7);
		fixture_catalog_add(
			f, &(struct fixture_example){ .path = "x.jpg",
						      .size = 1000,
						      .labels = classes,
						      .nr_labels = i % 29 ? 1 : 2,
						      .group = i % 7 ? patient : NULL,
						      .split = i % 10 == 7 ? "validation"
									   : split });
	}
	f->catalog.group_column = TRFS_NO_COLUMN;
	return view_fixture_new(f, options);
}

struct view_fixture *view_root(void)
{
	struct trfs_options options = plan_options();

	return view_root_of(&options);
}

void view_expect_same(struct view_records a, struct view_records b)
{
	assert_int_equal(a.nr, b.nr);
	if (a.nr > 0)
		assert_memory_equal(a.items, b.items, a.nr * sizeof(*a.items));
}

struct view_records view_records_of(const struct view_fixture *v, const char *path,
				    const char *name)
{
	struct trfs_plan *plan = view_plan(v, path);
	struct view_records records = view_records(plan, name);

	trfs_plan_free(plan);
	return records;
}

void view_expect_split(const struct view_fixture *v, const char *path, const char *name,
		       struct view_records expected)
{
	struct view_records found = view_records_of(v, path, name);

	view_expect_same(found, expected);
	free(found.items);
}
