/* SPDX-License-Identifier: MIT */
/*
 * Permutations look like shuffles: no place, pair of places or order is preferred, and
 * those of neighbouring keys have nothing to do with one another.
 *
 * The keys are fixed, so that each statistic is always the same; it is to lie within five
 * standard deviations of what shuffles give.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/permutation.h"

/* The i-th of the keys to try; kinds 0 and 1 change one half of the key, 2 both. */
#define NR_KINDS 3

static void init_nth(struct trfs_permutation *p, uint64_t n, uint64_t i, int kind)
{
	trfs_permutation_init(p, n, kind == 0 ? 42 : i, kind == 1 ? 42 : i);
}

/* Chi-squared has as many degrees of freedom as mean, and twice that as variance. */
static void assert_even(const uint32_t *seen, size_t nr_cells)
{
	double degrees = (double)nr_cells - 1;
	double total = 0;
	double squares = 0;
	double excess;

	for (size_t i = 0; i < nr_cells; i++) {
		total += seen[i];
		squares += (double)seen[i] * seen[i];
	}
	excess = squares * (double)nr_cells / total - total - degrees;
	assert_true(excess * excess < 25 * 2 * degrees);
}

/* Where of the n! orders of @items stands theirs. */
static uint32_t rank_of(const uint32_t *items, uint32_t n)
{
	uint32_t rank = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t smaller = 0;

		for (uint32_t j = i + 1; j < n; j++)
			smaller += items[j] < items[i];
		rank = rank * (n - i) + smaller;
	}
	return rank;
}

static void all_orders_of_few_items_are_equally_likely(void **state)
{
	static uint32_t seen[40320];
	uint32_t nr_orders = 1;

	(void)state;
	for (uint32_t n = 2; n <= 8; n++) {
		nr_orders *= n;
		for (int kind = 0; kind < NR_KINDS; kind++) {
			memset(seen, 0, sizeof(seen));
			for (uint64_t i = 0; i < 200000; i++) {
				struct trfs_permutation p;
				uint32_t items[8];

				init_nth(&p, n, i, kind);
				trfs_permutation_run(&p, 0, n, items);
				seen[rank_of(items, n)]++;
			}
			assert_even(seen, nr_orders);
		}
	}
}

/* Pairs of items at two places, which are never equal. */
static void count_pairs(uint32_t n, int kind, uint64_t a, uint64_t b, uint32_t *ret_seen)
{
	memset(ret_seen, 0, (size_t)n * n * sizeof(*ret_seen));
	for (uint64_t i = 0; i < 100000; i++) {
		struct trfs_permutation p;
		uint64_t at_a, at_b;

		init_nth(&p, n, i, kind);
		at_a = trfs_permutation_at(&p, a);
		at_b = trfs_permutation_at(&p, b);
		assert_true(at_a != at_b);
		ret_seen[at_a * (n - 1) + at_b - (at_b > at_a)]++;
	}
}

static void all_pairs_of_items_are_equally_likely(void **state)
{
	static const uint32_t lengths[] = { 3, 8, 16, 17, 20, 25, 36, 37, 100 };
	static uint32_t seen[100 * 100];

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(lengths); i++) {
		uint32_t n = lengths[i];

		count_pairs(n, (int)i % NR_KINDS, 0, 1, seen);
		assert_even(seen, n * (n - 1));
		count_pairs(n, (int)(i + 1) % NR_KINDS, 0, n - 1, seen);
		assert_even(seen, n * (n - 1));
		/* Two places that share a digit, inside; see permutation.c. */
		if (n == 100) {
			count_pairs(n, 0, 7, 57, seen);
			assert_even(seen, n * (n - 1));
		}
	}
}

static void every_item_is_at_every_place_equally_often(void **state)
{
	static const uint32_t lengths[] = { 2, 10, 17, 33, 100 };
	static uint32_t items_at[100][100];
	static uint32_t places_of[100][100];
	uint32_t items[100];

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(lengths); i++) {
		uint32_t n = lengths[i];

		memset(items_at, 0, sizeof(items_at));
		memset(places_of, 0, sizeof(places_of));
		for (uint64_t key = 0; key < 20000; key++) {
			struct trfs_permutation p;

			init_nth(&p, n, key, (int)i % NR_KINDS);
			trfs_permutation_run(&p, 0, n, items);
			for (uint32_t k = 0; k < n; k++) {
				items_at[k][items[k]]++;
				places_of[items[k]][k]++;
			}
		}
		for (uint32_t k = 0; k < n; k++) {
			assert_even(items_at[k], n);
			assert_even(places_of[k], n);
		}
	}
}

