/* SPDX-License-Identifier: MIT */
#include "base/visible.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static bool is_visible(const char *text)
{
	return trfs_is_visible(trfs_bytes_of(text));
}

static void letters_of_any_script_are_visible(void **state)
{
	(void)state;
	assert_true(is_visible(""));
	assert_true(is_visible("a ~!\"<>\\"));
	assert_true(is_visible("\xc2\xa0\xc3\xa9\xd7\x90\xe6\x97\xa5\xf0\x9f\x90\xb1"));
	/* U+200C and U+200D join letters and emoji. */
	assert_true(
		is_visible("\xd9\x85\xe2\x80\x8c\xd9\x86 \xf0\x9f\x91\xa9\xe2\x80\x8d"));
	/* The neighbours of what is hidden. */
	assert_true(is_visible(
		"\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\x9f"));
	assert_true(is_visible("\xe2\x81\xaa\xef\xbb\xbe\xd8\x9b\xd8\x9d"));
}

static void what_terminals_obey_is_hidden(void **state)
{
	char text[2] = "";

	(void)state;
	for (int c = 1; c < 0x20; c++) {
		text[0] = (char)c;
		assert_false(is_visible(text));
	}
	assert_false(is_visible("a\x7f"));
	assert_false(is_visible("a\xc2\x80"));
	assert_false(is_visible("a\xc2\x9f"));
	assert_false(trfs_is_visible((struct trfs_bytes){ (const uint8_t *)"a\0b", 3 }));
}

static void what_misleads_people_is_hidden(void **state)
{
	static const char *const texts[] = {
		"\xd8\x9c",	/* U+061C */
		"\xe2\x80\x8b", /* U+200B */
		"\xe2\x80\x8e", /* U+200E */
		"\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9",
		"\xe2\x80\xaa", "\xe2\x80\xae",			/* U+202E */
		"\xe2\x81\xa0", "\xe2\x81\xa6", "\xe2\x81\xa9", /* U+2069 */
		"\xef\xbb\xbf",					/* U+FEFF */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(is_visible(texts[i]));
}

static void what_is_no_utf8_is_hidden(void **state)
{
	static const char *const texts[] = { "\x80",
					     "\xff",
					     "\xc3",
					     "\xe6\x97",
					     "\xc0\xaf",
					     "\xed\xa0\x80",
					     "\xf4\x90\x80\x80" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(is_visible(texts[i]));
}

static void a_character_is_taken_with_its_length(void **state)
{
	uint32_t c = 7;

	(void)state;
	assert_int_equal(trfs_utf8_take(trfs_bytes_of("a"), &c), 1);
	assert_int_equal(c, 'a');
	assert_int_equal(trfs_utf8_take(trfs_bytes_of("\xc3\xa9x"), &c), 2);
	assert_int_equal(c, 0xe9);
	assert_int_equal(trfs_utf8_take(trfs_bytes_of("\xe2\x80\xae"), &c), 3);
	assert_int_equal(c, 0x202e);
	assert_int_equal(trfs_utf8_take(trfs_bytes_of("\xf0\x9f\x90\xb1"), &c), 4);
	assert_int_equal(c, 0x1f431);
	assert_int_equal(trfs_utf8_take(trfs_bytes_of("\xf0\x9f\x90"), &c), 0);
	assert_int_equal(c, 0x1f431);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_of_any_script_are_visible),
		cmocka_unit_test(what_terminals_obey_is_hidden),
		cmocka_unit_test(what_misleads_people_is_hidden),
		cmocka_unit_test(what_is_no_utf8_is_hidden),
		cmocka_unit_test(a_character_is_taken_with_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
