/* SPDX-License-Identifier: MIT */
/*
 * Permutations: that they are some, the same for ever, and as random as shuffles.  All
 * keys are fixed, so that a bound that holds once holds always; bounds are some five
 * standard deviations wide.
 */
#include "base/permutation.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void check_bijection(uint64_t n, uint64_t seed, uint64_t stream)
{
	uint8_t *seen = calloc(n + 1, 1);
	uint32_t *run = malloc((n + 1) * sizeof(*run));
	struct trfs_permutation p;

	assert_non_null(seen);
	assert_non_null(run);
	trfs_permutation_init(&p, n, seed, stream);
	trfs_permutation_run(&p, 0, (size_t)n, run);
	for (uint64_t k = 0; k < n; k++) {
		assert_true(run[k] < n);
		assert_int_equal(seen[run[k]]++, 0);
	}
	/* Windows and single places say the same. */
	for (uint64_t k = 0; k < n; k += n / 50 + 1) {
		uint32_t window[37];
		size_t nr = n - k < 37 ? (size_t)(n - k) : 37;

		assert_int_equal(trfs_permutation_at(&p, k), run[k]);
		trfs_permutation_run(&p, k, nr, window);
		assert_memory_equal(window, run + k, nr * sizeof(*window));
	}
	free(seen);
	free(run);
}

