/* SPDX-License-Identifier: MIT */
/* JSON Lines: a line is a row, and a broken line is told alone. */
#include "manifest_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect(const char *lines, const char *rows)
{
	assert_string_equal(manifest_read_text("a.jsonl", lines), rows);
}

static void each_line_is_a_row(void **state)
{
	(void)state;
	expect("\xef\xbb\xbf{\"f\": \"a\", \"l\": 1}\r\n\n  \n{\"l\": 2, \"s\": \"x\"}",
	       "1 f='a' l=1\n4 l=2 s='x'\n");
	assert_string_equal(manifest_read_text("b.ndjson", "{\"a\": 1}\n"), "1 a=1\n");
}

static void hugging_face_objects_are_lists(void **state)
{
	(void)state;
	expect("{\"file_name\": \"1.png\", \"objects\": {\"bbox\": [[1.5, 2, 3, 4]], "
	       "\"categories\": [0]}}\n",
	       "1 file_name='1.png' objects.bbox=[1.5,2.0,3.0,4.0] "
	       "objects.categories=0\n");
}

static void errors_have_line_and_column(void **state)
{
	(void)state;
	expect("{\"a\": 1}\n{\"a\" 2}\n",
	       "1 a=1\nEBADMSG: $/a.jsonl:2:6: ':' expected near '2'\n");
	expect("{\"a\": 1\n}\n",
	       "EBADMSG: $/a.jsonl:1:8: '}' expected at the end of the line\n");
	expect("{\"a\": 1} {\"a\": 2}\n",
	       "EBADMSG: $/a.jsonl:1:10: more than one value near '{'\n");
	expect("{\"a\": 1}\n3\n", "1 a=1\nEBADMSG: $/a.jsonl:2:1: expected an object "
				  "{\"key\": value, ...}, found a number\n");
	expect("[\n{\"a\": 1}]\n", "EBADMSG: $/a.jsonl:1:2: not an object a line (an "
				   "array of objects is named "
				   ".json): ']' expected at the end of the line\n");
	expect("",
	       "EBADMSG: $/a.jsonl: is empty; an object {\"key\": value, ...} on each "
	       "line was expected\n");
}

static void windows_end_anywhere(void **state)
{
	static const char tail[] = "\"}\r\n\n{\"f\": 2}";
	size_t window = 256 << 10;
	char *text = malloc(window + 64);

	(void)state;
	assert_non_null(text);
	for (size_t fill = window - 20; fill < window + 4; fill++) {
		const char *got;

		memset(text, 'x', fill);
		memcpy(text, "{\"f\": \"", 7);
		memcpy(text + fill, tail, sizeof(tail));
		got = manifest_read_text("a.jsonl", text);
		assert_string_equal(got + strlen("1 f='") + fill - 7, "'\n3 f=2\n");
	}
	free(text);
}

static void giant_line_is_refused(void **state)
{
	size_t len = (64 << 20) + 100;
	char *text = malloc(len + 1);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', len);
	text[len] = '\0';
	memcpy(text, "{}\n{", 4);
	expect(text, "1\nEBADMSG: $/a.jsonl:2: the line is over 64 MiB long\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(each_line_is_a_row),
		MANIFEST_TEST(hugging_face_objects_are_lists),
		MANIFEST_TEST(errors_have_line_and_column),
		MANIFEST_TEST(windows_end_anywhere),
		MANIFEST_TEST(giant_line_is_refused),
	};

	return cmocka_run_group_tests_name("jsonl", tests, NULL, NULL);
}
