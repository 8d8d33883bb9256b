/* SPDX-License-Identifier: MIT */
/* Error messages: composed innermost first, one clean line whatever they quote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"

#include <errno.h>
#include <string.h>

static void a_failure_fills_code_and_message(void **state)
{
	struct trfs_error err = { 0 };

	(void)state;
	assert_int_equal(trfs_fail(&err, -EBADMSG, "row %d of %s", 7, "a.csv"), -EBADMSG);
	assert_int_equal(err.code, -EBADMSG);
	assert_string_equal(err.message, "row 7 of a.csv");
}

static void without_a_struct_the_code_is_still_returned(void **state)
{
	(void)state;
	assert_int_equal(trfs_fail(NULL, -EINVAL, "x"), -EINVAL);
	assert_int_equal(trfs_fail_errno(NULL, -EIO, "x"), -EIO);
	assert_int_equal(trfs_error_prefix(NULL, -EIO, "x"), -EIO);
	assert_int_equal(trfs_fail_memory(NULL, "x"), -ENOMEM);
}

static void errno_and_prefixes_are_joined_by_colons(void **state)
{
	struct trfs_error err = { 0 };

	(void)state;
	assert_int_equal(trfs_fail_errno(&err, -ENOENT, "cannot open %s", "x"), -ENOENT);
	assert_string_equal(err.message, "cannot open x: No such file or directory");
	assert_int_equal(trfs_error_prefix(&err, -ENOENT, "line %d", 4), -ENOENT);
	assert_string_equal(err.message,
			    "line 4: cannot open x: No such file or directory");
	assert_int_equal(trfs_fail_memory(&err, "the index"), -ENOMEM);
	assert_string_equal(err.message, "no memory for the index");
}

static void a_message_may_quote_itself(void **state)
{
	struct trfs_error err = { 0 };

	(void)state;
	trfs_fail(&err, -EINVAL, "inner");
	trfs_fail(&err, -EINVAL, "outer (%s)", err.message);
	assert_string_equal(err.message, "outer (inner)");
}

static void a_prefix_to_nothing_gets_a_reason(void **state)
{
	struct trfs_error err = { 0 };

	(void)state;
	trfs_error_prefix(&err, -EIO, "reading");
	assert_string_equal(err.message, "reading: Input/output error");
	assert_int_equal(err.code, -EIO);
}

static void what_a_terminal_obeys_is_replaced(void **state)
{
	struct trfs_error err = { 0 };

	(void)state;
	trfs_fail(&err, -EINVAL, "a\nb\x1b[1mc\xff%s%s", "\xc2\x9b", "z\xc3\xa9");
	assert_string_equal(err.message, "a?b?[1mc???z\xc3\xa9");
}

static void a_long_message_is_cut_between_characters(void **state)
{
	struct trfs_error err = { 0 };
	char text[2048];

	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		size_t len;

		memset(text, 'a', shift);
		for (size_t i = shift; i + 4 < sizeof(text); i += 4)
			memcpy(text + i, "\xf0\x9f\xa6\x9d", 5);
		trfs_fail(&err, -EINVAL, "%s", text);
		len = strlen(err.message);
		assert_int_equal((len - shift) % 4, 0);
		assert_in_range(len, sizeof(err.message) - 4, sizeof(err.message) - 1);
		assert_null(strchr(err.message, '?'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_fills_code_and_message),
		cmocka_unit_test(without_a_struct_the_code_is_still_returned),
		cmocka_unit_test(errno_and_prefixes_are_joined_by_colons),
		cmocka_unit_test(a_message_may_quote_itself),
		cmocka_unit_test(a_prefix_to_nothing_gets_a_reason),
		cmocka_unit_test(what_a_terminal_obeys_is_replaced),
		cmocka_unit_test(a_long_message_is_cut_between_characters),
	};

	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