static void every_item_has_one_place(void **state)
{
	static const uint64_t sizes[] = { 0,	 1,	2,     3,      5,    7,	   8,
					  9,	 10,	15,    16,     17,   18,   31,
					  32,	 33,	100,   1000,   4096, 4097, 65535,
					  65536, 65537, 99999, 1000003 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (uint64_t key = 0; key < (sizes[i] < 5000 ? 20 : 2); key++)
			check_bijection(sizes[i], key, key * key + 7);
}

static void large_ones_stay_within_and_apart(void **state)
{
	enum { NR = 20000 };
	uint64_t n = UINT32_MAX;
	uint32_t *items = malloc(NR * sizeof(*items));
	struct trfs_permutation p;
	uint64_t sum = 0;

	(void)state;
	assert_non_null(items);
	trfs_permutation_init(&p, n, 42, 7);
	trfs_permutation_run(&p, n - NR, NR, items);
	for (size_t i = 0; i < NR; i++) {
		assert_true(items[i] < n);
		sum += items[i];
		for (size_t k = i + 1; k < i + 20 && k < NR; k++)
			assert_int_not_equal(items[i], items[k]);
	}
	/* The mean of NR numbers of a uniform distribution. */
	assert_true(fabs((double)sum / NR - (double)n / 2) <
		    5 * (double)n / sqrt(12.0 * NR));
	free(items);
}

/* A change of these changes everybody's epochs. */
static void they_are_the_same_for_ever(void **state)
{
	static const struct {
		uint64_t n, seed, stream, place, item;
	} wanted[] = {
		{ UINT64_C(1), UINT64_C(42), UINT64_C(0), UINT64_C(0), UINT64_C(0) },
		{ UINT64_C(1), UINT64_C(42), UINT64_C(7), UINT64_C(0), UINT64_C(0) },
		{ UINT64_C(1), UINT64_C(0), UINT64_C(18446744073709551615), UINT64_C(0),
		  UINT64_C(0) },
		{ UINT64_C(1), UINT64_C(18446744073709551615), UINT64_C(1), UINT64_C(0),
		  UINT64_C(0) },
		{ UINT64_C(5), UINT64_C(42), UINT64_C(0), UINT64_C(1), UINT64_C(4) },
		{ UINT64_C(5), UINT64_C(42), UINT64_C(7), UINT64_C(2), UINT64_C(3) },
		{ UINT64_C(5), UINT64_C(0), UINT64_C(18446744073709551615), UINT64_C(3),
		  UINT64_C(4) },
		{ UINT64_C(5), UINT64_C(18446744073709551615), UINT64_C(1), UINT64_C(4),
		  UINT64_C(2) },
		{ UINT64_C(16), UINT64_C(42), UINT64_C(0), UINT64_C(3), UINT64_C(3) },
		{ UINT64_C(16), UINT64_C(42), UINT64_C(7), UINT64_C(6), UINT64_C(3) },
		{ UINT64_C(16), UINT64_C(0), UINT64_C(18446744073709551615), UINT64_C(9),
		  UINT64_C(3) },
		{ UINT64_C(16), UINT64_C(18446744073709551615), UINT64_C(1), UINT64_C(12),
		  UINT64_C(14) },
		{ UINT64_C(17), UINT64_C(42), UINT64_C(0), UINT64_C(3), UINT64_C(8) },
		{ UINT64_C(17), UINT64_C(42), UINT64_C(7), UINT64_C(6), UINT64_C(5) },
		{ UINT64_C(17), UINT64_C(0), UINT64_C(18446744073709551615), UINT64_C(10),
		  UINT64_C(15) },
		{ UINT64_C(17), UINT64_C(18446744073709551615), UINT64_C(1), UINT64_C(13),
		  UINT64_C(14) },
		{ UINT64_C(100), UINT64_C(42), UINT64_C(0), UINT64_C(20), UINT64_C(12) },
		{ UINT64_C(100), UINT64_C(42), UINT64_C(7), UINT64_C(40), UINT64_C(92) },
		{ UINT64_C(100), UINT64_C(0), UINT64_C(18446744073709551615),
		  UINT64_C(60), UINT64_C(25) },
		{ UINT64_C(100), UINT64_C(18446744073709551615), UINT64_C(1),
		  UINT64_C(80), UINT64_C(45) },
		{ UINT64_C(65535), UINT64_C(42), UINT64_C(0), UINT64_C(13107),
		  UINT64_C(35295) },
		{ UINT64_C(65535), UINT64_C(42), UINT64_C(7), UINT64_C(26214),
		  UINT64_C(9601) },
		{ UINT64_C(65535), UINT64_C(0), UINT64_C(18446744073709551615),
		  UINT64_C(39321), UINT64_C(45540) },
		{ UINT64_C(65535), UINT64_C(18446744073709551615), UINT64_C(1),
		  UINT64_C(52428), UINT64_C(17518) },
		{ UINT64_C(65536), UINT64_C(42), UINT64_C(0), UINT64_C(13107),
		  UINT64_C(35902) },
		{ UINT64_C(65536), UINT64_C(42), UINT64_C(7), UINT64_C(26214),
		  UINT64_C(20168) },
		{ UINT64_C(65536), UINT64_C(0), UINT64_C(18446744073709551615),
		  UINT64_C(39321), UINT64_C(26614) },
		{ UINT64_C(65536), UINT64_C(18446744073709551615), UINT64_C(1),
		  UINT64_C(52428), UINT64_C(12474) },
		{ UINT64_C(1000003), UINT64_C(42), UINT64_C(0), UINT64_C(200000),
		  UINT64_C(181326) },
		{ UINT64_C(1000003), UINT64_C(42), UINT64_C(7), UINT64_C(400001),
		  UINT64_C(354577) },
		{ UINT64_C(1000003), UINT64_C(0), UINT64_C(18446744073709551615),
		  UINT64_C(600001), UINT64_C(239847) },
		{ UINT64_C(1000003), UINT64_C(18446744073709551615), UINT64_C(1),
		  UINT64_C(800002), UINT64_C(955994) },
		{ UINT64_C(4294967295), UINT64_C(42), UINT64_C(0), UINT64_C(858993459),
		  UINT64_C(3518313590) },
		{ UINT64_C(4294967295), UINT64_C(42), UINT64_C(7), UINT64_C(1717986918),
		  UINT64_C(3047055395) },
		{ UINT64_C(4294967295), UINT64_C(0), UINT64_C(18446744073709551615),
		  UINT64_C(2576980377), UINT64_C(3226131819) },
		{ UINT64_C(4294967295), UINT64_C(18446744073709551615), UINT64_C(1),
		  UINT64_C(3435973836), UINT64_C(2781974484) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		struct trfs_permutation p;

		trfs_permutation_init(&p, wanted[i].n, wanted[i].seed, wanted[i].stream);
		assert_int_equal(trfs_permutation_at(&p, wanted[i].place),
				 wanted[i].item);
	}
}

/* Pearson's statistic of @counts, all of them expected @expected times. */
static double chi_squared(const uint32_t *counts, size_t nr, double expected)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += (counts[i] - expected) * (counts[i] - expected) / expected;
	return sum;
}

/* It has @freedom on average, and a variance of twice that. */
static void check_chi_squared(double statistic, double freedom)
{
	if (fabs(statistic - freedom) > 5 * sqrt(2 * freedom))
		fail_msg("%g, expected about %g", statistic, freedom);
}

/* Which of the n! orders it is. */
static size_t rank_of(const struct trfs_permutation *p, uint64_t n)
{
	size_t rank = 0;

	for (uint64_t i = 0; i < n; i++) {
		size_t smaller = 0;

		for (uint64_t k = i + 1; k < n; k++)
			smaller += trfs_permutation_at(p, k) < trfs_permutation_at(p, i);
		rank = rank * (size_t)(n - i) + smaller;
	}
	return rank;
}

static void of_few_items_all_orders_come_equally_often(void **state)
{
	size_t factorial = 1;

	(void)state;
	for (uint64_t n = 2; n <= 6; n++) {
		uint32_t counts[720] = { 0 };
		uint64_t nr;

		factorial *= (size_t)n;
		nr = factorial * 100;
		for (uint64_t stream = 0; stream < nr; stream++) {
			struct trfs_permutation p;

			trfs_permutation_init(&p, n, 42, stream);
			counts[rank_of(&p, n)]++;
		}
		check_chi_squared(chi_squared(counts, factorial, 100),
				  (double)(factorial - 1));
	}
}

/* Where an item goes, and where two go together, over many epochs; just above what is
 * stored, and where A * B is n exactly and not. */
static void an_item_goes_anywhere(void **state)
{
	static const uint64_t sizes[] = { 17, 20, 37, 60 };

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		uint64_t n = sizes[s];
		uint32_t single[64] = { 0 }, joint[64 * 64] = { 0 };
		uint64_t nr = n * n * 40;
		double sum = 0;

		for (uint64_t stream = 0; stream < nr; stream++) {
			struct trfs_permutation p;
			uint64_t a, b;

			trfs_permutation_init(&p, n, 1, stream);
			a = trfs_permutation_at(&p, 0);
			b = trfs_permutation_at(&p, n / 2);
			single[a]++;
			joint[a * n + b]++;
		}
		check_chi_squared(chi_squared(single, (size_t)n, (double)(n * 40)),
				  (double)(n - 1));
		for (uint64_t a = 0; a < n; a++)
			for (uint64_t b = 0; b < n; b++)
				sum += a == b ? 0
					      : pow(joint[a * n + b] -
							    (double)nr /
								    (double)(n * (n - 1)),
						    2) / ((double)nr /
							  (double)(n * (n - 1)));
		check_chi_squared(sum, (double)(n * (n - 1) - 1));
	}
}

