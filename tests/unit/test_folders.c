/* SPDX-License-Identifier: MIT */
/* Class folders: layouts, order, links, and each source that is not quite one. */
#include "manifest_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static struct manifest_fixture f;

static int start(void **state)
{
	(void)state;
	manifest_fixture_start(&f);
	return 0;
}

static int done(void **state)
{
	(void)state;
	manifest_fixture_done(&f);
	return 0;
}

static void touch(const char *name)
{
	manifest_fixture_put(&f, name, "x");
}

static void link_to(const char *target, const char *name)
{
	assert_int_equal(symlink(target, manifest_fixture_path(&f, name)), 0);
}

static void expect(const char *rows)
{
	assert_string_equal(manifest_fixture_read(&f, NULL), rows);
}

static void first_folder_is_the_class(void **state)
{
	(void)state;
	touch("dog/b.jpg");
	touch("cat/sub/deep/c.jpg");
	touch("cat/a.jpg");
	manifest_fixture_mkdir(&f, "empty");
	expect("0 file='cat/a.jpg' label='cat'\n"
	       "0 file='cat/sub/deep/c.jpg' label='cat'\n"
	       "0 file='dog/b.jpg' label='dog'\n");
}

static void order_is_of_names_then_of_paths(void **state)
{
	(void)state;
	touch("a/x/1");
	touch("a/x.jpg");
	touch("a/x-1");
	touch("a/X");
	touch("a-b/1");
	touch("a/\xc3\xa9");
	expect("0 file='a/X' label='a'\n0 file='a/x-1' label='a'\n"
	       "0 file='a/x.jpg' label='a'\n0 file='a/x/1' label='a'\n"
	       "0 file='a/\xc3\xa9' label='a'\n0 file='a-b/1' label='a-b'\n");
}

static void split_folders_hold_class_folders(void **state)
{
	(void)state;
	touch("Training/cat/a.jpg");
	touch("val/cat/sub/b.jpg");
	manifest_fixture_mkdir(&f, "test/dog");
	manifest_fixture_mkdir(&f, "eval");
	expect("0 file='Training/cat/a.jpg' label='cat' split='train'\n"
	       "0 file='val/cat/sub/b.jpg' label='cat' split='validation'\n");
}

static void one_other_name_makes_them_classes(void **state)
{
	(void)state;
	touch("bus/a.jpg");
	touch("train/b.jpg");
	expect("0 file='bus/a.jpg' label='bus'\n0 file='train/b.jpg' label='train'\n");
}

static void mixtures_are_not_guessed_at(void **state)
{
	(void)state;
	touch("train/cat/a.jpg");
	touch("test/b.jpg");
	expect("EBADMSG: $/train is a split that holds class folders, but $/test holds "
	       "files directly: move it elsewhere, or say what the images are with "
	       "--manifest FILE\n");
	touch("test/cat/c.jpg");
	expect("EBADMSG: $/test/b.jpg lies beside the class folders: move it into the "
	       "folder of its class, or elsewhere\n");
	manifest_fixture_mkdir(&f, "__MACOSX");
	expect("EBADMSG: $/test is a split that holds class folders, but $/__MACOSX has "
	       "no "
	       "split's name: move it elsewhere, or say what the images are with "
	       "--manifest FILE\n");
}

static void splits_without_classes_are_refused(void **state)
{
	(void)state;
	touch("train/a.jpg");
	touch("test/b.jpg");
	expect("EBADMSG: $/test has a split's name but holds files, not class folders: "
	       "put "
	       "the images into $/test/CLASS, or say what they are with --manifest "
	       "FILE\n");
}

static void file_beside_the_folders_is_named(void **state)
{
	(void)state;
	touch("cat/a.jpg");
	touch("y.jpg");
	touch("x.jpg");
	expect("EBADMSG: $/x.jpg lies beside the class folders: move it into the folder "
	       "of "
	       "its class, or out of $\n");
	touch("z.CSV");
	expect("EBADMSG: $/x.jpg lies beside the class folders: if the classes are in a "
	       "file, type --manifest $/z.CSV; else move it elsewhere\n");
}

static void files_that_are_neither_images_nor_manifests_are_counted(void **state)
{
	(void)state;
	touch("cat/a.jpg");
	touch("LICENSE.txt");
	touch("README");
	expect("0 file='cat/a.jpg' label='cat'\n");
	assert_int_equal(f.nr_ignored, 2);
}

