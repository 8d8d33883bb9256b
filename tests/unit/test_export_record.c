/* SPDX-License-Identifier: MIT */
/* The record of an export: what was written is read again, and nothing odd is believed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"

#include "stream/export.h"
#include "stream/export_record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DIGITS			 "0123456789abcdef"
#define HEX			 DIGITS DIGITS DIGITS DIGITS
#define REST			 "\ncontent " HEX "\nview epochs/7\ncompression gzip\n"
#define HEAD			 "tfrecordfs export 1\nsource /data\nfingerprint " HEX REST
#define FILE_LINE(numbers, name) "file " HEX " " numbers " " name "\n"

static const struct trfs_export_record nothing;

static struct trfs_export_identity identity_of(char *source)
{
	static char view[] = "epochs/7";

	return (struct trfs_export_identity){
		.source = source, .fingerprint = HEX, .content = HEX, .view = view
	};
}

static struct trfs_export_entry entry_of(const char *name, uint64_t size)
{
	return (struct trfs_export_entry){
		.sha256 = { 0xab, 0x01 }, .size = size, .inode = 7, .name = name
	};
}

static void read_record(struct trfs_export_record *ret)
{
	struct trfs_error err = { 0 };

	if (trfs_export_record_read(".", ret, &err) < 0)
		fail_msg("%s", err.message);
}

/* All that is believed of HEAD with @lines behind it, as "size inode time name\n" each.
 */
