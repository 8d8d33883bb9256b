/* SPDX-License-Identifier: MIT */
/* Paths as users type them, where they are beneath the root, and how they are joined. */
#include "manifest/beneath.h"

#include "manifest_fixture.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static struct trfs_buffer path;

static int start(void **state)
{
	manifest_fixture_enter(state);
	trfs_buffer_init(&path, 4096);
	return 0;
}

static int done(void **state)
{
	trfs_buffer_done(&path);
	return manifest_fixture_leave(state);
}

static const char *locate(const char *typed)
{
	int rc = trfs_beneath_find(&source.root, typed, "--masks", &path, &source.err);

	return rc < 0 ? strerrorname_np(-rc) : (const char *)path.data;
}

static void paths_are_taken_from_where_the_user_is(void **state)
{
	char *before = getcwd(NULL, 0);

	(void)state;
	assert_non_null(before);
	manifest_mkdir("a/b");
	assert_string_equal(locate(manifest_path("a//b/")), "a/b");
	assert_int_equal(chdir(manifest_path("a")), 0);
	assert_string_equal(locate("b"), "a/b");
	assert_string_equal(locate(".."), ".");
	assert_string_equal(locate("../.."), "EXDEV");
	assert_string_equal(locate("a"), "ENOENT");
	assert_int_equal(chdir(before), 0);
	free(before);
}

static void no_path_is_the_root(void **state)
{
	(void)state;
	assert_string_equal(locate(NULL), ".");
	assert_string_equal(locate(source.directory), ".");
	assert_string_equal(locate(""), "ENOENT");
}

static void names_that_begin_alike_are_not_beneath(void **state)
{
	char beside[128];

	(void)state;
	snprintf(beside, sizeof(beside), "%s-beside", source.directory);
	assert_int_equal(mkdir(beside, 0700), 0);
	assert_string_equal(locate(beside), "EXDEV");
	assert_int_equal(rmdir(beside), 0);
}

static void links_count_as_what_they_lead_to(void **state)
{
	(void)state;
	manifest_mkdir("real");
	assert_int_equal(symlink("real", manifest_path("link")), 0);
	assert_string_equal(locate(manifest_path("link")), "real");
	assert_int_equal(symlink("/", manifest_path("out")), 0);
	assert_string_equal(locate(manifest_path("out")), "EXDEV");
	assert_non_null(strstr(source.err.message, "type --follow to allow that"));
	source.root.follow = true;
	assert_string_equal(locate(manifest_path("out")), "out");
}

static void what_is_behind_a_link_has_the_links_own_parent(void **state)
{
	(void)state;
	source.root.follow = true;
	manifest_mkdir("bin");
	assert_int_equal(symlink("/usr/lib", manifest_path("out")), 0);
	assert_string_equal(locate(manifest_path("out/../bin")), "EXDEV");
}

static const char *prefix(const char *typed, bool outside)
{
	int rc = trfs_beneath_prefix(&source.root, typed, "--masks", outside, &path,
				     &source.err);

	return rc < 0 ? strerrorname_np(-rc) : trfs_buffer_text(&path);
}

static void names_have_their_directory_in_front(void **state)
{
	(void)state;
	manifest_mkdir("a/b");
	assert_string_equal(prefix(NULL, false), "");
	assert_string_equal(prefix(source.directory, false), "");
	assert_string_equal(prefix(manifest_path("a/b"), false), "a/b/");
	assert_string_equal(prefix(manifest_path("a/b"), true), "a/b/");
	assert_string_equal(prefix("/usr/", false), "EXDEV");
	assert_string_equal(prefix("/usr/", true), "/usr/");
	assert_string_equal(prefix("/no/such", true), "ENOENT");
}

static void the_root_is_no_part_of_what_is_joined(void **state)
{
	(void)state;
	assert_string_equal(trfs_beneath_join(&path, "a/b", "c"), "a/b/c");
	assert_string_equal(trfs_beneath_join(&path, ".", "c"), "c");
	assert_string_equal(trfs_beneath_join(&path, "", "../c"), "../c");
	assert_int_equal(
		trfs_beneath_put(trfs_bytes_of("a"), trfs_bytes_of("b"), ".png", &path),
		0);
	assert_string_equal((const char *)path.data, "a/b.png");
}

static const char *fold(const char *folder, const char *name)
{
	int rc = trfs_beneath_fold(&source.root, trfs_bytes_of(folder),
				   trfs_bytes_of(name), &path);

	return rc < 0 ? strerrorname_np(-rc) : (const char *)path.data;
}

static void folding_leads_nowhere_else(void **state)
{
	(void)state;
	assert_string_equal(fold("a", "./b//../c"), "a/c");
	assert_string_equal(fold("a", ".."), ".");
	assert_string_equal(fold("a", "../../b"), "EXDEV");
	assert_string_equal(fold("a", "/b"), "a/b");
	assert_string_equal(fold("", "/b"), "EXDEV");
}

static void the_whole_disk_may_be_the_root(void **state)
{
	struct trfs_root root;

	(void)state;
	assert_int_equal(trfs_root_open(&root, "/", false, NULL), 0);
	assert_int_equal(trfs_beneath_find(&root, "/", "--masks", &path, NULL), 0);
	assert_string_equal((const char *)path.data, ".");
	assert_int_equal(trfs_beneath_find(&root, "/tmp/", "--masks", &path, NULL), 0);
	assert_string_equal((const char *)path.data, "tmp");
	trfs_root_close(&root);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, done)
	const struct CMUnitTest tests[] = {
		TEST(paths_are_taken_from_where_the_user_is),
		TEST(no_path_is_the_root),
		TEST(names_that_begin_alike_are_not_beneath),
		TEST(links_count_as_what_they_lead_to),
		TEST(what_is_behind_a_link_has_the_links_own_parent),
		TEST(names_have_their_directory_in_front),
		TEST(the_root_is_no_part_of_what_is_joined),
		TEST(folding_leads_nowhere_else),
		TEST(the_whole_disk_may_be_the_root),
	};

	return cmocka_run_group_tests_name("beneath", tests, NULL, NULL);
}
