/* SPDX-License-Identifier: MIT */
/* Cells as bytes: what goes in comes out, and damaged bytes give nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "dataset/cell.h"

#include <float.h>
#include <math.h>

static struct trfs_value text(const char *s)
{
	return (struct trfs_value){ .kind = TRFS_VALUE_TEXT, .text = trfs_bytes_of(s) };
}

static struct trfs_value integer(int64_t i)
{
	return (struct trfs_value){ .kind = TRFS_VALUE_INTEGER, .integer = i };
}

static struct trfs_value real(double d)
{
	return (struct trfs_value){ .kind = TRFS_VALUE_REAL, .real = d };
}

static struct trfs_bytes encode(const struct trfs_value *values, size_t nr,
				struct trfs_buffer *buf)
{
	struct trfs_cell cell = { .values = values, .nr_values = nr };

	trfs_buffer_reset(buf);
	trfs_cell_encode(&cell, buf);
	assert_false(buf->failed);
	return trfs_buffer_bytes(buf);
}

static void check_bytes(struct trfs_bytes got, const char *wanted, size_t len)
{
	assert_int_equal(got.len, len);
	if (len > 0)
		assert_memory_equal(got.data, wanted, len);
}

/* The header draws these bytes; a saved index depends on them. */
static void a_cell_has_the_bytes_that_the_header_draws(void **state)
{
	const struct trfs_value texts[] = { text("ab"), text(""), text("c") };
	const struct trfs_value integers[] = { integer(-2), integer(258) };
	const struct trfs_value number = real(1.5);
	struct trfs_buffer buf;

	(void)state;
	trfs_buffer_init(&buf, 1000);
	check_bytes(encode(NULL, 0, &buf), "", 0);
	check_bytes(encode(texts, 1, &buf), "Tab", 3);
	check_bytes(encode(texts + 1, 1, &buf), "T", 1);
	check_bytes(encode(texts, 3, &buf), "L\2\0\0\0ab\0\0\0\0\1\0\0\0c", 16);
	check_bytes(encode(integers, 2, &buf),
		    "I\xfe\xff\xff\xff\xff\xff\xff\xff\2\1\0\0\0\0\0\0", 17);
	check_bytes(encode(&number, 1, &buf), "R\0\0\0\0\0\0\xf8\x3f", 9);
	trfs_buffer_done(&buf);
}

static void check_same(const struct trfs_value *a, const struct trfs_value *b)
{
	assert_int_equal(a->kind, b->kind);
	if (a->kind == TRFS_VALUE_TEXT)
		assert_true(trfs_bytes_equal(a->text, b->text));
	else if (a->kind == TRFS_VALUE_INTEGER)
		assert_true(a->integer == b->integer);
	else
		assert_memory_equal(&a->real, &b->real, sizeof(a->real));
}

static void what_was_encoded_is_read_back(void **state)
{
	const struct trfs_value values[][3] = {
		{ text(""), text("x"), text("größe") },
		{ integer(INT64_MIN), integer(0), integer(INT64_MAX) },
		{ real(-0.0), real(DBL_MIN), real(1e308) },
	};
	struct trfs_buffer buf;

	(void)state;
	trfs_buffer_init(&buf, 1000);
	for (size_t kind = 0; kind < 3; kind++) {
		for (size_t nr = 1; nr <= 3; nr++) {
			struct trfs_bytes bytes = encode(values[kind], nr, &buf);
			struct trfs_cell_reader reader;
			struct trfs_value value;

			assert_int_equal(trfs_cell_nr_values(bytes), nr);
			trfs_cell_reader_init(&reader, bytes);
			for (size_t i = 0; i < nr; i++) {
				assert_true(trfs_cell_reader_next(&reader, &value));
				check_same(&value, &values[kind][i]);
			}
			assert_false(trfs_cell_reader_next(&reader, &value));
			assert_false(trfs_cell_reader_next(&reader, &value));
		}
	}
	trfs_buffer_done(&buf);
}

static void a_cut_cell_never_gives_more_than_it_holds(void **state)
{
	static const uint8_t list[] = "L\2\0\0\0ab\3\0\0\0cde";
	static const uint8_t integers[] = "I\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0";

	(void)state;
	for (size_t len = 0; len < sizeof(list) - 1; len++)
		assert_int_equal(trfs_cell_nr_values((struct trfs_bytes){ list, len }),
				 len < 7 ? 0 : 1);
	for (size_t len = 0; len < sizeof(integers); len++)
		assert_int_equal(
			trfs_cell_nr_values((struct trfs_bytes){ integers, len }),
			len < 9 ? 0 : 1);
}

static void bytes_that_are_no_cell_have_no_values(void **state)
{
	(void)state;
	assert_int_equal(trfs_cell_nr_values(trfs_bytes_of("")), 0);
	assert_int_equal(trfs_cell_nr_values(trfs_bytes_of("Xabcdefgh")), 0);
	assert_int_equal(trfs_cell_nr_values(trfs_bytes_of("L\xff\xff\xff\xff")), 0);
}

static void check_print(struct trfs_value value, const char *wanted)
{
	struct trfs_buffer buf;

	trfs_buffer_init(&buf, 1000);
	trfs_value_print(&value, &buf);
	assert_string_equal(trfs_buffer_text(&buf), wanted);
	trfs_buffer_done(&buf);
}

static void values_print_as_people_write_them(void **state)
{
	(void)state;
	check_print(text("two words"), "two words");
	check_print(integer(INT64_MIN), "-9223372036854775808");
	check_print(real(0.1), "0.1");
	check_print(real(1.0), "1.0");
	check_print(real(-0.0), "-0.0");
	check_print(real(1e300), "1e+300");
	check_print(real(1.0 / 3), "0.3333333333333333");
	check_print(real(0.1 + 0.2), "0.30000000000000004");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cell_has_the_bytes_that_the_header_draws),
		cmocka_unit_test(what_was_encoded_is_read_back),
		cmocka_unit_test(a_cut_cell_never_gives_more_than_it_holds),
		cmocka_unit_test(bytes_that_are_no_cell_have_no_values),
		cmocka_unit_test(values_print_as_people_write_them),
	};

	return cmocka_run_group_tests_name("cell", tests, NULL, NULL);
}
