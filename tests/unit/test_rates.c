/* SPDX-License-Identifier: MIT */
/* How much is read just now, by samples of two counters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fuse/rates.h"

#define STARTED_MS 5000u

static void expect_rates(struct trfs_rates *rates, uint64_t ms, uint64_t nr,
			 uint64_t expected)
{
	const struct trfs_rate_sample now = { STARTED_MS + ms, nr, 100 * nr };
	uint64_t reads, bytes;

	trfs_rates_get(rates, &now, STARTED_MS, &reads, &bytes);
	assert_int_equal(reads, expected);
	assert_int_equal(bytes, 100 * expected);
}

static void note(struct trfs_rates *rates, uint64_t ms, uint64_t nr)
{
	const struct trfs_rate_sample now = { STARTED_MS + ms, nr, 100 * nr };

	trfs_rates_note(rates, &now);
}

static void without_a_sample_it_is_since_the_start(void **state)
{
	struct trfs_rates rates;

	(void)state;
	trfs_rates_init(&rates);
	expect_rates(&rates, 0, 0, 0);
	expect_rates(&rates, 500, 30,
		     30); /* not 60: of half a second nobody knows more */
	expect_rates(&rates, 2000, 30, 15);
	trfs_rates_done(&rates);
}

static void what_was_read_long_ago_does_not_count(void **state)
{
	struct trfs_rates rates;

	(void)state;
	trfs_rates_init(&rates);
	for (uint64_t s = 0; s <= 30; s++)
		note(&rates, 1000 * s, s < 10 ? 50 * s : 500);
	expect_rates(&rates, 30500, 500, 0);
	for (uint64_t s = 31; s <= 60; s++)
		note(&rates, 1000 * s, 500 + 7 * (s - 30));
	expect_rates(&rates, 61000, 500 + 7 * 31, 7);
	trfs_rates_done(&rates);
}

static void samples_of_the_same_second_are_passed_over(void **state)
{
	struct trfs_rates rates;

	(void)state;
	trfs_rates_init(&rates);
	for (uint64_t i = 0; i <= 40; i++)
		note(&rates, 250 * i, 10 * i);
	assert_int_equal(rates.nr, 11);
	expect_rates(&rates, 10000, 400, 40);
	trfs_rates_done(&rates);
}

/* Who asks has looked at the counters before another thread noted a sample. */
static void a_sample_that_is_newer_gives_no_rate(void **state)
{
	struct trfs_rates rates;

	(void)state;
	trfs_rates_init(&rates);
	note(&rates, 3000, 70);
	expect_rates(&rates, 2999, 69, 0);
	trfs_rates_done(&rates);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_sample_it_is_since_the_start),
		cmocka_unit_test(what_was_read_long_ago_does_not_count),
		cmocka_unit_test(samples_of_the_same_second_are_passed_over),
		cmocka_unit_test(a_sample_that_is_newer_gives_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
