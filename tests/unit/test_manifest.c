/* SPDX-License-Identifier: MIT */
/* The choice of a dialect, files that are no manifests, inputs, places in messages. */
#include "manifest_fixture.h"

#include "manifest/text.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static void expect(const char *name, const char *text, const char *rows)
{
	assert_string_equal(manifest_read_text(name, text), rows);
}

static void extension_decides(void **state)
{
	(void)state;
	expect("a.csv", "{\"a\"\n1\n", "2 {\"a\"='1'\n");
	expect("a.TSV", "a\tb\n1\t2\n", "2 a='1' b='2'\n");
	expect("a.Json", "[{\"a\": 1}]", "1 a=1\n");
	expect("a.ndjson", "{\"a\": 1}", "1 a=1\n");
}

static void content_decides_without_an_extension(void **state)
{
	(void)state;
	expect("a", "f,l\na,b\n", "2 f='a' l='b'\n");
	expect("a.txt", "f\tl,x\na\tb\n", "2 f='a' l,x='b'\n");
	expect("a.txt", "\xef\xbb\xbf [\n{\"a\": 1}]", "2 a=1\n");
	expect("a.txt", "{\"images\": [{\"a\": 1}]}\n", "1 a=1\n");
	expect("a.txt", "{\n\"images\": [{\"a\": 1}]}\n", "2 a=1\n");
	expect("a.txt", "{\"a\": 1}\n{\"a\": 2}\n", "1 a=1\n2 a=2\n");
}

#define UNKNOWN                                                                          \
	"cannot tell what this is: neither its name nor its beginning is that of CSV "   \
	"(.csv), TSV (.tsv), JSON (.json), JSON Lines (.jsonl, .ndjson) or a list "      \
	"of images (.lst)\n"

static void unknown_content_lists_the_dialects(void **state)
{
	(void)state;
	expect("a.xml", "<a b=\"1,2\"/>\n", "EBADMSG: $/a.xml: " UNKNOWN);
	expect("a.jpg", "\xff\xd8\xff\x01,,\n", "EBADMSG: $/a.jpg: " UNKNOWN);
	expect("a", "", "EBADMSG: $/a: " UNKNOWN);
}

static void only_regular_files_are_manifests(void **state)
{
	(void)state;
	assert_string_equal(
		manifest_read("none.csv"),
		"ENOENT: $/none.csv: cannot open the manifest: No such file or "
		"directory\n");
	manifest_mkdir("folder");
	assert_string_equal(
		manifest_read("folder"),
		"EISDIR: $/folder: is a directory; a manifest is a CSV, TSV, "
		"JSON or JSON Lines file (class folders need no --manifest)\n");
	assert_int_equal(mkfifo(manifest_path("fifo.csv"), 0600), 0);
	assert_string_equal(
		manifest_read("fifo.csv"),
		"EINVAL: $/fifo.csv: is not a regular file; a manifest is read "
		"more than once, so write it to a file first\n");
}

static void manifest_is_an_input_under_its_real_path(void **state)
{
	struct trfs_strings paths;

	(void)state;
	manifest_put("a.csv", "f\n");
	assert_int_equal(symlink("a.csv", manifest_path("b.csv")), 0);
	assert_string_equal(manifest_read("b.csv"), "");
	paths = trfs_string_table_view(source.inputs.paths);
	assert_int_equal(paths.nr, 1);
	assert_true(trfs_bytes_equal(trfs_strings_get(&paths, 0),
				     trfs_bytes_of(manifest_path("a.csv"))));
	assert_int_equal(source.inputs.stamps[0].size, 2);
}

