/* SPDX-License-Identifier: MIT */
/*
 * CRC-32C against known values, against one bit at a time, and against itself: any cut
 * into parts must combine to the whole.  The code for machines without the instructions
 * is compiled in a second time under other names, so that both are tested here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/crc32c.h"

#define TRFS_CRC32C_PORTABLE
#define trfs_crc32c	    portable_crc32c
#define trfs_crc32c_combine portable_combine
uint32_t portable_crc32c(uint32_t crc, const void *data, size_t len);
uint32_t portable_combine(uint32_t crc_a, uint32_t crc_b, uint64_t len_b);
#include "../../src/base/crc32c.c"
#undef trfs_crc32c
#undef trfs_crc32c_combine

#include "base/random.h"

#include <stdlib.h>

/* crc, then combine, of the machine's own and of the portable code */
struct variant {
	uint32_t (*crc)(uint32_t crc, const void *data, size_t len);
	uint32_t (*combine)(uint32_t crc_a, uint32_t crc_b, uint64_t len_b);
};

static const struct variant variants[] = {
	{ trfs_crc32c, trfs_crc32c_combine },
	{ portable_crc32c, portable_combine },
};

static uint32_t bit_by_bit(const uint8_t *data, size_t len)
{
	uint32_t state = 0xffffffff;

	for (size_t i = 0; i < len; i++) {
		state ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			state = state >> 1 ^ (state & 1 ? 0x82f63b78 : 0);
	}
	return ~state;
}

static uint8_t *random_bytes(size_t len, uint64_t seed)
{
	uint8_t *data = malloc(len ? len : 1);

	assert_non_null(data);
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)trfs_random_next(&seed);
	return data;
}

static void known_values_come_out(void **state)
{
	static const uint8_t zeroes[32];
	uint8_t stored[4];

	(void)state;
	for (size_t v = 0; v < 2; v++) {
		assert_int_equal(variants[v].crc(0, "123456789", 9), 0xe3069283);
		/* RFC 3720, B.4 */
		assert_int_equal(variants[v].crc(0, zeroes, 32), 0x8a9136aa);
		assert_int_equal(variants[v].crc(0, NULL, 0), 0);
	}
	/* The empty record as TensorFlow writes it. */
	trfs_store_u32le(stored, trfs_crc32c_mask(trfs_crc32c(0, zeroes, 8)));
	assert_memory_equal(stored, "\x29\x03\x98\x07", 4);
	trfs_store_u32le(stored, trfs_crc32c_mask(trfs_crc32c(0, NULL, 0)));
	assert_memory_equal(stored, "\xd8\xea\x82\xa2", 4);
}

static void every_length_agrees_with_bit_by_bit(void **state)
{
	(void)state;
	for (size_t len = 0; len < 700; len++) {
		uint8_t *data = random_bytes(len, len);
		uint32_t wanted = bit_by_bit(data, len);

		assert_int_equal(variants[0].crc(0, data, len), wanted);
		assert_int_equal(variants[1].crc(0, data, len), wanted);
		free(data);
	}
}

static void going_on_equals_doing_it_at_once(void **state)
{
	uint8_t *data = random_bytes(5000, 1);
	uint32_t whole = trfs_crc32c(0, data, 5000);
	uint64_t seed = 2;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		size_t cut = (size_t)trfs_random_below(&seed, 5001);

		for (size_t v = 0; v < 2; v++) {
			uint32_t a = variants[v].crc(0, data, cut);

			assert_int_equal(variants[v].crc(a, data + cut, 5000 - cut),
					 whole);
		}
	}
	free(data);
}

static void parts_combine_to_the_whole(void **state)
{
	uint8_t *data = random_bytes(100000, 3);
	uint64_t seed = 4;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		size_t start = (size_t)trfs_random_below(&seed, 1000);
		size_t end =
			start + (size_t)(trfs_random_next(&seed) % (99000 >> (i % 17)));
		size_t cut = start + (size_t)trfs_random_below(&seed, end - start + 1);
		uint32_t a = trfs_crc32c(0, data + start, cut - start);
		uint32_t b = trfs_crc32c(0, data + cut, end - cut);
		uint32_t whole = trfs_crc32c(0, data + start, end - start);

		for (size_t v = 0; v < 2; v++)
			assert_int_equal(variants[v].combine(a, b, end - cut), whole);
	}
	free(data);
}

/* No buffer is that long, so by doubling runs of zeroes up to 2^63 bytes. */
static void combining_holds_for_lengths_no_buffer_has(void **state)
{
	uint32_t zeroes = trfs_crc32c(0, "", 1);
	uint64_t seed = 5;

	(void)state;
	for (unsigned int k = 0; k < 63; k++) {
		uint64_t len = UINT64_C(1) << k;
		uint32_t doubled = trfs_crc32c_combine(zeroes, zeroes, len);
		uint32_t a = (uint32_t)trfs_random_next(&seed);
		uint32_t one_by_one = trfs_crc32c_combine(
			trfs_crc32c_combine(a, zeroes, len), zeroes, len);

		assert_int_equal(trfs_crc32c_combine(a, doubled, 2 * len), one_by_one);
		assert_int_equal(portable_combine(a, doubled, 2 * len), one_by_one);
		zeroes = doubled;
	}
}

static void combining_with_nothing_changes_nothing(void **state)
{
	(void)state;
	for (size_t v = 0; v < 2; v++) {
		assert_int_equal(variants[v].combine(0x12345678, 0, 0), 0x12345678);
		assert_int_equal(variants[v].combine(0, 0x12345678, 77), 0x12345678);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_values_come_out),
		cmocka_unit_test(every_length_agrees_with_bit_by_bit),
		cmocka_unit_test(going_on_equals_doing_it_at_once),
		cmocka_unit_test(parts_combine_to_the_whole),
		cmocka_unit_test(combining_holds_for_lengths_no_buffer_has),
		cmocka_unit_test(combining_with_nothing_changes_nothing),
	};

	return cmocka_run_group_tests_name("crc32c", tests, NULL, NULL);
}
