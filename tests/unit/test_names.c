/* SPDX-License-Identifier: MIT */
/* Names kept as differences: they come back as they were, and damage stays harmless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/names.h"
#include "base/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void fill(struct trfs_name_list *list, const struct trfs_strings *strings)
{
	for (uint64_t i = 0; i < strings->nr; i++)
		assert_int_equal(trfs_name_list_add(list, trfs_strings_get(strings, i)),
				 0);
	trfs_name_list_finish(list);
}

static void check_back(const struct trfs_strings *wanted)
{
	struct trfs_name_list list = { .nr = 0 };
	struct trfs_names names;
	struct trfs_name room;

	fill(&list, wanted);
	names = trfs_name_list_view(&list);
	assert_int_equal(names.nr, wanted->nr);
	assert_int_equal(trfs_names_nr_bytes(&names), list.len);
	for (uint64_t i = wanted->nr; i-- > 0;) {
		struct trfs_bytes name = trfs_names_get(&names, i, &room);

		assert_true(trfs_bytes_equal(name, trfs_strings_get(wanted, i)));
		assert_int_equal(name.data[name.len], 0);
	}
	trfs_name_list_done(&list);
}

static void add(struct trfs_string_table *table, const char *name)
{
	assert_int_equal(trfs_string_table_add(table, trfs_bytes_of(name), NULL), 0);
}

static void names_come_back_as_they_were(void **state)
{
	struct trfs_string_table *table = trfs_string_table_new();
	struct trfs_strings all;
	char text[64];

	(void)state;
	all = trfs_string_table_view(table);
	check_back(&all);
	add(table, "");
	add(table, "a");
	add(table, "aa");
	add(table, "aaa");
	add(table, "a");
	add(table, "");
	add(table, "");
	add(table, "aba");
	add(table, "aba");
	add(table, "ababa");
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "class%d/image_%07d.jpg", i / 7, 31 * i);
		add(table, text);
		all = trfs_string_table_view(table);
		check_back(&all);
	}
	trfs_string_table_free(table);
}

static void random_names_come_back(void **state)
{
	uint64_t random = 3;
	struct trfs_string_table *table = trfs_string_table_new();
	struct trfs_strings all;

	(void)state;
	for (int i = 0; i < 500; i++) {
		size_t len = (size_t)trfs_random_below(&random,
						       i % 10 == 0 ? TRFS_NAME_SIZE : 12);
		uint8_t text[TRFS_NAME_SIZE];

		/* Of two letters, so that much is common. */
		for (size_t k = 0; k < len; k++)
			text[k] = (uint8_t)('a' + trfs_random_below(&random, 40) / 39);
		assert_int_equal(trfs_string_table_add(
					 table, (struct trfs_bytes){ text, len }, NULL),
				 0);
	}
	all = trfs_string_table_view(table);
	check_back(&all);
	trfs_string_table_free(table);
}

static void what_fits_no_room_is_refused(void **state)
{
	struct trfs_name_list list = { .nr = 0 };
	char *text = malloc(TRFS_NAME_SIZE + 1);
	struct trfs_names names;
	struct trfs_name room;

	(void)state;
	memset(text, 'x', TRFS_NAME_SIZE);
	text[TRFS_NAME_SIZE] = '\0';
	assert_int_equal(trfs_name_list_add(&list, trfs_bytes_of(text)), -ENAMETOOLONG);
	assert_int_equal(trfs_name_list_add(&list, trfs_bytes_of(text + 1)), 0);
	names = trfs_name_list_view(&list);
	assert_int_equal(trfs_names_get(&names, 0, &room).len, TRFS_NAME_SIZE - 1);
	trfs_name_list_done(&list);
	free(text);
}

static void neighbours_cost_little(void **state)
{
	struct trfs_name_list list = { .nr = 0 };
	char text[64];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		snprintf(text, sizeof(text), "n01440764/n01440764_%05d.JPEG", i);
		assert_int_equal(trfs_name_list_add(&list, trfs_bytes_of(text)), 0);
	}
	assert_in_range(list.len, 10000, 70000);
	trfs_name_list_done(&list);
}

/* Any bytes at all: what is read lies within the list, and the name within its room. */
static void damage_is_harmless(void **state)
{
	uint64_t random = 9;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t len = (size_t)trfs_random_below(&random, 200);
		uint8_t *bytes = malloc(len + 1);
		uint64_t starts[3] = { 0, trfs_random_below(&random, len + 1), len };
		const struct trfs_names names = { .starts = starts,
						  .bytes = bytes,
						  .nr = 2 * TRFS_NAMES_BLOCK };
		struct trfs_name room;

		for (size_t i = 0; i < len; i++)
			bytes[i] =
				(uint8_t)trfs_random_below(&random, round % 2 ? 256 : 4);
		for (uint64_t i = 0; i < names.nr; i++)
			assert_in_range(trfs_names_get(&names, i, &room).len, 0,
					TRFS_NAME_SIZE - 1);
		starts[1] = len + 1;
		starts[2] = 0;
		assert_int_equal(trfs_names_get(&names, TRFS_NAMES_BLOCK, &room).len, 0);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_come_back_as_they_were),
		cmocka_unit_test(random_names_come_back),
		cmocka_unit_test(what_fits_no_room_is_refused),
		cmocka_unit_test(neighbours_cost_little),
		cmocka_unit_test(damage_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