static void so_they_are_beside_folders_of_splits(void **state)
{
	(void)state;
	touch("train/cat/a.jpg");
	touch("test/cat/b.jpg");
	touch("train/notes.md");
	touch("LICENSE");
	expect("0 file='test/cat/b.jpg' label='cat' split='test'\n"
	       "0 file='train/cat/a.jpg' label='cat' split='train'\n");
	assert_int_equal(f.nr_ignored, 2);
}

static void flat_directory_is_told_of_its_manifest(void **state)
{
	(void)state;
	touch("x.jpg");
	expect("EBADMSG: $ has no class folders, only files: put the images of each "
	       "class "
	       "into a folder of its own, or name a CSV or JSON file that says what they "
	       "are with --manifest FILE\n");
	touch("labels.jsonl");
	expect("EBADMSG: $ has no class folders, only files: to take the classes from "
	       "one "
	       "of them, type --manifest $/labels.jsonl\n");
}

static void empty_directory_is_refused(void **state)
{
	(void)state;
	expect("EBADMSG: $ is empty: a folder of images for each class was expected\n");
}

static void hidden_entries_are_passed_over_and_counted(void **state)
{
	(void)state;
	touch(".DS_Store");
	touch(".git/config");
	touch("cat/thumbs.db");
	touch("cat/Desktop.ini");
	touch("cat/.a.jpg");
	touch("cat/a.jpg");
	expect("0 file='cat/a.jpg' label='cat'\n");
	assert_int_equal(f.nr_ignored, 5);
}

static void names_may_hold_anything_but_bad_utf8(void **state)
{
#define GOOD   "0 file='c at/a\n\"b'.jpg' label='c at'\n"
#define REASON "has a name that is not UTF-8; rename it (convmv does)\n"
#define BAD    GOOD "0 file='dog/b\\xff.jpg' label='dog' problem: " REASON
	(void)state;
	touch("c at/a\n\"b'.jpg");
	expect(GOOD);
	touch("dog/b\xff.jpg");
	expect(BAD);
	manifest_fixture_mkdir(&f, "e\xff");
	expect(BAD "EBADMSG: $/e\\xff " REASON);
#undef BAD
#undef REASON
#undef GOOD
}

static void links_inside_are_followed(void **state)
{
	(void)state;
	touch("cat/a.jpg");
	link_to("cat", "dog");
	link_to("a.jpg", "cat/b.jpg");
	link_to("nowhere", "cat/c.jpg");
	expect("0 file='cat/a.jpg' label='cat'\n0 file='cat/b.jpg' label='cat'\n"
	       "0 file='cat/c.jpg' label='cat'\n0 file='dog/a.jpg' label='dog'\n"
	       "0 file='dog/b.jpg' label='dog'\n0 file='dog/c.jpg' label='dog'\n");
}

static void links_that_lead_out_need_follow(void **state)
{
	char outside[] = "/tmp/trfs-outside-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(outside));
	touch("cat/a.jpg");
	link_to(outside, "cat/out");
	expect("0 file='cat/a.jpg' label='cat'\n"
	       "EXDEV: $/cat/out is a link that leads out of $; type --follow to allow "
	       "that\n");
	f.root.follow = true;
	expect("0 file='cat/a.jpg' label='cat'\n");
	assert_int_equal(rmdir(outside), 0);
}

static void loops_are_refused_by_name(void **state)
{
	(void)state;
	touch("cat/sub/a.jpg");
	link_to("../..", "cat/sub/up");
	expect("0 file='cat/sub/a.jpg' label='cat'\n"
	       "ELOOP: $/cat/sub/up is a link to a directory that it lies in; remove "
	       "it\n");
}

static void fifos_are_rows_and_never_opened(void **state)
{
	(void)state;
	touch("cat/a.jpg");
	assert_int_equal(mkfifo(manifest_fixture_path(&f, "cat/b.jpg"), 0600), 0);
	expect("0 file='cat/a.jpg' label='cat'\n"
	       "0 file='cat/b.jpg' label='cat'\n");
}

static void expect_part(const char *name, const char *rows)
{
	assert_string_equal(manifest_fixture_read_as(&f, NULL, name), rows);
}