/* Counted over many pairs of keys, each of these is 1 on average, with a variance of 1.
 */
static void check_ones(double sum, double nr)
{
	if (fabs(sum - nr) > 5 * sqrt(nr))
		fail_msg("%g in %g, expected as many", sum, nr);
}

static void epochs_have_nothing_to_do_with_one_another(void **state)
{
	enum { N = 1000, NR = 2000 };
	double fixed = 0, same = 0, neighbours = 0, correlation = 0;

	(void)state;
	for (uint64_t epoch = 0; epoch < NR; epoch++) {
		struct trfs_permutation p, next;
		uint32_t a[N], b[N];
		double products = 0;

		trfs_permutation_init(&p, N, 42, epoch);
		trfs_permutation_init(&next, N, epoch % 2 ? 42 : 43, epoch + epoch % 2);
		trfs_permutation_run(&p, 0, N, a);
		trfs_permutation_run(&next, 0, N, b);
		for (uint32_t k = 0; k < N; k++) {
			fixed += a[k] == k;
			same += a[k] == b[k];
			neighbours += k + 1 < N && a[k + 1] == a[k] + 1;
			products += (a[k] - (N - 1) / 2.0) * (b[k] - (N - 1) / 2.0);
		}
		correlation += products / (N * ((double)N * N - 1) / 12);
	}
	check_ones(fixed, NR);
	check_ones(same, NR);
	check_ones(neighbours, NR);
	/* Spearman's rho has a variance of 1 / (N - 1). */
	assert_true(fabs(correlation) < 5 * sqrt((double)NR / (N - 1)));
}

static void large_orders_look_like_shuffles(void **state)
{
	enum { N = 200000, BINS = 20 };
	uint32_t *items = malloc(N * sizeof(*items));
	uint32_t counts[BINS * BINS] = { 0 };
	struct trfs_permutation p;

	(void)state;
	assert_non_null(items);
	for (uint64_t epoch = 0; epoch < 5; epoch++) {
		trfs_permutation_init(&p, N, 42, epoch);
		trfs_permutation_run(&p, 0, N, items);
		for (uint32_t k = 0; k < N; k++)
			counts[k / (N / BINS) * BINS + items[k] / (N / BINS)]++;
	}
	/* Of every part of the order, equally many items come from every part. */
	check_chi_squared(chi_squared(counts, BINS * BINS, 5.0 * N / (BINS * BINS)),
			  (BINS - 1) * (BINS - 1));
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_has_one_place),
		cmocka_unit_test(large_ones_stay_within_and_apart),
		cmocka_unit_test(they_are_the_same_for_ever),
		cmocka_unit_test(of_few_items_all_orders_come_equally_often),
		cmocka_unit_test(an_item_goes_anywhere),
		cmocka_unit_test(epochs_have_nothing_to_do_with_one_another),
		cmocka_unit_test(large_orders_look_like_shuffles),
	};

	return cmocka_run_group_tests_name("permutation", tests, NULL, NULL);
}
