/* SPDX-License-Identifier: MIT */
/* What a watch of a directory or of a file takes for a change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/watch.h"
#include "scratch.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct trfs_watch *watch_tree(const char *except)
{
	struct trfs_watch *watch;

	assert_int_equal(trfs_watch_new(&watch), 0);
	assert_int_equal(trfs_watch_tree(watch, "tree", except), 0);
	assert_false(trfs_watch_take(watch));
	return watch;
}

/* inotify tells at once. */
static void expect_change(struct trfs_watch *watch)
{
	struct pollfd ready = { .fd = trfs_watch_fd(watch), .events = POLLIN };

	assert_int_equal(poll(&ready, 1, 0), 1);
	assert_true(trfs_watch_take(watch));
	assert_int_equal(poll(&ready, 1, 0), 0);
}

static void whatever_happens_to_files_beneath_is_a_change(void **state)
{
	struct trfs_watch *watch;

	(void)state;
	mkdir("tree", 0755);
	mkdir("tree/a", 0755);
	watch = watch_tree(NULL);
	scratch_write("tree/a/1.jpg", "one");
	expect_change(watch);
	assert_int_equal(rename("tree/a/1.jpg", "tree/2.jpg"), 0);
	expect_change(watch);
	assert_int_equal(chmod("tree/2.jpg", 0600), 0);
	expect_change(watch);
	assert_int_equal(truncate("tree/2.jpg", 1), 0);
	assert_int_equal(unlink("tree/2.jpg"), 0);
	expect_change(watch);
	trfs_watch_free(watch);
}

static void directories_that_come_later_are_watched_with_all_beneath(void **state)
{
	struct trfs_watch *watch;

	(void)state;
	mkdir("tree", 0755);
	mkdir("elsewhere", 0755);
	mkdir("elsewhere/deep", 0755);
	watch = watch_tree(NULL);
	assert_int_equal(rename("elsewhere", "tree/new"), 0);
	expect_change(watch);
	scratch_write("tree/new/deep/1.jpg", "one");
	expect_change(watch);
	for (int i = 0; i < 40; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "tree/%d", i);
		assert_int_equal(mkdir(path, 0755), 0);
		expect_change(watch);
		snprintf(path, sizeof(path), "tree/%d/x.jpg", i);
		scratch_write(path, "x");
		expect_change(watch);
	}
	trfs_watch_free(watch);
}

static void hidden_names_and_the_exception_do_not_count(void **state)
{
	struct trfs_watch *watch;

	(void)state;
	mkdir("tree", 0755);
	mkdir("tree/index", 0755);
	mkdir("tree/.git", 0755);
	watch = watch_tree("tree/index");
	scratch_write("tree/index/1.index", "ours");
	scratch_write("tree/.git/HEAD", "theirs");
	scratch_write("tree/.2.jpg.part", "being copied");
	assert_false(trfs_watch_take(watch));
	assert_int_equal(rename("tree/.2.jpg.part", "tree/2.jpg"), 0);
	expect_change(watch);
	trfs_watch_free(watch);
}

static void a_file_counts_also_when_it_is_replaced_but_its_neighbours_do_not(void **state)
{
	struct trfs_watch *watch;

	(void)state;
	mkdir("tree", 0755);
	mkdir("lists", 0755);
	scratch_write("lists/labels.csv", "a");
	watch = watch_tree(NULL);
	assert_int_equal(trfs_watch_file(watch, "lists/labels.csv"), 0);
	scratch_write("lists/other.csv", "b");
	assert_false(trfs_watch_take(watch));
	assert_int_equal(rename("lists/other.csv", "lists/labels.csv"), 0);
	expect_change(watch);
	scratch_write("lists/labels.csv", "c");
	expect_change(watch);
	assert_true(trfs_watch_file(watch, "nowhere/labels.csv") < 0);
	trfs_watch_free(watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			whatever_happens_to_files_beneath_is_a_change, scratch_enter,
			scratch_leave),
		cmocka_unit_test_setup_teardown(
			directories_that_come_later_are_watched_with_all_beneath,
			scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(
			hidden_names_and_the_exception_do_not_count, scratch_enter,
			scratch_leave),
		cmocka_unit_test_setup_teardown(
			a_file_counts_also_when_it_is_replaced_but_its_neighbours_do_not,
			scratch_enter, scratch_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
