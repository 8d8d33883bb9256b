/* SPDX-License-Identifier: MIT */
/*
 * Permutations are bijections, are what they always were, and look like shuffles.
 *
 * The vectors come from a separate implementation of the description in permutation.c, in
 * Python, on its unbounded integers.  Never adapt these numbers: if they do not come out,
 * everybody's shards would change.  The statistics are of fixed keys, so they hold always
 * or never; their bounds are five standard deviations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/permutation.h"

/* The whole permutation, for free(). */
static uint32_t *all_of(uint64_t n, uint64_t seed, uint64_t stream)
{
	uint32_t *items = malloc(n * sizeof(*items));
	struct trfs_permutation p;

	assert_non_null(items);
	trfs_permutation_init(&p, n, seed, stream);
	trfs_permutation_run(&p, 0, n, items);
	return items;
}

static uint64_t at(uint64_t n, uint64_t seed, uint64_t stream, uint64_t k)
{
	struct trfs_permutation p;

	trfs_permutation_init(&p, n, seed, stream);
	return trfs_permutation_at(&p, k);
}

static void every_item_has_one_place(void **state)
{
	static const uint32_t lengths[] = { 1,	   2,	  3,	 5,	 7,    8,    9,
					    10,	   15,	  16,	 17,	 18,   25,   31,
					    32,	   33,	  36,	 100,	 1000, 4096, 4097,
					    65535, 65536, 65537, 1000003 };
	static const uint64_t keys[][2] = {
		{ 0, 0 }, { 42, 1 }, { 1, 42 }, { ~0U, ~0ULL }
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(lengths) * TRFS_COUNT(keys); i++) {
		uint32_t n = lengths[i / TRFS_COUNT(keys)];
		const uint64_t *key = keys[i % TRFS_COUNT(keys)];
		uint32_t *items = all_of(n, key[0], key[1]);
		uint8_t *seen = calloc(n, 1);

		assert_non_null(seen);
		for (uint32_t k = 0; k < n; k++) {
			assert_true(items[k] < n);
			assert_int_equal(seen[items[k]]++, 0);
		}
		free(seen);
		free(items);
	}
}

static void of_no_items_nothing_is_asked(void **state)
{
	struct trfs_permutation p;

	(void)state;
	trfs_permutation_init(&p, 0, 1, 2);
	trfs_permutation_run(&p, 0, 0, NULL);
}

static void runs_are_what_single_places_are(void **state)
{
	static const uint32_t lengths[] = { 1, 10, 16, 17, 100, 65537, 1000003 };
	static const size_t windows[] = { 1,  0,  2,  3,  7,  31,  32,
					  33, 63, 64, 65, 97, 101, 1000 };
	uint32_t items[1001];

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(lengths); i++) {
		struct trfs_permutation p;
		uint64_t first = 0;

		trfs_permutation_init(&p, lengths[i], 5, 6);
		for (size_t w = 0; first < p.nr_items && w < 200; w++) {
			size_t nr = windows[w % TRFS_COUNT(windows)];

			if (nr > p.nr_items - first)
				nr = (size_t)(p.nr_items - first);
			items[nr] = 0xdeadbeef;
			trfs_permutation_run(&p, first, nr, items);
			assert_int_equal(items[nr], 0xdeadbeef);
			for (size_t k = 0; k < nr; k++)
				assert_int_equal(items[k],
						 trfs_permutation_at(&p, first + k));
			first += nr;
		}
	}
}

