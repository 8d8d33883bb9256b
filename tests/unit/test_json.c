/* SPDX-License-Identifier: MIT */
/* JSON manifests: cells out of objects, places of errors, files larger than a window. */
#include "manifest_fixture.h"

#include "manifest/json_stream.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect(const char *json, const char *rows)
{
	assert_string_equal(manifest_read_text("a.json", json), rows);
}

static void array_of_objects_is_rows(void **state)
{
	(void)state;
	expect("[{\"f\": \"a\", \"l\": 1},\n {\"f\": \"b\"}]\n",
	       "1 f='a' l=1\n2 f='b'\n");
	expect("\xef\xbb\xbf[]", "");
}

static void images_are_found_among_other_keys(void **state)
{
	(void)state;
	expect("{\"info\": {\"a\": [\"]}\\\"\"]}, \"n\": -1e5, \"images\": [\n"
	       "{\"f\": 1}], \"annotations\": [{\"images\": []}], \"x\": null}",
	       "2 f=1\n");
	expect("{\"im\\u0061ges\": []}", "");
}

static void kinds_are_kept(void **state)
{
	(void)state;
	expect("[{\"a\": 1.5, \"b\": true, \"c\": false, \"d\": null, \"e\": \"\", "
	       "\"f\": "
	       "-9223372036854775808, \"g\": 2.0}]",
	       "1 a=1.5 b=1 c=0 f=-9223372036854775808 g=2.0\n");
}

static void lists_flatten(void **state)
{
	(void)state;
	expect("[{\"a\": [1, 2], \"b\": [[1, 2], [3]], \"c\": [], \"d\": [\"\", \"x\"]}]",
	       "1 a=[1,2] b=[1,2,3] d=['','x']\n");
	expect("[{\"a\": [1, 2.5], \"b\": [1, 0.1, \"x\"]}]",
	       "1 a=[1.0,2.5] b=['1','0.1','x']\n");
}

static void objects_flatten_to_dotted_columns(void **state)
{
	(void)state;
	expect("[{\"o\": {\"bbox\": [[1, 2, 3, 4], [5, 6, 7, 8]], \"p\": {\"q\": 7}}}]",
	       "1 o.bbox=[1,2,3,4,5,6,7,8] o.p.q=7\n");
}

static void lists_of_objects_become_lists_by_key(void **state)
{
	(void)state;
	expect("[{\"o\": [{\"x\": 1, \"n\": {\"y\": \"\"}}, {\"n\": {\"y\": \"b\"}, "
	       "\"x\": 2}]}]",
	       "1 o.x=[1,2] o.n.y=['','b']\n");
	expect("[{\"o\": [{\"x\": null}, {\"x\": null}]}]", "1\n");
}

#define UNLIKE                                                                           \
	"is missing, null or of another shape in some objects of a list, so its values " \
	"would not belong to those of the other keys\n"

static void unlike_objects_in_a_list_are_refused(void **state)
{
	(void)state;
	expect("[{\"o\": [{\"x\": 1}, {\"y\": 1}]}]",
	       "EBADMSG: $/a.json:1:2: \"o.x\" " UNLIKE);
	expect("[{\"o\": [{\"x\": 1}, {\"x\": 1, \"y\": 1}]}]",
	       "EBADMSG: $/a.json:1:2: \"o.y\" " UNLIKE);
	expect("[{\"o\": [{\"x\": 1}, {\"x\": null}]}]",
	       "EBADMSG: $/a.json:1:2: \"o.x\" " UNLIKE);
	expect("[{\"o\": [{\"x\": {\"y\": 1}}, {\"x\": {}}]}]",
	       "EBADMSG: $/a.json:1:2: \"o.x.y\" " UNLIKE);
	expect("[{\"o\": [{\"x\": 1}, 2]}]",
	       "EBADMSG: $/a.json:1:2: \"o\" mixes objects with other values\n");
	expect("[{\"o\": [2, {\"x\": 1}]}]",
	       "EBADMSG: $/a.json:1:2: \"o\" mixes objects with other values\n");
	expect("[{\"o\": [2, null]}]", "EBADMSG: $/a.json:1:2: \"o\" has null in a list; "
				       "leave it out or give it a "
				       "value\n");
}

