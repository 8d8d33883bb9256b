/* SPDX-License-Identifier: MIT */
/* Files that fail: each once, with a count, until they can be read; in bounded memory. */
#include "fuse/failures.h"

#include "base/error.h"
#include "small_catalog.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* What was logged, a letter a line: the level's first. */
struct lines {
	char levels[64];
	char last[512];
};

static void keep_line(void *user, enum trfs_log_level level, const char *line)
{
	struct lines *lines = user;
	size_t len = strlen(lines->levels);

	assert_true(len + 1 < sizeof(lines->levels));
	lines->levels[len] = *trfs_log_level_name(level);
	snprintf(lines->last, sizeof(lines->last), "%s", line);
}

struct fixture {
	struct lines lines;
	struct trfs_log log;
	struct trfs_failures failures;
	struct small_catalog *small;
	struct trfs_catalog *catalog;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	trfs_log_init(&f->log, TRFS_LOG_NOTICE, keep_line, &f->lines);
	trfs_failures_init(&f->failures, &f->log);
	f->small = small_catalog_new();
	assert_non_null(f->small);
	f->catalog = &f->small->catalog;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	trfs_failures_done(&f->failures);
	trfs_log_done(&f->log);
	small_catalog_free(f->small);
	free(f);
	return 0;
}

static void fail_file(struct fixture *f, uint64_t number, const char *why)
{
	struct trfs_source_file file = trfs_source_file_get(f->catalog, number);
	struct trfs_error err;

	trfs_fail(&err, -EIO, "%s", why);
	f->failures.watch.failed(f->failures.watch.user, &file, &err);
}

static void succeed(struct fixture *f, uint64_t number)
{
	struct trfs_source_file file = trfs_source_file_get(f->catalog, number);

	f->failures.watch.succeeded(f->failures.watch.user, &file);
}

static void a_file_is_logged_once_and_at_a_hundred(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 99; i++)
		fail_file(f, 0, "it is broken");
	assert_string_equal(f->lines.levels, "e");
	fail_file(f, 1, "so is this");
	assert_string_equal(f->lines.levels, "ee");
	fail_file(f, 0, "it is broken");
	assert_string_equal(f->lines.levels, "eee");
	assert_non_null(strstr(f->lines.last, "100 times"));
	assert_int_equal(trfs_failures_count(&f->failures).nr_files, 2);
}

static void one_that_can_be_read_is_taken_off(void **state)
{
	struct fixture *f = *state;
	struct trfs_buffer csv;

	trfs_buffer_init(&csv, 1 << 20);
	succeed(f, 2);
	assert_string_equal(f->lines.levels, "");
	assert_false(f->failures.watch.wants_successes);
	fail_file(f, 2, "it is broken");
	assert_true(f->failures.watch.wants_successes);
	succeed(f, 1);
	assert_int_equal(trfs_failures_count(&f->failures).nr_files, 1);
	succeed(f, 2);
	assert_string_equal(f->lines.levels, "en");
	assert_false(f->failures.watch.wants_successes);
	assert_int_equal(trfs_failures_count(&f->failures).nr_files, 0);
	assert_int_equal(trfs_failures_count(&f->failures).nr_recovered, 1);
	trfs_failures_print_csv(&f->failures, &csv);
	assert_int_equal(csv.len, 0);
	fail_file(f, 2, "again");
	assert_string_equal(f->lines.levels, "ene");
	trfs_buffer_done(&csv);
}

static void what_is_no_files_fault_is_one_line_by_its_reason(void **state)
{
	struct fixture *f = *state;
	struct trfs_error err;

	for (int i = 0; i < 5; i++) {
		trfs_fail(&err, -EIO, "shard at byte %d: the index lies", i);
		trfs_failures_note(&f->failures, &err);
	}
	assert_string_equal(f->lines.levels, "e");
	assert_int_equal(trfs_failures_count(&f->failures).nr_files, 0);
	assert_int_equal(trfs_failures_count(&f->failures).nr_others, 1);
	/* Whoever watches the source has told of this one. */
	err.is_told = true;
	trfs_failures_note(&f->failures, &err);
	assert_string_equal(f->lines.levels, "e");
	assert_int_equal(trfs_failures_count(&f->failures).nr_replies, 6);
}