/* Of 2^32 - 1 items the first million, by their upper bits. */
static void few_of_many_items_are_spread_evenly(void **state)
{
	static uint32_t seen[4096];
	struct trfs_permutation p;
	uint32_t items[1000];

	(void)state;
	trfs_permutation_init(&p, UINT32_MAX, 42, 0);
	for (uint64_t first = 0; first < 1000000; first += 1000) {
		trfs_permutation_run(&p, first, 1000, items);
		for (size_t k = 0; k < 1000; k++)
			seen[items[k] >> 20]++;
	}
	assert_even(seen, 4096);
}

static uint32_t is_odd(const uint32_t *items, uint32_t n)
{
	uint8_t seen[100] = { 0 };
	uint32_t odd = n & 1;

	/* Odd are those for which n less the number of cycles is odd. */
	for (uint32_t k = 0; k < n; k++) {
		if (!seen[k])
			odd ^= 1;
		for (uint32_t j = k; !seen[j]; j = items[j])
			seen[j] = 1;
	}
	return odd;
}

static void half_of_all_permutations_are_odd(void **state)
{
	static const uint32_t lengths[] = { 4, 9, 16, 17, 18, 24, 25, 36, 49, 81, 100 };

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(lengths); i++) {
		uint32_t seen[2] = { 0, 0 };

		for (uint64_t key = 0; key < 10000; key++) {
			struct trfs_permutation p;
			uint32_t items[100];

			init_nth(&p, lengths[i], key, (int)i % NR_KINDS);
			trfs_permutation_run(&p, 0, lengths[i], items);
			seen[is_odd(items, lengths[i])]++;
		}
		assert_even(seen, 2);
	}
}

struct tally {
	double nr, sum, squares;
};

static void tally_add(struct tally *t, uint32_t count)
{
	t->nr++;
	t->sum += count;
	t->squares += (double)count * count;
}

/* Mean 1, variance 1; the fourth moment of Poisson's distribution is 4 about its mean. */
static void assert_poisson_of_one(const struct tally *t)
{
	double mean = t->sum / t->nr;
	double variance = t->squares / t->nr - mean * mean;

	assert_true((mean - 1) * (mean - 1) < 25 / t->nr);
	assert_true((variance - 1) * (variance - 1) < 25 * 3 / t->nr);
}

/* What a permutation keeps of the order of its items: about one of each. */
struct kept {
	struct tally fixed;	 /* p(k) = k */
	struct tally successors; /* p(k + 1) = p(k) + 1 */
	struct tally reversed;	 /* p(k + 1) = p(k) - 1 */
};

static void kept_add(struct kept *kept, const uint32_t *items, uint32_t n)
{
	uint32_t fixed = items[0] == 0;
	uint32_t successors = 0;
	uint32_t reversed = 0;

	for (uint32_t k = 1; k < n; k++) {
		fixed += items[k] == k;
		successors += items[k] == items[k - 1] + 1;
		reversed += items[k] + 1 == items[k - 1];
	}
	tally_add(&kept->fixed, fixed);
	tally_add(&kept->successors, successors);
	tally_add(&kept->reversed, reversed);
}

static void assert_kept_as_by_shuffles(const struct kept *kept)
{
	assert_poisson_of_one(&kept->fixed);
	assert_poisson_of_one(&kept->successors);
	assert_poisson_of_one(&kept->reversed);
}

/*
 * What too few rounds keep first: pairs of places in one column, left digits d apart,
 * whose items are in one column as well and d apart.  Of all items but one, one is.
 */
static void columns_are_not_kept(void **state)
{
	static const uint32_t lengths[] = { 18, 36, 100 }; /* all digits are in use */

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(lengths); i++) {
		uint32_t n = lengths[i];
		struct tally kept = { 0 };
		double wanted, mean, variance;
		struct trfs_permutation p;
		uint32_t items[100];

		for (uint64_t key = 0; key < 100000; key++) {
			uint32_t nr_kept = 0;

			init_nth(&p, n, key, (int)i % NR_KINDS);
			assert_int_equal(n, p.nr_left * p.nr_right);
			trfs_permutation_run(&p, 0, n, items);
			for (uint32_t k = 0; k < n; k++) {
				for (uint32_t j = k % p.nr_right; j < k; j += p.nr_right)
					nr_kept += (items[k] + n - items[j]) % n == k - j;
			}
			tally_add(&kept, nr_kept);
		}
		wanted = (double)n * (p.nr_left - 1) / 2 / (n - 1);
		mean = kept.sum / kept.nr;
		variance = kept.squares / kept.nr - mean * mean;
		assert_true((mean - wanted) * (mean - wanted) < 25 * variance / kept.nr);
	}
}

