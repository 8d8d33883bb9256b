/* SPDX-License-Identifier: MIT */
/* What --uid, --gid and --mode may say; who then reads is told by mounts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fuse/readers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void expect_refusal(const char *uid, const char *gid, const char *mode,
			   const char *start, const char *text)
{
	struct trfs_readers readers = { 0 };
	struct trfs_error err = { 0 };
	char sentence[256];

	assert_int_equal(trfs_readers_parse(&readers, uid, gid, mode, &err), -EINVAL);
	snprintf(sentence, sizeof(sentence), "%s, not \"%s\"", start, text);
	assert_string_equal(err.message, sentence);
}

static void what_is_not_said_is_the_sources(void **state)
{
	struct trfs_readers readers = { .allow_other = true };

	(void)state;
	assert_int_equal(trfs_readers_parse(&readers, NULL, NULL, NULL, NULL), 0);
	assert_false(readers.has_uid || readers.has_gid || readers.has_mode);
	assert_true(readers.allow_other);
	assert_int_equal(trfs_readers_parse(&readers, NULL, "7", NULL, NULL), 0);
	assert_true(readers.has_gid);
	assert_false(readers.has_uid || readers.has_mode);
	assert_int_equal(readers.gid, 7);
}

static void numbers_and_octal_modes_are_taken(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
	} modes[] = { { "0400", 0400 }, { "440", 0440 }, { "0444", 0444 }, { "4", 04 } };

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct trfs_readers readers = { 0 };

		assert_int_equal(trfs_readers_parse(&readers, "0", "4294967294",
						    modes[i].text, NULL),
				 0);
		assert_true(readers.has_uid && readers.has_gid && readers.has_mode);
		assert_int_equal(readers.uid, 0);
		assert_int_equal(readers.gid, 4294967294u);
		assert_int_equal(readers.mode, modes[i].mode);
	}
}

static void what_is_no_number_is_refused_by_its_option(void **state)
{
	/* The highest one means "none" to the kernel. */
	static const char *const odd[] = {
		"",	"-1",	      "+1",   " 1",  "1 ",
		"0x10", "4294967295", "root", "1.5", "18446744073709551617"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		expect_refusal(odd[i], NULL, NULL, "--uid wants a number", odd[i]);
		expect_refusal("1", odd[i], "0", "--gid wants a number", odd[i]);
	}
}

#define MODE_WANTED "--mode wants who may read, in octal: 0400, 0440 or 0444"
#define BEYOND	    "7777777777777777777777777"

static void modes_that_let_nobody_read_or_somebody_more_are_refused(void **state)
{
	static const char *const odd[] = { "",	  "0",	  "000", "644", "0755", "4444",
					   "888", "-444", "+4",	 " 4",	"0448", "u=r" };

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		expect_refusal(NULL, "1", odd[i], MODE_WANTED, odd[i]);
	expect_refusal(NULL, NULL, BEYOND, MODE_WANTED, BEYOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_is_the_sources),
		cmocka_unit_test(numbers_and_octal_modes_are_taken),
		cmocka_unit_test(what_is_no_number_is_refused_by_its_option),
		cmocka_unit_test(modes_that_let_nobody_read_or_somebody_more_are_refused),
	};

	return cmocka_run_group_tests_name("readers", tests, NULL, NULL);
}