static void the_size_of_the_list_is_that_of_what_was_printed_last(void **state)
{
	struct fixture *f = *state;
	struct trfs_buffer csv;
	uint64_t size;

	trfs_buffer_init(&csv, 1 << 20);
	assert_int_equal(trfs_failures_csv_size(&f->failures), 0);
	fail_file(f, 0, "it is, as one sees, \"broken\"");
	size = trfs_failures_csv_size(&f->failures);
	trfs_failures_print_csv(&f->failures, &csv);
	assert_int_equal(csv.len, size);
	assert_non_null(
		strstr(trfs_buffer_text(&csv), "\"it is, as one sees, \"\"broken\"\""));
	/* More of the same moves nothing under who has just asked. */
	for (int i = 0; i < 200; i++)
		fail_file(f, 0, "it is, as one sees, \"broken\"");
	assert_int_equal(trfs_failures_csv_size(&f->failures), size);
	fail_file(f, 1, "another");
	assert_true(trfs_failures_csv_size(&f->failures) > size);
	trfs_failures_forget(&f->failures);
	assert_int_equal(trfs_failures_csv_size(&f->failures), 0);
	trfs_buffer_done(&csv);
}

static void reasons_beyond_the_maximum_are_counted(void **state)
{
	struct fixture *f = *state;
	struct trfs_error err;

	f->log.write = NULL;
	for (unsigned int i = 0; i < TRFS_FAILING_FILES_MAX + 5; i++) {
		trfs_fail(&err, -EIO, "place: reason %u", i);
		trfs_failures_note(&f->failures, &err);
	}
	assert_int_equal(trfs_failures_count(&f->failures).nr_others,
			 TRFS_FAILING_FILES_MAX);
	assert_int_equal(trfs_failures_count(&f->failures).nr_untold, 5);
	fail_file(f, 0, "one more");
	assert_int_equal(trfs_failures_count(&f->failures).nr_files, 0);
}

static void the_worst_come_first(void **state)
{
	struct fixture *f = *state;
	struct trfs_buffer json;
	const char *text;

	trfs_buffer_init(&json, 1 << 20);
	for (unsigned int number = 0; number < 3; number++)
		for (unsigned int i = 0; i < (number == 1 ? 9 : 3 + number); i++)
			fail_file(f, number,
				  number == 1	? "worst"
				  : number == 2 ? "bad"
						: "fine");
	trfs_failures_print_json(&f->failures, 2, &json);
	text = trfs_buffer_text(&json);
	assert_non_null(text);
	assert_non_null(strstr(text, "\"worst\""));
	assert_true(strstr(text, "\"worst\"") < strstr(text, "\"bad\""));
	assert_null(strstr(text, "\"fine\""));
	trfs_buffer_done(&json);
}

static void the_log_keeps_its_last_lines(void **state)
{
	struct fixture *f = *state;
	struct trfs_buffer lines;

	trfs_buffer_init(&lines, 1 << 20);
	f->log.write = NULL;
	for (int i = 0; i < 300; i++)
		trfs_log_line(&f->log, TRFS_LOG_ERROR, "line %d\n\x1b", i);
	trfs_log_line(&f->log, TRFS_LOG_DEBUG, "nobody asked");
	trfs_log_print(&f->log, &lines);
	assert_non_null(trfs_buffer_text(&lines));
	assert_null(strstr((const char *)lines.data, "line 43?"));
	assert_non_null(strstr((const char *)lines.data, "error: line 44??\n"));
	assert_non_null(strstr((const char *)lines.data, "line 299??\n"));
	assert_null(strstr((const char *)lines.data, "nobody"));
	trfs_buffer_done(&lines);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_logged_once_and_at_a_hundred),
		TEST(one_that_can_be_read_is_taken_off),
		TEST(what_is_no_files_fault_is_one_line_by_its_reason),
		TEST(the_size_of_the_list_is_that_of_what_was_printed_last),
		TEST(reasons_beyond_the_maximum_are_counted),
		TEST(the_worst_come_first),
		TEST(the_log_keeps_its_last_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
