/* SPDX-License-Identifier: MIT */
/* Byte views, UTF-8, and the reader that must not leave its bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/random.h"

#include <stdlib.h>

static void compare_orders_bytes_then_length(void **state)
{
	static const char *const ascending[] = { "", "A", "AB", "B", "a", "aa", "\xff" };
	const size_t nr = sizeof(ascending) / sizeof(ascending[0]);

	(void)state;
	for (size_t i = 0; i < nr; i++) {
		for (size_t j = 0; j < nr; j++) {
			int order = trfs_bytes_compare(trfs_bytes_of(ascending[i]),
						       trfs_bytes_of(ascending[j]));

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
			assert_int_equal(trfs_bytes_equal(trfs_bytes_of(ascending[i]),
							  trfs_bytes_of(ascending[j])),
					 i == j);
		}
	}
}

static void trim_takes_blanks_off_both_ends_only(void **state)
{
	(void)state;
	assert_true(trfs_bytes_equal(trfs_bytes_trim(trfs_bytes_of("\t\r\n a b \r\n")),
				     trfs_bytes_of("a b")));
	assert_int_equal(trfs_bytes_trim(trfs_bytes_of(" \t ")).len, 0);
	assert_int_equal(trfs_bytes_trim((struct trfs_bytes){ NULL, 0 }).len, 0);
	assert_int_equal(trfs_bytes_trim(trfs_bytes_of("\va")).len, 2);
}

static void only_ascii_letters_lose_their_case(void **state)
{
	(void)state;
	assert_true(
		trfs_bytes_equal_nocase(trfs_bytes_of("JPEG9"), trfs_bytes_of("jpEg9")));
	assert_false(trfs_bytes_equal_nocase(trfs_bytes_of("[@"), trfs_bytes_of("{`")));
	assert_false(
		trfs_bytes_equal_nocase(trfs_bytes_of("\xc9"), trfs_bytes_of("\xe9")));
	assert_false(trfs_bytes_equal_nocase(trfs_bytes_of("ab"), trfs_bytes_of("abc")));
}

static void ends_with_compares_the_tail(void **state)
{
	(void)state;
	assert_true(trfs_bytes_ends_with(trfs_bytes_of("a.jpg"), ".jpg"));
	assert_true(trfs_bytes_ends_with(trfs_bytes_of("a"), ""));
	assert_false(trfs_bytes_ends_with(trfs_bytes_of("jpg"), ".jpg"));
	assert_false(trfs_bytes_ends_with(trfs_bytes_of("a.jpg "), ".jpg"));
}

/* Code points straight from the definition: slow, and shaped unlike the one tested. */
static bool valid_by_decoding(const uint8_t *p, size_t len)
{
	static const uint32_t least[] = { 0, 1, 0x80, 0x800, 0x10000 };

	for (size_t i = 0; i < len;) {
		size_t n = p[i] < 0x80		 ? 1
			   : (p[i] >> 5) == 0x06 ? 2
			   : (p[i] >> 4) == 0x0e ? 3
			   : (p[i] >> 3) == 0x1e ? 4
						 : 0;
		uint32_t point = n == 1 ? p[i] : p[i] & (0x7fu >> n);

		if (n == 0 || i + n > len)
			return false;
		for (size_t k = 1; k < n; k++) {
			if ((p[i + k] & 0xc0) != 0x80)
				return false;
			point = point << 6 | (p[i + k] & 0x3f);
		}
		if (point < least[n] || point > 0x10ffff || point >> 11 == 0x1b)
			return false;
		i += n;
	}
	return true;
}

static void utf8_agrees_with_decoding_for_every_short_sequence(void **state)
{
	/* Every lead with every second byte; third and fourth at their limits. */
	static const uint8_t limits[] = { 0x00, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xff };

	(void)state;
	for (unsigned int pair = 0; pair < 0x10000; pair++) {
		for (size_t k = 0; k < sizeof(limits) * sizeof(limits); k++) {
			uint8_t s[4] = { (uint8_t)(pair >> 8), (uint8_t)pair,
					 limits[k / sizeof(limits)],
					 limits[k % sizeof(limits)] };

			for (size_t len = 1; len <= 4; len++) {
				if (trfs_utf8_valid((struct trfs_bytes){ s, len }) !=
				    valid_by_decoding(s, len))
					fail_msg("%02x %02x %02x %02x, %zu bytes", s[0],
						 s[1], s[2], s[3], len);
			}
		}
	}
}

static void utf8_sees_one_bad_byte_at_any_place(void **state)
{
	static const uint8_t bad[] = { 0x00, 0x80, 0xff };

	(void)state;
	for (size_t len = 1; len < 40; len++) {
		for (size_t at = 0; at < len; at++) {
			/* On the heap and exact, so that ASan sees a word read too far.
			 */
			uint8_t *text = malloc(len);

			assert_non_null(text);
			memset(text, 0x7f, len);
			text[0] = 0x01;
			assert_true(trfs_utf8_valid((struct trfs_bytes){ text, len }));
			for (size_t k = 0; k < sizeof(bad); k++) {
				text[at] = bad[k];
				assert_false(trfs_utf8_valid(
					(struct trfs_bytes){ text, len }));
			}
			free(text);
		}
	}
	assert_true(trfs_utf8_valid((struct trfs_bytes){ NULL, 0 }));
	assert_true(trfs_utf8_valid(trfs_bytes_of("12345678\xc3\xa9 12345678 12345678")));
}

