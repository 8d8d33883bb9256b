/* SPDX-License-Identifier: MIT */
/* Python's random numbers: every expected number was printed by CPython 3.11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/python_random.h"

#include <stdlib.h>

static void ten_items_are_shuffled_as_python_does(void **state)
{
	static const struct {
		uint64_t seed;
		uint32_t order[10];
	} known[] = {
		{ 0, { 7, 8, 1, 5, 3, 4, 2, 0, 9, 6 } },
		{ 42, { 7, 3, 2, 8, 5, 6, 9, 4, 0, 1 } },
		{ 12345, { 8, 7, 3, 5, 1, 2, 9, 4, 0, 6 } },
		/* Seeds of more than 32 bits are keys of two words. */
		{ UINT64_C(4294967303), { 2, 1, 4, 7, 9, 0, 6, 8, 5, 3 } },
		{ UINT64_MAX, { 2, 6, 7, 9, 8, 1, 4, 5, 3, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		uint32_t items[10];

		for (uint32_t n = 0; n < 10; n++)
			items[n] = n;
		trfs_python_shuffle(known[i].seed, items, 10);
		assert_memory_equal(items, known[i].order, sizeof(items));
	}
}

/* A sum over a shuffle of @nr that depends on every place. */
static uint64_t sum_of_shuffle(uint64_t seed, uint32_t nr)
{
	uint32_t *items = malloc(nr * sizeof(*items));
	uint64_t sum = 0;

	assert_non_null(items);
	for (uint32_t i = 0; i < nr; i++)
		items[i] = i;
	trfs_python_shuffle(seed, items, nr);
	for (uint32_t i = 0; i < nr; i++)
		sum = sum * 1000003 + items[i];
	free(items);
	return sum;
}

static void long_lists_are_shuffled_as_python_does(void **state)
{
	(void)state;
	assert_true(sum_of_shuffle(12345, 1000) == UINT64_C(0x90dfdbc5d3cb40f4));
	assert_true(sum_of_shuffle(42, 100000) == UINT64_C(0x179ef9fc336c8b4a));
	assert_true(sum_of_shuffle(UINT64_C(1) << 40, 70000) ==
		    UINT64_C(0x2d4f077a704b71f6));
}

static void numbers_below_a_limit_are_those_of_randrange(void **state)
{
	static const uint32_t wide[] = { 1390851128, 4071050724, 647892279, 1695753998 };
	static const uint32_t small[] = { 4, 0, 2, 4, 0, 4, 1, 0 };
	struct trfs_python_random random;

	(void)state;
	trfs_python_random_seed(&random, 7);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(trfs_python_random_below(&random, UINT32_MAX), wide[i]);
	assert_int_equal(trfs_python_random_below(&random, 1), 0);
	assert_int_equal(trfs_python_random_below(&random, 1), 0);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(trfs_python_random_below(&random, 5), small[i]);
}

static void short_lists_are_left_alone(void **state)
{
	uint32_t item = 7;

	(void)state;
	trfs_python_shuffle(42, NULL, 0);
	trfs_python_shuffle(42, &item, 1);
	assert_int_equal(item, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_items_are_shuffled_as_python_does),
		cmocka_unit_test(long_lists_are_shuffled_as_python_does),
		cmocka_unit_test(numbers_below_a_limit_are_those_of_randrange),
		cmocka_unit_test(short_lists_are_left_alone),
	};

	return cmocka_run_group_tests_name("python_random", tests, NULL, NULL);
}
