/* SPDX-License-Identifier: MIT */
/*
 * Vectors that pin every shuffle and split.  Where they come from, none of it our C:
 *
 *  - SplitMix64: the published first output for seed 0; the others, below() and the
 *    shuffles from a separate implementation of the same papers in Python, on its
 *    unbounded integers.
 *  - SipHash-2-4: OpenSSL 3,
 *      printf %s DATA | openssl mac -macopt hexkey:KEY -macopt size:8 \
 *              -in /dev/stdin SIPHASH
 *    with KEY the seed as 8 little-endian bytes and 8 zero bytes; it prints the hash's
 *    bytes in little-endian order.  The same command gives the reference vector of the
 *    SipHash paper (key 00..0f, data 00..0e: e545be4961ca29a1).
 *
 * Never adapt these numbers: if they do not come out, everybody's shards would change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/random.h"

static void splitmix_gives_the_published_numbers(void **state)
{
	static const uint64_t wanted[] = {
		UINT64_C(0xe220a8397b1dcdaf),
		UINT64_C(0x6e789e6aa1b965f4),
		UINT64_C(0x06c45d188009454f),
		UINT64_C(0xf88bb8a8724c81ec),
	};
	uint64_t seed = 0;

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(wanted); i++)
		assert_true(trfs_random_next(&seed) == wanted[i]);
}

static void below_is_pinned_for_small_limits(void **state)
{
	static const uint64_t wanted[] = {
		7, 1, 2, 3, 0, 8, 2, 8, 3, 6, 2, 4, 5, 5, 6, 2
	};
	uint64_t seed = 42;

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(wanted); i++)
		assert_int_equal(trfs_random_below(&seed, 10), wanted[i]);
}

/* Of this limit nearly half of all draws are surplus, so the rejection is pinned too. */
static void below_is_pinned_where_draws_are_rejected(void **state)
{
	const uint64_t limit = (UINT64_C(1) << 63) + 1;
	uint64_t seed = 7;

	(void)state;
	assert_true(trfs_random_below(&seed, limit) == UINT64_C(0x31e5f0f22c9906eb));
	assert_true(trfs_random_below(&seed, limit) == UINT64_C(0x734c20405d589501));
	assert_true(trfs_random_below(&seed, limit) == UINT64_C(0x1fed5f4365df5508));
	assert_true(seed == UINT64_C(0xb54cda58fbbee885));
}

static void below_stays_below_and_is_even(void **state)
{
	unsigned int seen[7] = { 0 };
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 70000; i++) {
		uint64_t v = trfs_random_below(&seed, 7);

		assert_true(v < 7);
		seen[v]++;
	}
	for (int i = 0; i < 7; i++)
		assert_in_range(seen[i], 9600, 10400); /* over four deviations */
	for (int i = 0; i < 100; i++)
		assert_int_equal(trfs_random_below(&seed, 1), 0);
}

static void shuffles_are_pinned(void **state)
{
	static const uint32_t wanted[16] = { 15, 13, 5, 6, 8, 1, 12, 10,
					     7,	 14, 9, 0, 4, 3, 2,  11 };
	uint32_t items[16];

	(void)state;
	for (uint32_t i = 0; i < 16; i++)
		items[i] = i;
	trfs_random_shuffle(42, items, 16);
	assert_memory_equal(items, wanted, sizeof(items));
}

static void a_shuffle_loses_nothing(void **state)
{
	uint32_t items[1000];
	unsigned int seen[1000] = { 0 };

	(void)state;
	trfs_random_shuffle(1, NULL, 0);
	for (uint32_t i = 0; i < 1000; i++)
		items[i] = i;
	trfs_random_shuffle(1, items, 1);
	assert_int_equal(items[0], 0);
	trfs_random_shuffle(99, items, 1000);
	for (uint32_t i = 0; i < 1000; i++)
		seen[items[i]]++;
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(seen[i], 1);
}

static void the_hash_is_siphash_2_4(void **state)
{
	/* The hashes as OpenSSL prints them. */
	static const struct {
		uint64_t seed;
		const char *data;
		uint8_t hash[8];
	} wanted[] = {
		{ 0, "", { 0xd7, 0x00, 0x77, 0x73, 0x9d, 0x4b, 0x92, 0x1e } },
		{ 0, "a", { 0x49, 0xa2, 0x93, 0xcd, 0x60, 0x08, 0xc2, 0x96 } },
		{ 0, "hello, world", { 0xbc, 0x41, 0x6d, 0xb7, 0xad, 0xc9, 0xd9, 0xe3 } },
		{ 0,
		  "0123456789abcdef",
		  { 0xb4, 0xa7, 0x1f, 0xa9, 0x04, 0x74, 0xc3, 0x94 } },
		{ 42, "", { 0xdd, 0xab, 0xba, 0x14, 0x80, 0xf5, 0xa6, 0x24 } },
		{ 42, "a", { 0x21, 0x7a, 0x9d, 0x57, 0xa9, 0x31, 0xa0, 0x23 } },
		{ 42,
		  "hello, world",
		  { 0xf1, 0x95, 0x7b, 0xad, 0x01, 0x21, 0x3b, 0x51 } },
		{ 42,
		  "0123456789abcdef",
		  { 0x82, 0xfa, 0x5c, 0x31, 0x7e, 0xae, 0xfe, 0x72 } },
		{ 42, "1234567", { 0x5f, 0x04, 0x0f, 0x6a, 0x55, 0xe4, 0xe4, 0xa5 } },
		{ 42, "12345678", { 0x7b, 0xf0, 0x8d, 0xfa, 0x5b, 0x83, 0x36, 0xaa } },
		{ 42,
		  "123456789abcdef",
		  { 0x58, 0x83, 0x1a, 0x54, 0xeb, 0xdb, 0x85, 0x0b } },
		{ UINT64_C(0x0123456789abcdef),
		  "1234567",
		  { 0xac, 0xa5, 0x50, 0x8b, 0xb4, 0x99, 0xc8, 0x16 } },
		{ UINT64_C(0x0123456789abcdef),
		  "12345678",
		  { 0xc3, 0xe0, 0xb4, 0xb9, 0xa6, 0xde, 0xcb, 0x20 } },
		{ UINT64_C(0x0123456789abcdef),
		  "123456789abcdef",
		  { 0xee, 0xc7, 0x96, 0x87, 0xe1, 0xb4, 0x94, 0x97 } },
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(wanted); i++) {
		uint64_t hash =
			trfs_random_hash(wanted[i].seed, trfs_bytes_of(wanted[i].data));

		assert_memory_equal(&hash, wanted[i].hash, 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splitmix_gives_the_published_numbers),
		cmocka_unit_test(below_is_pinned_for_small_limits),
		cmocka_unit_test(below_is_pinned_where_draws_are_rejected),
		cmocka_unit_test(below_stays_below_and_is_even),
		cmocka_unit_test(shuffles_are_pinned),
		cmocka_unit_test(a_shuffle_loses_nothing),
		cmocka_unit_test(the_hash_is_siphash_2_4),
	};

	return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