static void reader_stops_at_every_truncation(void **state)
{
	static const uint8_t wire[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	(void)state;
	for (size_t len = 0; len <= sizeof(wire); len++) {
		struct trfs_reader r = trfs_reader_of(wire, len);
		uint64_t value = trfs_reader_u64le(&r);

		assert_int_equal(r.failed, len < sizeof(wire));
		assert_true(value ==
			    (len < sizeof(wire) ? 0 : UINT64_C(0x0807060504030201)));
		assert_int_equal(trfs_reader_u8(&r), 0);
		assert_true(r.failed);
	}
}

static void reader_is_little_endian(void **state)
{
	static const uint8_t wire[] = { 1, 2, 3, 0xf4, 9, 7 };
	struct trfs_reader r = trfs_reader_of(wire, sizeof(wire));

	(void)state;
	assert_int_equal(trfs_reader_u32le(&r), 0xf4030201);
	assert_int_equal(trfs_reader_u8(&r), 9);
	assert_false(r.failed);
	assert_int_equal(trfs_reader_u32le(&r), 0);
	assert_true(r.failed);
}

static void reader_stays_failed_and_gives_nothing(void **state)
{
	static const uint8_t wire[4] = { 1, 2, 3, 4 };
	struct trfs_reader r = trfs_reader_of(wire, sizeof(wire));

	(void)state;
	assert_int_equal(trfs_reader_bytes(&r, UINT64_MAX).len, 0);
	assert_true(r.failed);
	assert_int_equal(trfs_reader_u8(&r), 0);
	assert_int_equal(trfs_reader_u32le(&r), 0);
	assert_int_equal(trfs_reader_bytes(&r, 1).len, 0);
	assert_int_equal(trfs_reader_varint(&r), 0);
}

static void bytes_are_borrowed_in_order(void **state)
{
	struct trfs_reader r = trfs_reader_of("abcdef", 6);

	(void)state;
	assert_true(trfs_bytes_equal(trfs_reader_bytes(&r, 2), trfs_bytes_of("ab")));
	assert_int_equal(trfs_reader_bytes(&r, 0).len, 0);
	assert_true(trfs_bytes_equal(trfs_reader_bytes(&r, 4), trfs_bytes_of("cdef")));
	assert_false(r.failed);
	r = trfs_reader_of(NULL, 0);
	assert_int_equal(trfs_reader_bytes(&r, 0).len, 0);
	assert_false(r.failed);
}

static size_t encode(uint64_t v, uint8_t *p)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		p[n++] = (uint8_t)(v | 0x80);
	p[n++] = (uint8_t)v;
	return n;
}

static void varints_of_every_length_come_back(void **state)
{
	uint64_t seed = 0x5eed;

	(void)state;
	for (unsigned int i = 0; i < 64 * 200; i++) {
		uint64_t v = i == 0 ? UINT64_MAX : trfs_random_next(&seed) >> (i % 64);
		uint8_t wire[10];
		size_t len = encode(v, wire);
		struct trfs_reader r = trfs_reader_of(wire, len);

		assert_true(trfs_reader_varint(&r) == v);
		assert_false(r.failed);
		assert_int_equal(r.left.len, 0);
		r = trfs_reader_of(wire, len - 1);
		assert_int_equal(trfs_reader_varint(&r), 0);
		assert_true(r.failed);
	}
}

static void varints_beyond_64_bits_fail(void **state)
{
	uint8_t wire[11];
	struct trfs_reader r;

	(void)state;
	memset(wire, 0xff, sizeof(wire));
	wire[10] = 1; /* eleven bytes */
	r = trfs_reader_of(wire, 11);
	assert_int_equal(trfs_reader_varint(&r), 0);
	assert_true(r.failed);
	wire[9] = 2; /* bit 64 */
	r = trfs_reader_of(wire, 11);
	assert_int_equal(trfs_reader_varint(&r), 0);
	assert_true(r.failed);
	wire[9] = 1;
	r = trfs_reader_of(wire, 11);
	assert_true(trfs_reader_varint(&r) == UINT64_MAX);
	assert_false(r.failed);
}

static void hexadecimal_is_two_small_digits_a_byte_and_no_more(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x0f, 0xa5, 0xff };
	char text[] = "..........";

	(void)state;
	assert_ptr_equal(trfs_hexadecimal(bytes, sizeof(bytes), text), text + 8);
	assert_string_equal(text, "000fa5ff..");
	assert_ptr_equal(trfs_hexadecimal(bytes, 0, text), text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare_orders_bytes_then_length),
		cmocka_unit_test(trim_takes_blanks_off_both_ends_only),
		cmocka_unit_test(only_ascii_letters_lose_their_case),
		cmocka_unit_test(ends_with_compares_the_tail),
		cmocka_unit_test(utf8_agrees_with_decoding_for_every_short_sequence),
		cmocka_unit_test(utf8_sees_one_bad_byte_at_any_place),
		cmocka_unit_test(reader_stops_at_every_truncation),
		cmocka_unit_test(reader_is_little_endian),
		cmocka_unit_test(reader_stays_failed_and_gives_nothing),
		cmocka_unit_test(bytes_are_borrowed_in_order),
		cmocka_unit_test(varints_of_every_length_come_back),
		cmocka_unit_test(varints_beyond_64_bits_fail),
		cmocka_unit_test(hexadecimal_is_two_small_digits_a_byte_and_no_more),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