static void expect(const char *lines, size_t len, const char *expected)
{
	FILE *f = fopen(TRFS_EXPORT_RECORD, "w");
	struct trfs_export_record record;
	struct trfs_buffer text;

	assert_non_null(f);
	fputs(HEAD, f);
	assert_int_equal(fwrite(lines, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	read_record(&record);
	trfs_buffer_init(&text, 4096);
	trfs_buffer_printf(&text, "%s", "");
	for (size_t i = 0; i < record.nr; i++) {
		const struct trfs_export_entry *entry = &record.entries[i];

		assert_ptr_equal(trfs_export_record_find(&record, entry->name), entry);
		trfs_buffer_printf(&text, "%llu %llu %lld %s\n",
				   (unsigned long long)entry->size,
				   (unsigned long long)entry->inode,
				   (long long)entry->mtime_ns, entry->name);
	}
	assert_string_equal(trfs_buffer_text(&text), expected);
	trfs_buffer_done(&text);
	trfs_export_record_done(&record);
}

static void expect_text(const char *lines, const char *expected)
{
	expect(lines, strlen(lines), expected);
}

/* The sentence of a record with this text. */
static void expect_refusal(const char *text)
{
	struct trfs_export_record record;
	struct trfs_error err = { 0 };

	scratch_write(TRFS_EXPORT_RECORD, text);
	assert_int_equal(trfs_export_record_read(".", &record, &err), -EINVAL);
	assert_string_equal(err.message,
			    "./" TRFS_EXPORT_RECORD " is damaged or of another version, "
			    "so what is there cannot be told apart: export into another "
			    "directory");
	assert_null(record.entries);
}

static void what_was_written_is_read_again(void **state)
{
	static char source[] = "/data/photos of 2024";
	const struct trfs_export_identity identity = identity_of(source);
	struct trfs_export_entry entry = entry_of("b c.tfrecord", UINT64_MAX);
	struct trfs_export_record record;
	int fd;

	(void)state;
	assert_int_equal(
		trfs_export_record_begin(".", &identity, true, &nothing, &fd, NULL), 0);
	assert_int_equal(trfs_export_record_add(fd, &entry), 0);
	entry = entry_of("sub/a.tfrecord", 1);
	/* Before 1970. */
	entry.mtime_ns = -1;
	assert_int_equal(trfs_export_record_add(fd, &entry), 0);
	close(fd);
	read_record(&record);
	assert_true(record.gzip);
	assert_string_equal(record.identity.source, source);
	assert_string_equal(record.identity.view, identity.view);
	assert_string_equal(record.identity.fingerprint, HEX);
	assert_string_equal(record.identity.content, HEX);
	assert_int_equal(record.nr, 2);
	assert_true(record.entries[0].size == UINT64_MAX);
	assert_int_equal(record.entries[0].inode, 7);
	assert_int_equal(record.entries[0].mtime_ns, 0);
	assert_string_equal(record.entries[0].name, "b c.tfrecord");
	assert_memory_equal(record.entries[0].sha256, entry.sha256, TRFS_SHA256_SIZE);
	assert_int_equal(record.entries[1].mtime_ns, -1);
	assert_ptr_equal(trfs_export_record_find(&record, entry.name),
			 &record.entries[1]);
	assert_null(trfs_export_record_find(&record, "c"));
	trfs_export_record_done(&record);
}

static void a_new_record_has_what_was_known_but_for_the_sums(void **state)
{
	static char source[] = "/data";
	const struct trfs_export_identity identity = identity_of(source);
	struct trfs_export_record record;
	int fd;

	(void)state;
	scratch_write(TRFS_EXPORT_RECORD,
		      HEAD FILE_LINE("1 2 3", "b") FILE_LINE("4 5 6", TRFS_EXPORT_SUMS)
			      FILE_LINE("7 8 9", "a") "file of nobody\n");
	read_record(&record);
	assert_int_equal(record.nr, 3);
	assert_int_equal(
		trfs_export_record_begin(".", &identity, false, &record, &fd, NULL), 0);
	close(fd);
	trfs_export_record_done(&record);
	read_record(&record);
	assert_false(record.gzip);
	assert_int_equal(record.nr, 2);
	assert_string_equal(record.entries[0].name, "a");
	assert_int_equal(record.entries[1].size, 1);
	trfs_export_record_done(&record);
}

static void of_a_name_the_last_line_counts(void **state)
{
	(void)state;
	expect_text(FILE_LINE("1 1 1", "b") FILE_LINE("2 2 2", "a")
			    FILE_LINE("9 9 9", "b") FILE_LINE("5 5 5", "b"),
		    "2 2 2 a\n5 5 5 b\n");
}

static void a_line_that_is_cut_off_is_none(void **state)
{
	static const char line[] = FILE_LINE("1 2 3", "ab");
	static char source[] = "/data";
	const struct trfs_export_identity identity = identity_of(source);
	const struct trfs_export_entry entry = entry_of("b", 4);
	struct trfs_export_record record;
	int fd;

	(void)state;
	for (size_t len = 0; len < sizeof(line) - 1; len++)
		expect(line, len, "");
	expect_text(line, "1 2 3 ab\n");
	/* What is added behind one is whole. */
	assert_int_equal(
		trfs_export_record_begin(".", &identity, false, &nothing, &fd, NULL), 0);
	assert_int_equal(write(fd, line, sizeof(line) - 5), sizeof(line) - 5);
	assert_int_equal(trfs_export_record_add(fd, &entry), 0);
	close(fd);
	read_record(&record);
	assert_int_equal(record.nr, 1);
	assert_string_equal(record.entries[0].name, "b");
	trfs_export_record_done(&record);
}

static void an_odd_line_is_none_and_others_are_read(void **state)
{
	static const char *const odd[] = {
		FILE_LINE("1 2", "a"),
		FILE_LINE("1 2 +3", "a"),
		FILE_LINE("1 -2 3", "a"),
		FILE_LINE("1  2 3", "a"),
		FILE_LINE("1 2 3", ""),
		FILE_LINE("1 0x2 3", "a"),
		FILE_LINE("18446744073709551616 2 3", "a"),
		FILE_LINE("99999999999999999999999 2 3", "a"),
		"file 0" HEX " 1 2 3 a\n",
		"file " DIGITS " 1 2 3 a\n",
		"file " DIGITS DIGITS DIGITS "0123456789ABCDEF 1 2 3 a\n",
		"dir " HEX " 1 2 3 a\n",
		"file \n",
		"\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		char lines[400];

		snprintf(lines, sizeof(lines), "%s" FILE_LINE("4 5 6", "b"), odd[i]);
		expect_text(lines, "4 5 6 b\n");
	}
	/* The highest is no overflow. */
	expect_text(FILE_LINE("18446744073709551615 0 9223372036854775807", " "),
		    "18446744073709551615 0 9223372036854775807  \n");
}

static void a_name_with_a_nul_is_none(void **state)
{
	static const char lines[] = FILE_LINE("1 2 3", "a\0b") FILE_LINE("4 5 6", "c");

	(void)state;
	expect(lines, sizeof(lines) - 1, "4 5 6 c\n");
}

static void a_newline_in_the_source_is_shown_as_another_character(void **state)
{
	static char source[] = "/two\nfile \n";
	const struct trfs_export_identity identity = identity_of(source);
	struct trfs_export_record record;
	int fd;

	(void)state;
	assert_int_equal(
		trfs_export_record_begin(".", &identity, true, &nothing, &fd, NULL), 0);
	close(fd);
	read_record(&record);
	assert_string_equal(record.identity.source, "/two?file ?");
	trfs_export_record_done(&record);
}

static void a_head_of_another_version_or_cut_off_is_refused(void **state)
{
	static const char head[] = HEAD;

	(void)state;
	expect_refusal("tfrecordfs export 2\nsource /data\nfingerprint " HEX REST);
	expect_refusal("tfrecordfs export 1 \nsource /data\nfingerprint " HEX REST);
	expect_refusal("tfrecordfs export 1\nview /data\nfingerprint " HEX REST);
	expect_refusal("tfrecordfs export 1\nsource /data\nfingerprint 0" HEX REST);
	expect_refusal("tfrecordfs export 1\nsource /data\nfingerprint " DIGITS REST);
	expect_refusal("tfrecordfs export 1\nsource /data\nfingerprint" HEX REST);
	for (size_t len = 0; len < sizeof(head) - 1; len++) {
		char cut[sizeof(head)];

		snprintf(cut, sizeof(cut), "%.*s", (int)len, head);
		expect_refusal(cut);
	}
	expect_text("", "");
}

static void where_nothing_was_exported_there_is_none(void **state)
{
	struct trfs_export_record record;

	(void)state;
	assert_int_equal(trfs_export_record_read(".", &record, NULL), -ENOENT);
	assert_int_equal(trfs_export_record_read("none", &record, NULL), -ENOENT);
	assert_null(record.entries);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)
	const struct CMUnitTest tests[] = {
		TEST(what_was_written_is_read_again),
		TEST(a_new_record_has_what_was_known_but_for_the_sums),
		TEST(of_a_name_the_last_line_counts),
		TEST(a_line_that_is_cut_off_is_none),
		TEST(an_odd_line_is_none_and_others_are_read),
		TEST(a_name_with_a_nul_is_none),
		TEST(a_newline_in_the_source_is_shown_as_another_character),
		TEST(a_head_of_another_version_or_cut_off_is_refused),
		TEST(where_nothing_was_exported_there_is_none),
	};

	return cmocka_run_group_tests_name("export_record", tests, NULL, NULL);
}