static void two_members_never_share_a_column(void **state)
{
	(void)state;
	expect("[{\"a\": {\"b\": 1}, \"a.b\": 2}]",
	       "EBADMSG: $/a.json:1:2: \"a.b\" can be two columns: one of this name, and "
	       "a "
	       "key of an object\n");
	expect("[{\"a\": 1, \"a.b\": 2}]", "1 a=1 a.b=2\n");
	expect("[{\"\": 1}]", "EBADMSG: $/a.json:1:2: a key is empty\n");
}

static void syntax_errors_have_line_and_column(void **state)
{
	(void)state;
	expect("[\n{\"a\": 1},\n  {\"a\": 1,}\n]",
	       "2 a=1\nEBADMSG: $/a.json:3:11: string or '}' expected near '}'\n");
	expect("[{\"a\": 1, \"a\": 2}]",
	       "EBADMSG: $/a.json:1:13: the key is there twice near '\"a\"'\n");
	expect("[{\"a\": 9223372036854775808}]",
	       "EBADMSG: $/a.json:1:26: too big integer near '9223372036854775808'; 64 "
	       "bits are the limit\n");
	expect("[{\"a\": \"\\u0000\"}]",
	       "EBADMSG: $/a.json:1:15: a string holds a NUL character (\\u0000)\n");
	expect("[{\"a\": \"\xff\"}]",
	       "EBADMSG: $/a.json:1:8: not UTF-8; save the file as UTF-8\n");
	expect("[{\"a\": \"x\ny\"}]",
	       "EBADMSG: $/a.json:1:10: a line ends inside a string\n");
	expect("[{\"a\": 1]}",
	       "EBADMSG: $/a.json:1:9: found ']' where '}' was expected\n");
	expect("[{\"a\": 1} {\"a\": 1}]", "1 a=1\nEBADMSG: $/a.json:1:11: found '{' "
					  "where ',' or ']' was expected\n");
	expect("[{\"a\": 1},]",
	       "1 a=1\nEBADMSG: $/a.json:1:11: found ']' where a value was expected\n");
	expect("[nul]", "EBADMSG: $/a.json:1:4: invalid token near 'nul'\n");
}

static void wrong_top_levels_are_told_what_was_expected(void **state)
{
	(void)state;
	expect("", "EBADMSG: $/a.json:1:1: the file is empty; an array or an object was "
		   "expected\n");
	expect("12", "EBADMSG: $/a.json:1:1: expected an array of objects or an object, "
		     "found a number\n");
	expect("[1]", "EBADMSG: $/a.json:1:2: expected an object {\"key\": value, ...}, "
		      "found a number\n");
	expect("{\"info\": 1, \"licenses\": []}",
	       "EBADMSG: $/a.json: expected an array of objects, or an object with "
	       "\"images\": [...]; found an object with \"info\", \"licenses\"\n");
	expect("{}", "EBADMSG: $/a.json: expected an array of objects, or an object with "
		     "\"images\": [...]; found an object with nothing in it\n");
	expect("{\"images\": {}}",
	       "EBADMSG: $/a.json:1:12: \"images\" must be an array, but is an object\n");
	expect("{\"images\": [], \"images\": []}",
	       "EBADMSG: $/a.json:1:24: \"images\" is there twice\n");
}

static void cut_files_and_garbage_are_refused(void **state)
{
	static const char whole[] =
		"{\"x\": {\"y\": [\"z\\\"\"]}, \"images\": [{\"a\": 1}]}";
	char cut[sizeof(whole)];

	(void)state;
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		memcpy(cut, whole, len);
		cut[len] = '\0';
		assert_non_null(strstr(manifest_read_text("a.json", cut),
				       "EBADMSG: $/a.json:1:"));
	}
	expect(whole, "1 a=1\n");
	expect("[{\"a\": 1}", "1 a=1\nEBADMSG: $/a.json:1:10: the file ends where ',' or "
			      "']' was expected; is it cut off?\n");
	expect("[{\"a\": [1,\n2", "EBADMSG: $/a.json:2:2: the file ends inside the value "
				  "that begins on line 1; is it cut off?\n");
	expect("[] x",
	       "EBADMSG: $/a.json:1:4: something follows after the end of the array\n");
	expect("{\"a\": 1}\n{\"a\": 2}\n",
	       "EBADMSG: $/a.json:2:1: another object follows after the end of the "
	       "object; "
	       "is this JSON Lines, which is named .jsonl?\n");
}

