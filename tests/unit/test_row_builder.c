/* SPDX-License-Identifier: MIT */
/* Rows out of values that come in any order and of any kind. */
#include "manifest/row_builder.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct trfs_row_builder b;

static int start(void **state)
{
	(void)state;
	return trfs_row_builder_init(&b);
}

static int done(void **state)
{
	(void)state;
	trfs_row_builder_done(&b);
	return 0;
}

static uint32_t column(const char *name)
{
	uint32_t number = UINT32_MAX;

	assert_int_equal(trfs_row_builder_column(&b, trfs_bytes_of(name), &number, NULL),
			 0);
	return number;
}

static void add_text(uint32_t number, const char *text)
{
	assert_int_equal(trfs_row_builder_add_text(&b, number, trfs_bytes_of(text), NULL),
			 0);
}

static void add_integer(uint32_t number, int64_t integer)
{
	struct trfs_value value = { .kind = TRFS_VALUE_INTEGER, .integer = integer };

	assert_int_equal(trfs_row_builder_add(&b, number, &value, NULL), 0);
}

static void add_real(uint32_t number, double real)
{
	struct trfs_value value = { .kind = TRFS_VALUE_REAL, .real = real };

	assert_int_equal(trfs_row_builder_add(&b, number, &value, NULL), 0);
}

static struct trfs_row finish(void)
{
	struct trfs_row row;

	assert_int_equal(trfs_row_builder_row(&b, 7, &row, NULL), 0);
	assert_int_equal(row.line, 7);
	return row;
}

static void expect_text(const struct trfs_row *row, size_t cell, size_t i,
			const char *text)
{
	assert_true(cell < row->nr_cells && i < row->cells[cell].nr_values);
	assert_int_equal(row->cells[cell].values[i].kind, TRFS_VALUE_TEXT);
	assert_true(
		trfs_bytes_equal(row->cells[cell].values[i].text, trfs_bytes_of(text)));
}

static void interleaved_values_become_lists(void **state)
{
	uint32_t x = column("x"), y = column("y"), z = column("z");
	struct trfs_row row;

	(void)state;
	for (int i = 0; i < 100; i++) {
		add_integer(y, i);
		add_text(x, i % 2 ? "odd" : "even");
	}
	row = finish();
	assert_int_equal(row.nr_cells, 3);
	assert_int_equal(row.cells[x].nr_values, 100);
	assert_int_equal(row.cells[y].nr_values, 100);
	assert_int_equal(row.cells[z].nr_values, 0);
	for (int i = 0; i < 100; i++) {
		expect_text(&row, x, (size_t)i, i % 2 ? "odd" : "even");
		assert_int_equal(row.cells[y].values[i].integer, i);
	}
}

static void next_row_starts_empty_but_keeps_columns(void **state)
{
	struct trfs_row row;

	(void)state;
	add_integer(column("a"), 1);
	add_integer(column("b"), 1);
	finish();
	trfs_row_builder_reset(&b);
	assert_int_equal(column("c"), 2);
	assert_int_equal(column("a"), 0);
	add_integer(0, 2);
	row = finish();
	assert_int_equal(row.nr_cells, 3);
	assert_int_equal(row.cells[0].nr_values, 1);
	assert_int_equal(row.cells[0].values[0].integer, 2);
	assert_int_equal(row.cells[1].nr_values, 0);
}

static void kinds_in_a_cell_become_one(void **state)
{
	uint32_t reals = column("reals"), texts = column("texts");
	struct trfs_row row;

	(void)state;
	/* Integers beside texts stay exact even where a real stands there as well. */
	add_integer(texts, INT64_MAX);
	add_real(texts, 0.1);
	add_real(texts, 1e300);
	add_text(texts, "x");
	add_integer(reals, 1);
	add_real(reals, 2.5);
	row = finish();
	expect_text(&row, texts, 0, "9223372036854775807");
	expect_text(&row, texts, 1, "0.1");
	expect_text(&row, texts, 2, "1e+300");
	expect_text(&row, texts, 3, "x");
	assert_int_equal(row.cells[reals].values[0].kind, TRFS_VALUE_REAL);
	assert_true(row.cells[reals].values[0].real == 1.0);
	assert_true(row.cells[reals].values[1].real == 2.5);
}

static void empty_texts_have_an_address(void **state)
{
	struct trfs_row row;

	(void)state;
	add_text(column("a"), "");
	row = finish();
	assert_int_equal(row.cells[0].nr_values, 1);
	assert_non_null(row.cells[0].values[0].text.data);
	assert_int_equal(row.cells[0].values[0].text.len, 0);
}

static void texts_survive_the_growth_of_their_memory(void **state)
{
	char text[64];
	struct trfs_row row;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "text number %d", i);
		add_text(column(text), text);
	}
	row = finish();
	assert_int_equal(row.nr_cells, 1000);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "text number %d", i);
		expect_text(&row, (size_t)i, 0, text);
	}
}

static void columns_are_limited(void **state)
{
	struct trfs_error err = { 0 };
	uint32_t number;
	char name[16];

	(void)state;
	for (int i = 0; i < TRFS_ROW_COLUMNS_MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(column(name), i);
	}
	assert_int_equal(trfs_row_builder_column(&b, trfs_bytes_of("x"), &number, &err),
			 -EBADMSG);
	assert_string_equal(err.message, "there are more than 4096 columns");
	assert_int_equal(column("4095"), 4095);
}

static void values_are_limited(void **state)
{
	struct trfs_value value = { .kind = TRFS_VALUE_INTEGER };
	struct trfs_error err = { 0 };
	uint32_t a = column("a");

	(void)state;
	for (int i = 0; i < TRFS_ROW_VALUES_MAX; i++)
		assert_int_equal(trfs_row_builder_add(&b, a, &value, &err), 0);
	assert_int_equal(trfs_row_builder_add(&b, a, &value, &err), -EBADMSG);
	assert_string_equal(err.message, "the row holds more than 4194304 values");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, done)
	const struct CMUnitTest tests[] = {
		TEST(interleaved_values_become_lists),
		TEST(next_row_starts_empty_but_keeps_columns),
		TEST(kinds_in_a_cell_become_one),
		TEST(empty_texts_have_an_address),
		TEST(texts_survive_the_growth_of_their_memory),
		TEST(columns_are_limited),
		TEST(values_are_limited),
	};

	return cmocka_run_group_tests_name("row_builder", tests, NULL, NULL);
}
