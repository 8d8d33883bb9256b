/* SPDX-License-Identifier: MIT */
/* Growing buffers: content, the maximum, and failure that sticks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"

#include <stdlib.h>

static void what_is_put_stands_in_order(void **state)
{
	static const uint8_t wanted[] = {
		'a', 'b', 7, 4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1
	};
	struct trfs_buffer b;

	(void)state;
	trfs_buffer_init(&b, 100);
	trfs_buffer_put(&b, "ab", 2);
	trfs_buffer_put(&b, NULL, 0);
	trfs_buffer_put_u8(&b, 7);
	trfs_buffer_put_u32le(&b, 0x01020304);
	trfs_buffer_put_u64le(&b, UINT64_C(0x0102030405060708));
	assert_false(b.failed);
	assert_true(trfs_bytes_equal(trfs_buffer_bytes(&b),
				     (struct trfs_bytes){ wanted, sizeof(wanted) }));
	trfs_buffer_done(&b);
	assert_null(b.data);
}

static void growing_keeps_every_byte(void **state)
{
	struct trfs_buffer b;

	(void)state;
	trfs_buffer_init(&b, SIZE_MAX);
	for (size_t i = 0; i < 100000; i++)
		trfs_buffer_put_u8(&b, (uint8_t)(i * 7 >> 3));
	assert_int_equal(b.len, 100000);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], (uint8_t)(i * 7 >> 3));
	trfs_buffer_done(&b);
}

static void the_maximum_can_be_reached_but_not_passed(void **state)
{
	struct trfs_buffer b;

	(void)state;
	for (size_t max = 0; max < 200; max++) {
		trfs_buffer_init(&b, max);
		for (size_t i = 0; i < max; i++)
			trfs_buffer_put_u8(&b, 1);
		assert_false(b.failed);
		assert_int_equal(b.len, max);
		assert_true(max < 64 || b.capacity <= max);
		trfs_buffer_put_u8(&b, 1);
		assert_true(b.failed);
		assert_int_equal(b.len, max);
		trfs_buffer_done(&b);
	}
}

static void failure_sticks_until_reset(void **state)
{
	struct trfs_buffer b;

	(void)state;
	trfs_buffer_init(&b, 4);
	trfs_buffer_put(&b, "12345", 5);
	trfs_buffer_put(&b, "1", 1);
	trfs_buffer_printf(&b, "%d", 1);
	assert_true(b.failed);
	assert_int_equal(b.len, 0);
	assert_null(trfs_buffer_extend(&b, 0));
	assert_null(trfs_buffer_text(&b));
	trfs_buffer_reset(&b);
	trfs_buffer_put(&b, "1234", 4);
	assert_false(b.failed);
	assert_int_equal(b.len, 4);
	trfs_buffer_done(&b);
}

static void huge_requests_fail_without_wrapping(void **state)
{
	struct trfs_buffer b;

	(void)state;
	trfs_buffer_init(&b, SIZE_MAX / 4);
	trfs_buffer_put_u8(&b, 1);
	assert_null(trfs_buffer_extend(&b, SIZE_MAX));
	assert_true(b.failed);
	trfs_buffer_done(&b);
}

static void text_ends_with_a_nul_even_at_the_maximum(void **state)
{
	struct trfs_buffer b;

	(void)state;
	trfs_buffer_init(&b, 3);
	assert_string_equal(trfs_buffer_text(&b), "");
	trfs_buffer_put(&b, "abc", 3);
	assert_string_equal(trfs_buffer_text(&b), "abc");
	assert_int_equal(b.len, 3);
	trfs_buffer_done(&b);
}

static void printf_appends_short_and_long_text(void **state)
{
	char *text = malloc(1000);
	struct trfs_buffer b;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 999);
	for (size_t len = 250; len < 262; len++) {
		text[len] = '\0';
		/* Exactly enough: the NUL of vsnprintf() must find room all the same. */
		trfs_buffer_init(&b, 2 + len);
		trfs_buffer_put(&b, "> ", 2);
		trfs_buffer_printf(&b, "%s", text);
		assert_false(b.failed);
		assert_int_equal(b.len, 2 + len);
		assert_memory_equal(b.data + 2, text, len);
		trfs_buffer_printf(&b, "%s", text);
		assert_true(b.failed);
		assert_int_equal(b.len, 2 + len);
		trfs_buffer_done(&b);
		text[len] = 'x';
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_stands_in_order),
		cmocka_unit_test(growing_keeps_every_byte),
		cmocka_unit_test(the_maximum_can_be_reached_but_not_passed),
		cmocka_unit_test(failure_sticks_until_reset),
		cmocka_unit_test(huge_requests_fail_without_wrapping),
		cmocka_unit_test(text_ends_with_a_nul_even_at_the_maximum),
		cmocka_unit_test(printf_appends_short_and_long_text),
	};

	return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