/* The first, the second, the middle and the last item. */
static void items_are_pinned(void **state)
{
	static const struct {
		uint64_t n, seed, stream;
		uint32_t items[4];
	} wanted[] = {
		{ 1, 0, 0, { 0, 0, 0, 0 } },
		{ 2, 42, 1, { 0, 1, 1, 1 } },
		{ 10, 42, 0, { 5, 1, 2, 3 } },
		{ 16, 42, 1, { 15, 2, 13, 9 } },
		{ 17, 42, 0, { 4, 16, 14, 15 } },
		{ 17, 42, 1, { 5, 10, 7, 12 } },
		{ 100, 0, 0, { 46, 31, 41, 7 } },
		{ 1000, 42, 7, { 553, 160, 751, 36 } },
		{ 65535, 1, 2, { 7706, 35821, 20646, 58079 } },
		{ 65536, 1, 2, { 32179, 33085, 31516, 62903 } },
		{ 1000003, 42, 3, { 493877, 483315, 121098, 542269 } },
		{ 10000000, 42, 0, { 9011844, 9675843, 8630363, 8230322 } },
		{ 10000000, 42, 1, { 7625762, 3344673, 7660003, 4888695 } },
		{ 10000000, 43, 0, { 2383227, 6744108, 3642940, 3282780 } },
		{ 4294836226, 9, 9, { 530633896, 2055505770, 1195257474, 809957409 } },
		{ UINT32_MAX,
		  UINT64_MAX,
		  UINT64_MAX,
		  { 1341567582, 286024766, 2191863153, 3019391407 } },
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(wanted); i++) {
		uint64_t n = wanted[i].n;
		uint64_t places[] = { 0, n > 1 ? 1 : 0, n / 2, n - 1 };

		for (size_t k = 0; k < TRFS_COUNT(places); k++)
			assert_int_equal(
				at(n, wanted[i].seed, wanted[i].stream, places[k]),
				wanted[i].items[k]);
	}
}

static void whole_permutations_are_pinned(void **state)
{
	static const struct {
		uint64_t n, seed, stream, digest;
	} wanted[] = {
		{ 16, 42, 1, UINT64_C(0x0477046008118744) },
		{ 17, 42, 1, UINT64_C(0x1640f89a86590b29) },
		{ 1000, 42, 7, UINT64_C(0x005a6640145c723c) },
		{ 65535, 1, 2, UINT64_C(0x61d42dbc592be240) },
		{ 65537, 1, 2, UINT64_C(0x5afee7d642053e6d) },
		{ 1000003, 42, 3, UINT64_C(0xdfe9766a4ad5899e) },
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(wanted); i++) {
		uint32_t *items = all_of(wanted[i].n, wanted[i].seed, wanted[i].stream);
		uint64_t digest = 0;

		for (size_t k = 0; k < wanted[i].n; k++)
			digest = digest * UINT64_C(0x9e3779b97f4a7c15) + items[k] + 1;
		assert_true(digest == wanted[i].digest);
		free(items);
	}
}

/* 65531 of 2^32 - 262139 places lead out of the range: the most there are near 2^32. */
static void places_that_lead_out_of_the_range_are_pinned(void **state)
{
	const uint64_t n = UINT64_C(4294705157);

	(void)state;
	assert_int_equal(at(n, 7, 8, 3777395573), 3600678853);
	assert_int_equal(at(n, 7, 8, 1730314929), 2756331297);
	assert_int_equal(at(n, 7, 8, 643596283), 1875901116);
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Half a million from either end: of independent draws over a hundred would be equal. */
static void of_most_items_none_comes_twice(void **state)
{
	static const uint64_t lengths[] = { UINT32_MAX, UINT64_C(4294705157) };
	const size_t half = 500000;
	uint32_t *items = malloc(2 * half * sizeof(*items));

	(void)state;
	assert_non_null(items);
	for (size_t i = 0; i < TRFS_COUNT(lengths); i++) {
		struct trfs_permutation p;

		trfs_permutation_init(&p, lengths[i], 3, 4);
		trfs_permutation_run(&p, 0, half, items);
		trfs_permutation_run(&p, p.nr_items - half, half, items + half);
		qsort(items, 2 * half, sizeof(*items), by_value);
		for (size_t k = 1; k < 2 * half; k++)
			assert_true(items[k - 1] < items[k]);
		assert_true(items[2 * half - 1] < lengths[i]);
	}
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_has_one_place),
		cmocka_unit_test(of_no_items_nothing_is_asked),
		cmocka_unit_test(runs_are_what_single_places_are),
		cmocka_unit_test(items_are_pinned),
		cmocka_unit_test(whole_permutations_are_pinned),
		cmocka_unit_test(places_that_lead_out_of_the_range_are_pinned),
		cmocka_unit_test(of_most_items_none_comes_twice),
	};

	return cmocka_run_group_tests_name("permutation", tests, NULL, NULL);
}
