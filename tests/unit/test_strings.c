/* SPDX-License-Identifier: MIT */
/* Packed string lists: numbers, equality, growth, and what finishing drops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/strings.h"

#include <stdio.h>

static void interning_gives_equal_strings_one_number(void **state)
{
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *t = trfs_string_table_new();
	static const char *const words[] = { "cat", "dog", "", "cat", "dogs", "", "dog" };
	static const uint32_t numbers[] = { 0, 1, 2, 0, 3, 2, 1 };

	(void)state;
	assert_non_null(t);
	for (size_t i = 0; i < TRFS_COUNT(words); i++) {
		uint32_t number = 99, before = trfs_string_table_view(t).nr & UINT32_MAX;
		bool is_new;

		assert_int_equal(trfs_string_table_intern(t, trfs_bytes_of(words[i]),
							  &number, &is_new),
				 0);
		assert_int_equal(number, numbers[i]);
		assert_int_equal(is_new, number == before);
	}
	assert_int_equal(trfs_string_table_view(t).nr, 4);
}

static void added_strings_are_kept_but_not_found(void **state)
{
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *t = trfs_string_table_new();
	uint32_t number = 77;
	bool is_new;

	(void)state;
	assert_int_equal(trfs_string_table_add(t, trfs_bytes_of("x"), &number), 0);
	assert_int_equal(number, 0);
	assert_int_equal(trfs_string_table_add(t, trfs_bytes_of("x"), &number), 0);
	assert_int_equal(number, 1);
	assert_false(trfs_string_table_find(t, trfs_bytes_of("x"), &number));
	assert_int_equal(number, 1);
	assert_int_equal(
		trfs_string_table_intern(t, trfs_bytes_of("x"), &number, &is_new), 0);
	assert_int_equal(number, 2);
	assert_true(is_new);
	assert_true(trfs_string_table_find(t, trfs_bytes_of("x"), &number));
	assert_int_equal(number, 2);
}

static void views_of_nothing_have_an_address(void **state)
{
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *t = trfs_string_table_new();
	struct trfs_strings view = trfs_string_table_view(t);

	(void)state;
	assert_int_equal(view.nr, 0);
	assert_int_equal(trfs_strings_nr_bytes(&view), 0);
	assert_int_equal(trfs_string_table_add(t, (struct trfs_bytes){ NULL, 0 }, NULL),
			 0);
	trfs_string_table_finish(t);
	view = trfs_string_table_view(t);
	assert_int_equal(view.nr, 1);
	assert_non_null(trfs_strings_get(&view, 0).data);
	assert_int_equal(trfs_strings_get(&view, 0).len, 0);
}

static struct trfs_bytes name_of(uint32_t i, char *buf, size_t len)
{
	uint64_t seed = i;

	/* Of all lengths from 1 to 40, and distinct by their first ten digits. */
	snprintf(buf, len, "%u/%030u", i, i);
	return (struct trfs_bytes){ (const uint8_t *)buf,
				    strcspn(buf, "/") + 1 +
					    (size_t)(trfs_random_next(&seed) % 30) };
}

static void a_hundred_thousand_strings_survive_growth(void **state)
{
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *t = trfs_string_table_new();
	const uint32_t nr = 100000;
	struct trfs_strings view;
	uint64_t nr_bytes = 0;
	uint32_t number;
	char buf[64];
	bool is_new;

	(void)state;
	for (uint32_t i = 0; i < nr; i++) {
		struct trfs_bytes name = name_of(i, buf, sizeof(buf));

		assert_int_equal(trfs_string_table_intern(t, name, &number, &is_new), 0);
		assert_int_equal(number, i);
		assert_true(is_new);
		nr_bytes += name.len;
	}
	view = trfs_string_table_view(t);
	assert_int_equal(view.nr, nr);
	assert_int_equal(trfs_strings_nr_bytes(&view), nr_bytes);
	for (uint32_t i = 0; i < nr; i++) {
		struct trfs_bytes name = name_of(i, buf, sizeof(buf));

		assert_true(trfs_bytes_equal(trfs_strings_get(&view, i), name));
		assert_true(trfs_string_table_find(t, name, &number));
		assert_int_equal(number, i);
		assert_int_equal(trfs_string_table_intern(t, name, &number, &is_new), 0);
		assert_int_equal(number, i);
		assert_false(is_new);
	}
	assert_false(trfs_string_table_find(t, trfs_bytes_of("100000"), &number));
}

static void finishing_keeps_the_list_and_drops_the_search(void **state)
{
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *t = trfs_string_table_new();
	struct trfs_strings view;
	uint32_t number;
	char buf[64];

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(trfs_string_table_intern(t, name_of(i, buf, sizeof(buf)),
							  NULL, NULL),
				 0);
	trfs_string_table_finish(t);
	view = trfs_string_table_view(t);
	for (uint32_t i = 0; i < 1000; i++)
		assert_true(trfs_bytes_equal(trfs_strings_get(&view, i),
					     name_of(i, buf, sizeof(buf))));
	assert_false(trfs_string_table_find(t, name_of(1, buf, sizeof(buf)), &number));
	/* The trimmed blocks must still be able to grow. */
	assert_int_equal(trfs_string_table_add(t, trfs_bytes_of("late"), &number), 0);
	assert_int_equal(number, 1000);
}

static void freeing_nothing_is_fine(void **state)
{
	(void)state;
	assert_null(trfs_string_table_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interning_gives_equal_strings_one_number),
		cmocka_unit_test(added_strings_are_kept_but_not_found),
		cmocka_unit_test(views_of_nothing_have_an_address),
		cmocka_unit_test(a_hundred_thousand_strings_survive_growth),
		cmocka_unit_test(finishing_keeps_the_list_and_drops_the_search),
		cmocka_unit_test(freeing_nothing_is_fine),
	};

	return cmocka_run_group_tests_name("strings", tests, NULL, NULL);
}