static void every_change_of_an_input_is_seen(void **state)
{
	const char *path = manifest_path("a.csv");
	struct trfs_input_stamp stamp;
	struct timespec times[2];
	struct trfs_error why;
	struct stat st;

	(void)state;
	manifest_put("a.csv", "f\n");
	manifest_read("a.csv");
	stamp = source.inputs.stamps[0];
	assert_int_equal(trfs_input_changed(path, &stamp, &why), 0);
	/* Same size, and the modification time put back: the change time tells. */
	assert_int_equal(stat(path, &st), 0);
	usleep(20000);
	manifest_put("a.csv", "g\n");
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_int_equal(trfs_input_changed(path, &stamp, &why), 1);
	assert_non_null(strstr(why.message, "/a.csv changed"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(trfs_input_changed(path, &stamp, &why), 1);
	assert_non_null(strstr(why.message, "/a.csv is gone"));
}

static void position_goes_from_0_to_the_size(void **state)
{
	TRFS_CLEANUP(trfs_manifest_freep) struct trfs_manifest *m = NULL;
	uint64_t read, total;
	struct trfs_row row;

	(void)state;
	manifest_put("a.csv", "f\nab\ncd\n");
	assert_int_equal(trfs_manifest_open(&source.root,
					    &(struct trfs_manifest_request){
						    .path = manifest_path("a.csv") },
					    &source.inputs, &m, NULL),
			 0);
	assert_int_equal(trfs_manifest_next(m, &row, NULL), 1);
	trfs_manifest_position(m, &read, &total);
	assert_int_equal(read, 5);
	assert_int_equal(total, 8);
	assert_int_equal(trfs_manifest_next(m, &row, NULL), 1);
	assert_int_equal(trfs_manifest_next(m, &row, NULL), 0);
	trfs_manifest_position(m, &read, &total);
	assert_int_equal(read, 8);
}

static void places_are_file_and_line(void **state)
{
	TRFS_CLEANUP(trfs_manifest_freep) struct trfs_manifest *m = NULL;
	char place[256], expected[256];
	const char *path = manifest_path("a.csv");

	(void)state;
	manifest_put("a.csv", "f\n");
	assert_int_equal(
		trfs_manifest_open(&source.root,
				   &(struct trfs_manifest_request){ .path = path },
				   &source.inputs, &m, NULL),
		0);
	snprintf(expected, sizeof(expected), "%s:12", path);
	assert_string_equal(trfs_manifest_place(m, 12, place, sizeof(place)), expected);
	assert_string_equal(trfs_manifest_place(m, 0, place, sizeof(place)), path);
}

static void messages_show_names_on_one_line(void **state)
{
	char shown[24];

	(void)state;
	assert_string_equal(
		trfs_text_printable(trfs_bytes_of("a\nb\x1b\xff"), shown, sizeof(shown)),
		"a\\x0ab\\x1b\\xff");
	assert_string_equal(
		trfs_text_printable(trfs_bytes_of("\xc3\xa9"), shown, sizeof(shown)),
		"\xc3\xa9");
	assert_string_equal(
		trfs_text_printable(trfs_bytes_of("0123456789012345678901234"), shown,
				    sizeof(shown)),
		"01234567890123456...");
}

static void integers_are_whole_and_in_range(void **state)
{
	int64_t value;

	(void)state;
	assert_true(trfs_text_integer(trfs_bytes_of("-9223372036854775808"), &value));
	assert_true(value == INT64_MIN);
	assert_true(trfs_text_integer(trfs_bytes_of("9223372036854775807"), &value));
	assert_true(value == INT64_MAX);
	assert_false(trfs_text_integer(trfs_bytes_of("9223372036854775808"), &value));
	assert_false(trfs_text_integer(trfs_bytes_of(""), &value));
	assert_false(trfs_text_integer(trfs_bytes_of("-"), &value));
	assert_false(trfs_text_integer(trfs_bytes_of("1x"), &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(extension_decides),
		MANIFEST_TEST(content_decides_without_an_extension),
		MANIFEST_TEST(unknown_content_lists_the_dialects),
		MANIFEST_TEST(only_regular_files_are_manifests),
		MANIFEST_TEST(manifest_is_an_input_under_its_real_path),
		MANIFEST_TEST(every_change_of_an_input_is_seen),
		MANIFEST_TEST(position_goes_from_0_to_the_size),
		MANIFEST_TEST(places_are_file_and_line),
		MANIFEST_TEST(messages_show_names_on_one_line),
		MANIFEST_TEST(integers_are_whole_and_in_range),
	};

	return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