static void a_part_has_its_classes_in_it(void **state)
{
	(void)state;
	touch("data/train/val/cat.jpg");
	touch("data/train/dog/deep/a.jpg");
	touch("data/other/x.jpg");
	touch("beside.jpg");
	expect_part("data/train", "0 file='data/train/dog/deep/a.jpg' label='dog'\n"
				  "0 file='data/train/val/cat.jpg' label='val'\n");
	assert_int_equal(f.inputs.nr, 4);
	expect_part("data/other/../train/",
		    "0 file='data/train/dog/deep/a.jpg' label='dog'\n"
		    "0 file='data/train/val/cat.jpg' label='val'\n");
}

static void parts_that_are_none_are_named(void **state)
{
	(void)state;
	touch("train/cat/a.jpg");
	touch("train/b.jpg");
	touch("flat/b.jpg");
	expect_part("train",
		    "EBADMSG: $/train/b.jpg lies beside the class folders: move it into "
		    "the folder of its class, or elsewhere\n");
	expect_part("flat",
		    "EBADMSG: $/flat has no class folders; put the images of each class "
		    "into a folder of its own\n");
	expect_part("", "0 file='flat/b.jpg' label='flat'\n"
			"0 file='train/b.jpg' label='train'\n"
			"0 file='train/cat/a.jpg' label='train'\n");
}

/* root may read everything, so for a moment we are nobody. */
static void unreadable_directory_is_named(void **state)
{
	uid_t user = geteuid();

	(void)state;
	touch("cat/a.jpg");
	assert_int_equal(chmod(manifest_fixture_path(&f, "cat"), 0), 0);
	assert_int_equal(chmod(f.directory, 0755), 0);
	if (user == 0)
		assert_int_equal(seteuid(65534), 0);
	manifest_fixture_read(&f, NULL);
	assert_int_equal(seteuid(user), 0);
	assert_int_equal(chmod(manifest_fixture_path(&f, "cat"), 0700), 0);
	assert_string_equal(
		f.text, "EACCES: cannot open the directory $/cat: Permission denied\n");
}

static void depth_is_limited(void **state)
{
	char name[1024] = "cat";

	(void)state;
	for (int i = 0; i < 70; i++)
		strcat(name, "/d");
	touch(name);
	assert_non_null(strstr(manifest_fixture_read(&f, NULL),
			       "lies too deep: 64 folders are the limit"));
}

static void every_directory_is_an_input(void **state)
{
	struct trfs_strings paths;

	(void)state;
	touch("train/cat/sub/a.jpg");
	manifest_fixture_mkdir(&f, "train/dog");
	manifest_fixture_read(&f, NULL);
	paths = trfs_string_table_view(f.inputs.paths);
	assert_int_equal(paths.nr, 5);
	assert_int_equal(f.inputs.nr, 5);
	assert_true(trfs_bytes_equal(
		trfs_strings_get(&paths, 3),
		trfs_bytes_of(manifest_fixture_path(&f, "train/cat/sub"))));
	assert_int_equal(f.inputs.stamps[3].size, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, done)
	const struct CMUnitTest tests[] = {
		TEST(first_folder_is_the_class),
		TEST(order_is_of_names_then_of_paths),
		TEST(split_folders_hold_class_folders),
		TEST(one_other_name_makes_them_classes),
		TEST(mixtures_are_not_guessed_at),
		TEST(splits_without_classes_are_refused),
		TEST(file_beside_the_folders_is_named),
		TEST(files_that_are_neither_images_nor_manifests_are_counted),
		TEST(so_they_are_beside_folders_of_splits),
		TEST(flat_directory_is_told_of_its_manifest),
		TEST(empty_directory_is_refused),
		TEST(hidden_entries_are_passed_over_and_counted),
		TEST(names_may_hold_anything_but_bad_utf8),
		TEST(links_inside_are_followed),
		TEST(links_that_lead_out_need_follow),
		TEST(loops_are_refused_by_name),
		TEST(fifos_are_rows_and_never_opened),
		TEST(a_part_has_its_classes_in_it),
		TEST(parts_that_are_none_are_named),
		TEST(unreadable_directory_is_named),
		TEST(depth_is_limited),
		TEST(every_directory_is_an_input),
	};

	return cmocka_run_group_tests_name("folders", tests, NULL, NULL);
}