static void depth_is_limited(void **state)
{
	char text[512] = "[{\"a\": ";

	(void)state;
	for (int i = 0; i < 70; i++)
		strcat(text, "[");
	assert_non_null(strstr(manifest_read_text("a.json", text),
			       ":1:71: values are nested more than 64 deep"));
	strcpy(text, "[{\"a\": ");
	for (int i = 0; i < 40; i++)
		strcat(text, "[");
	strcat(text, "1");
	for (int i = 0; i < 40; i++)
		strcat(text, "]");
	strcat(text, "}]");
	expect(text, "EBADMSG: $/a.json:1:2: \"a\" is nested too deep\n");
}

/* Elements that lie across the window's end, and one that is larger than it. */
static void windows_end_anywhere(void **state)
{
	static const char tail[] = "\\\"\\\\\"},\n {\"f\": [1, \"\xc3\xa9\"]}\n, {}]";
	size_t window = 256 << 10;
	char *text = malloc(window + 128);

	(void)state;
	assert_non_null(text);
	for (size_t fill = window - 50; fill < window + 4; fill++) {
		const char *got;

		memset(text, 'x', fill);
		memcpy(text, "[{\"f\": \"", 8);
		memcpy(text + fill, tail, sizeof(tail));
		got = manifest_read_text("a.json", text);
		got += strlen("1 f='") + fill - 8;
		assert_string_equal(got, "\"\\'\n2 f=['1','\xc3\xa9']\n3\n");
	}
	free(text);
}

static void streams_share_a_file_and_choose_their_keys(void **state)
{
	static const char *const keys[] = { "categories", "annotations", NULL };
	struct trfs_json_stream *a, *b;
	struct trfs_json_element element;
	struct trfs_text_place place;
	int fd;

	(void)state;
	manifest_put("coco.json",
		     "{\"images\": [1],\n \"annotations\": [ {\"id\": 5} , 6],\n"
		     "\"categories\": [7]}");
	fd = open(manifest_path("coco.json"), O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(trfs_json_stream_open(fd, keys, false, &a, NULL), 0);
	assert_int_equal(trfs_json_stream_open(fd, keys + 1, false, &b, NULL), 0);
	assert_int_equal(trfs_json_stream_next(a, &element, &place, NULL), 1);
	assert_ptr_equal(element.key, keys[1]);
	assert_int_equal(element.text.len, 9);
	assert_memory_equal(element.text.data, "{\"id\": 5}", 9);
	assert_int_equal(element.place.line, 2);
	assert_int_equal(element.place.column, 19);
	assert_false(trfs_json_stream_has(a, 0));
	assert_int_equal(trfs_json_stream_next(b, &element, &place, NULL), 1);
	assert_int_equal(trfs_json_stream_next(b, &element, &place, NULL), 1);
	assert_int_equal(trfs_json_stream_next(b, &element, &place, NULL), 0);
	assert_string_equal(trfs_json_stream_skipped(b), "\"images\", \"categories\"");
	assert_int_equal(trfs_json_stream_next(a, &element, &place, NULL), 1);
	assert_int_equal(trfs_json_stream_next(a, &element, &place, NULL), 1);
	assert_ptr_equal(element.key, keys[0]);
	assert_int_equal(trfs_json_stream_next(a, &element, &place, NULL), 0);
	assert_true(trfs_json_stream_has(a, 0));
	trfs_json_stream_close(a);
	trfs_json_stream_close(b);
	trfs_file_close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(array_of_objects_is_rows),
		MANIFEST_TEST(images_are_found_among_other_keys),
		MANIFEST_TEST(kinds_are_kept),
		MANIFEST_TEST(lists_flatten),
		MANIFEST_TEST(objects_flatten_to_dotted_columns),
		MANIFEST_TEST(lists_of_objects_become_lists_by_key),
		MANIFEST_TEST(unlike_objects_in_a_list_are_refused),
		MANIFEST_TEST(two_members_never_share_a_column),
		MANIFEST_TEST(syntax_errors_have_line_and_column),
		MANIFEST_TEST(wrong_top_levels_are_told_what_was_expected),
		MANIFEST_TEST(cut_files_and_garbage_are_refused),
		MANIFEST_TEST(depth_is_limited),
		MANIFEST_TEST(windows_end_anywhere),
		MANIFEST_TEST(streams_share_a_file_and_choose_their_keys),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
