/* SPDX-License-Identifier: MIT */
/* Collects examples in growing arrays and string tables, as the catalog itself does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture_catalog.h"

#include <stdio.h>
#include <stdlib.h>

static uint32_t intern(struct trfs_string_table *table, const void *data, size_t len)
{
	struct trfs_bytes bytes = { data, len };
	uint32_t number;
	bool is_new;

	assert_int_equal(trfs_string_table_intern(table, bytes, &number, &is_new), 0);
	return number;
}

static struct trfs_string_table *new_table(void)
{
	struct trfs_string_table *table = trfs_string_table_new();

	assert_non_null(table);
	return table;
}

struct fixture_catalog *fixture_catalog_new(uint32_t nr_classes)
{
	struct fixture_catalog *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->label_sets = new_table();
	f->class_names = new_table();
	f->problem_names = new_table();
	f->class_ids = calloc(nr_classes + 1, sizeof(*f->class_ids));
	assert_non_null(f->class_ids);
	for (int i = 0; i < FIXTURE_NR_COLUMNS; i++) {
		f->values[i] = new_table();
		intern(f->values[i], "", 0); /* number 0: a missing cell */
	}
	for (uint32_t i = 0; i < nr_classes; i++) {
		char name[32];
		int len = snprintf(name, sizeof(name), "class%u", i);

		intern(f->class_names, name, (size_t)len);
		f->class_ids[i] = 100 + (int64_t)i;
	}
	f->catalog.label_column = TRFS_NO_COLUMN;
	f->catalog.split_column = TRFS_NO_COLUMN;
	f->catalog.group_column = TRFS_NO_COLUMN;
	f->catalog.target_column = TRFS_NO_COLUMN;
	return f;
}

static void grow(struct fixture_catalog *f)
{
	f->capacity = f->capacity ? 2 * f->capacity : 64;
	f->examples = realloc(f->examples, f->capacity * sizeof(*f->examples));
	assert_non_null(f->examples);
	f->labels = realloc(f->labels, f->capacity * sizeof(*f->labels));
	assert_non_null(f->labels);
	for (int i = 0; i < FIXTURE_NR_COLUMNS; i++) {
		f->numbers[i] =
			realloc(f->numbers[i], f->capacity * sizeof(*f->numbers[i]));
		assert_non_null(f->numbers[i]);
	}
}

static uint32_t add_cell(struct fixture_catalog *f, enum fixture_column column,
			 struct trfs_bytes cell)
{
	if (cell.len == 0)
		return 0;
	if (column == FIXTURE_SPLIT)
		f->catalog.split_column = FIXTURE_SPLIT;
	else
		f->catalog.group_column = FIXTURE_GROUP;
	return intern(f->values[column], cell.data, cell.len);
}

static uint32_t add_text(struct fixture_catalog *f, enum fixture_column column,
			 const char *text)
{
	char cell[256];
	int len;

	if (!text)
		return 0;
	len = snprintf(cell, sizeof(cell), "T%s", text);
	assert_in_range(len, 1, sizeof(cell) - 1);
	return add_cell(f, column,
			(struct trfs_bytes){ (const uint8_t *)cell, (size_t)len });
}

void fixture_catalog_add(struct fixture_catalog *f, const struct fixture_example *example)
{
	size_t at = (size_t)f->catalog.nr_examples;

	if (at == f->capacity)
		grow(f);
	assert_int_equal(trfs_name_list_add(&f->names, trfs_bytes_of(example->path)), 0);
	f->examples[at] = (struct trfs_example){ .size = example->size };
	f->labels[at] = intern(f->label_sets, example->labels, 4 * example->nr_labels);
	f->numbers[FIXTURE_SPLIT][at] =
		example->split ? add_text(f, FIXTURE_SPLIT, example->split)
			       : add_cell(f, FIXTURE_SPLIT, example->split_cell);
	f->numbers[FIXTURE_GROUP][at] = add_text(f, FIXTURE_GROUP, example->group);
	f->catalog.nr_examples++;
}

void fixture_catalog_add_problem(struct fixture_catalog *f, const char *name,
				 const char *split)
{
	assert_in_range(f->nr_problems, 0, FIXTURE_NR_PROBLEMS_MAX - 1);
	assert_int_equal(
		trfs_string_table_add(f->problem_names, trfs_bytes_of(name), NULL), 0);
	f->problems[f->nr_problems] = (struct trfs_problem){
		.kind = TRFS_PROBLEM_BAD_IMAGE,
		.row = (uint32_t)(f->catalog.nr_examples + f->nr_problems),
		.split_cell = add_text(f, FIXTURE_SPLIT, split),
	};
	f->nr_problems++;
}

void fixture_catalog_add_class(struct fixture_catalog *f, uint32_t class, uint32_t nr,
			       const char *prefix)
{
	for (uint32_t i = 0; i < nr; i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s-%05u.jpg", prefix, i);
		fixture_catalog_add(f, &(struct fixture_example){
					       .path = path,
					       .size = 1000,
					       .labels = &class,
					       .nr_labels = 1,
				       });
	}
}

const struct trfs_catalog *fixture_catalog_finish(struct fixture_catalog *f)
{
	static const char *const names[FIXTURE_NR_COLUMNS] = { "subset", "patient_id" };
	static const struct trfs_appearance nothing;

	f->catalog.examples = f->examples;
	f->catalog.names = trfs_name_list_view(&f->names);
	f->catalog.labels =
		(struct trfs_numbers){ .data = f->labels, .width = sizeof(uint32_t) };
	f->catalog.appearances = &nothing;
	f->catalog.nr_appearances = 1;
	f->catalog.label_sets = trfs_string_table_view(f->label_sets);
	f->catalog.class_ids = f->class_ids;
	f->catalog.nr_rows = f->catalog.nr_examples + f->nr_problems;
	f->catalog.problems = (struct trfs_problems){
		.nr = f->nr_problems,
		.items = f->problems,
		.names = trfs_string_table_view(f->problem_names),
	};
	f->catalog.class_names = trfs_string_table_view(f->class_names);
	for (int i = 0; i < FIXTURE_NR_COLUMNS; i++) {
		f->columns[i] = (struct trfs_column){
			.name = trfs_bytes_of(names[i]),
			.numbers = { .data = f->numbers[i], .width = sizeof(uint32_t) },
			.values = trfs_string_table_view(f->values[i]),
		};
	}
	f->catalog.columns = f->columns;
	return &f->catalog;
}

void fixture_catalog_free(struct fixture_catalog *f)
{
	trfs_name_list_done(&f->names);
	trfs_string_table_free(f->label_sets);
	trfs_string_table_free(f->class_names);
	trfs_string_table_free(f->problem_names);
	for (int i = 0; i < FIXTURE_NR_COLUMNS; i++) {
		trfs_string_table_free(f->values[i]);
		free(f->numbers[i]);
	}
	free(f->class_ids);
	free(f->examples);
	free(f->labels);
	free(f);
}