/*
 * Permutations keep no more of the items' order than shuffles do; nor does each of the
 * order of the one before it: what leads from one to the other is a permutation as well.
 */
static void no_order_is_kept(void **state)
{
	static const uint32_t lengths[] = { 500, 1000, 66000 };
	static const uint64_t nr_keys[] = { 6000, 3000, 100 };
	uint32_t *items = malloc(66000 * sizeof(*items));
	uint32_t *change = malloc(66000 * sizeof(*change));
	uint32_t *places = malloc(66000 * sizeof(*places));

	(void)state;
	assert_true(items && change && places);
	for (size_t i = 0; i < TRFS_COUNT(lengths) * NR_KINDS; i++) {
		uint32_t n = lengths[i / NR_KINDS];
		struct kept alone = { 0 };
		struct kept changes = { 0 };

		for (uint64_t key = 0; key < nr_keys[i / NR_KINDS]; key++) {
			struct trfs_permutation p;

			init_nth(&p, n, key, (int)i % NR_KINDS);
			trfs_permutation_run(&p, 0, n, items);
			kept_add(&alone, items, n);
			for (uint32_t k = 0; key > 0 && k < n; k++)
				change[k] = places[items[k]];
			if (key > 0)
				kept_add(&changes, change, n);
			for (uint32_t k = 0; k < n; k++)
				places[items[k]] = k;
		}
		assert_kept_as_by_shuffles(&alone);
		assert_kept_as_by_shuffles(&changes);
	}
	free(items);
	free(change);
	free(places);
}

/* Spearman's coefficient has mean 0 and variance 1 / (n - 1). */
static void assert_unrelated(const uint32_t *a, const uint32_t *b, uint32_t n)
{
	double middle = ((double)n - 1) / 2;
	double sum = 0;
	double rho;

	for (uint32_t k = 0; k < n; k++)
		sum += (a[k] - middle) * (b[k] - middle);
	rho = sum * 12 / ((double)n * ((double)n * n - 1));
	assert_true(rho * rho < 25 / ((double)n - 1));
}

static void neighbouring_keys_are_unrelated(void **state)
{
	enum { N = 1000003 };
	uint32_t *ascending = malloc(N * sizeof(*ascending));
	uint32_t *items = malloc(N * sizeof(*items));
	uint32_t *others = malloc(N * sizeof(*others));

	(void)state;
	assert_true(ascending && items && others);
	for (uint32_t k = 0; k < N; k++)
		ascending[k] = k;
	for (int kind = 0; kind < NR_KINDS; kind++) {
		struct trfs_permutation p;

		init_nth(&p, N, 1, kind);
		trfs_permutation_run(&p, 0, N, items);
		init_nth(&p, N, 2, kind);
		trfs_permutation_run(&p, 0, N, others);
		assert_unrelated(ascending, items, N);
		assert_unrelated(items, others, N);
		assert_unrelated(items, others + 1, N - 1);
		assert_unrelated(items, items + 1, N - 1);
		assert_unrelated(items, items + 1000, N - 1000);
	}
	free(ascending);
	free(items);
	free(others);
}

/* Seed and stream are not one number: exchanged, or added up, they are another key. */
static void both_halves_of_the_key_count(void **state)
{
	static const uint64_t keys[][2] = { { 1, 2 },
					    { 2, 1 },
					    { 0, 3 },
					    { 3, 0 },
					    { 1, UINT64_C(2) << 32 },
					    { UINT64_C(1) << 32, 2 } };
	uint32_t items[TRFS_COUNT(keys)][64];

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(keys); i++) {
		struct trfs_permutation p;

		trfs_permutation_init(&p, 64, keys[i][0], keys[i][1]);
		trfs_permutation_run(&p, 0, 64, items[i]);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(items[i], items[j], sizeof(items[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_orders_of_few_items_are_equally_likely),
		cmocka_unit_test(all_pairs_of_items_are_equally_likely),
		cmocka_unit_test(every_item_is_at_every_place_equally_often),
		cmocka_unit_test(few_of_many_items_are_spread_evenly),
		cmocka_unit_test(half_of_all_permutations_are_odd),
		cmocka_unit_test(columns_are_not_kept),
		cmocka_unit_test(no_order_is_kept),
		cmocka_unit_test(neighbouring_keys_are_unrelated),
		cmocka_unit_test(both_halves_of_the_key_count),
	};

	return cmocka_run_group_tests_name("permutation, evenness", tests, NULL, NULL);
}
