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

static void link_to(const char *target, const char *name)
{
	assert_int_equal(symlink(target, manifest_path(name)), 0);
}

static void expect(const char *rows)
{
	assert_string_equal(manifest_read(NULL), rows);
}

static void first_folder_is_the_class(void **state)
{
	(void)state;
	manifest_touch("dog/b.jpg");
	manifest_touch("cat/sub/deep/c.jpg");
	manifest_touch("cat/a.jpg");
	manifest_mkdir("empty");
	expect("0 file='cat/a.jpg' label='cat'\n"
	       "0 file='cat/sub/deep/c.jpg' label='cat'\n"
	       "0 file='dog/b.jpg' label='dog'\n");
}

static void order_is_of_names_then_of_paths(void **state)
{
	(void)state;
	manifest_touch("a/x/1");
	manifest_touch("a/x.jpg");
	manifest_touch("a/x-1");
	manifest_touch("a/X");
	manifest_touch("a-b/1");
	manifest_touch("a/\xc3\xa9");
	expect("0 file='a/X' label='a'\n0 file='a/x-1' label='a'\n"
	       "0 file='a/x.jpg' label='a'\n0 file='a/x/1' label='a'\n"
	       "0 file='a/\xc3\xa9' label='a'\n0 file='a-b/1' label='a-b'\n");
}

static void split_folders_hold_class_folders(void **state)
{
	(void)state;
	manifest_touch("Training/cat/a.jpg");
	manifest_touch("val/cat/sub/b.jpg");
	manifest_mkdir("test/dog");
	manifest_mkdir("eval");
	expect("0 file='Training/cat/a.jpg' label='cat' split='train'\n"
	       "0 file='val/cat/sub/b.jpg' label='cat' split='validation'\n");
}

static void one_other_name_makes_them_classes(void **state)
{
	(void)state;
	manifest_touch("bus/a.jpg");
	manifest_touch("train/b.jpg");
	expect("0 file='bus/a.jpg' label='bus'\n0 file='train/b.jpg' label='train'\n");
}

static void mixtures_are_not_guessed_at(void **state)
{
	(void)state;
	manifest_touch("train/cat/a.jpg");
	manifest_touch("test/b.jpg");
	expect("EBADMSG: $/train is a split that holds class folders, but $/test holds "
	       "files directly: move it elsewhere, or say what the images are with "
	       "--manifest FILE\n");
	manifest_touch("test/cat/c.jpg");
	expect("EBADMSG: $/test/b.jpg lies beside the class folders: move it into the "
	       "folder of its class, or elsewhere\n");
	manifest_mkdir("__MACOSX");
	expect("EBADMSG: $/test is a split that holds class folders, but $/__MACOSX has "
	       "no "
	       "split's name: move it elsewhere, or say what the images are with "
	       "--manifest FILE\n");
}

static void splits_without_classes_are_refused(void **state)
{
	(void)state;
	manifest_touch("train/a.jpg");
	manifest_touch("test/b.jpg");
	expect("EBADMSG: $/test has a split's name but holds files, not class folders: "
	       "put "
	       "the images into $/test/CLASS, or say what they are with --manifest "
	       "FILE\n");
}

static void file_beside_the_folders_is_named(void **state)
{
	(void)state;
	manifest_touch("cat/a.jpg");
	manifest_touch("y.jpg");
	manifest_touch("x.jpg");
	expect("EBADMSG: $/x.jpg lies beside the class folders: move it into the folder "
	       "of "
	       "its class, or out of $\n");
	manifest_touch("z.CSV");
	expect("EBADMSG: $/x.jpg lies beside the class folders: if the classes are in a "
	       "file, type --manifest $/z.CSV; else move it elsewhere\n");
}

static void documents_beside_the_folders_are_counted(void **state)
{
	(void)state;
	manifest_touch("cat/a.jpg");
	manifest_touch("LICENSE.txt");
	manifest_touch("readme");
	expect("0 file='cat/a.jpg' label='cat'\n");
	assert_int_equal(source.nr_ignored, 2);
	manifest_touch("data.yaml");
	expect("EBADMSG: $/data.yaml lies beside the class folders: move it into the "
	       "folder of "
	       "its class, or out of $\n");
}

static void so_are_documents_beside_folders_of_splits(void **state)
{
	(void)state;
	manifest_touch("train/cat/a.jpg");
	manifest_touch("test/cat/b.jpg");
	manifest_touch("train/notes.md");
	manifest_touch("LICENSE");
	expect("0 file='test/cat/b.jpg' label='cat' split='test'\n"
	       "0 file='train/cat/a.jpg' label='cat' split='train'\n");
	assert_int_equal(source.nr_ignored, 2);
}

static void flat_directory_is_told_of_its_manifest(void **state)
{
	(void)state;
	manifest_touch("x.jpg");
	expect("EBADMSG: $ has no class folders, only files: put the images of each "
	       "class "
	       "into a folder of its own, or name a CSV or JSON file that says what they "
	       "are with --manifest FILE\n");
	manifest_touch("labels.jsonl");
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
	manifest_touch(".DS_Store");
	manifest_touch(".git/config");
	manifest_touch("cat/thumbs.db");
	manifest_touch("cat/Desktop.ini");
	manifest_touch("cat/.a.jpg");
	manifest_touch("cat/a.jpg");
	expect("0 file='cat/a.jpg' label='cat'\n");
	assert_int_equal(source.nr_ignored, 5);
}

static void names_may_hold_anything_but_bad_utf8(void **state)
{
#define GOOD   "0 file='c at/a\n\"b'.jpg' label='c at'\n"
#define REASON "has a name that is not UTF-8; rename it (convmv does)\n"
#define BAD    GOOD "0 file='dog/b\\xff.jpg' label='dog' problem: " REASON
	(void)state;
	manifest_touch("c at/a\n\"b'.jpg");
	expect(GOOD);
	manifest_touch("dog/b\xff.jpg");
	expect(BAD);
	manifest_mkdir("e\xff");
	expect(BAD "EBADMSG: $/e\\xff " REASON);
#undef BAD
#undef REASON
#undef GOOD
}

static void links_inside_are_followed(void **state)
{
	(void)state;
	manifest_touch("cat/a.jpg");
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
	manifest_touch("cat/a.jpg");
	link_to(outside, "cat/out");
	expect("0 file='cat/a.jpg' label='cat'\n"
	       "EXDEV: $/cat/out is a link that leads out of $; type --follow to allow "
	       "that\n");
	source.root.follow = true;
	expect("0 file='cat/a.jpg' label='cat'\n");
	assert_int_equal(rmdir(outside), 0);
}

static void loops_are_refused_by_name(void **state)
{
	(void)state;
	manifest_touch("cat/sub/a.jpg");
	link_to("../..", "cat/sub/up");
	expect("0 file='cat/sub/a.jpg' label='cat'\n"
	       "ELOOP: $/cat/sub/up is a link to a directory that it lies in; remove "
	       "it\n");
}

static void fifos_are_rows_and_never_opened(void **state)
{
	(void)state;
	manifest_touch("cat/a.jpg");
	assert_int_equal(mkfifo(manifest_path("cat/b.jpg"), 0600), 0);
	expect("0 file='cat/a.jpg' label='cat'\n"
	       "0 file='cat/b.jpg' label='cat'\n");
}

static void expect_part(const char *name, const char *rows)
{
	assert_string_equal(manifest_read_as(NULL, name), rows);
}

static void a_part_has_its_classes_in_it(void **state)
{
	(void)state;
	manifest_touch("data/train/val/cat.jpg");
	manifest_touch("data/train/dog/deep/a.jpg");
	manifest_touch("data/other/x.jpg");
	manifest_touch("beside.jpg");
	expect_part("data/train", "0 file='data/train/dog/deep/a.jpg' label='dog'\n"
				  "0 file='data/train/val/cat.jpg' label='val'\n");
	assert_int_equal(source.inputs.nr, 4);
	expect_part("data/other/../train/",
		    "0 file='data/train/dog/deep/a.jpg' label='dog'\n"
		    "0 file='data/train/val/cat.jpg' label='val'\n");
}

static void parts_that_are_none_are_named(void **state)
{
	(void)state;
	manifest_touch("train/cat/a.jpg");
	manifest_touch("train/b.jpg");
	manifest_touch("flat/b.jpg");
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
	manifest_touch("cat/a.jpg");
	assert_int_equal(chmod(manifest_path("cat"), 0), 0);
	assert_int_equal(chmod(source.directory, 0755), 0);
	if (user == 0)
		assert_int_equal(seteuid(65534), 0);
	manifest_read(NULL);
	assert_int_equal(seteuid(user), 0);
	assert_int_equal(chmod(manifest_path("cat"), 0700), 0);
	assert_string_equal(
		source.text,
		"EACCES: cannot open the directory $/cat: Permission denied\n");
}

static void depth_is_limited(void **state)
{
	char name[1024] = "cat";

	(void)state;
	for (int i = 0; i < 70; i++)
		strcat(name, "/d");
	manifest_touch(name);
	assert_non_null(
		strstr(manifest_read(NULL), "lies too deep: 64 folders are the limit"));
}

static void every_directory_is_an_input(void **state)
{
	struct trfs_strings paths;

	(void)state;
	manifest_touch("train/cat/sub/a.jpg");
	manifest_mkdir("train/dog");
	manifest_read(NULL);
	paths = trfs_string_table_view(source.inputs.paths);
	assert_int_equal(paths.nr, 5);
	assert_int_equal(source.inputs.nr, 5);
	assert_true(trfs_bytes_equal(trfs_strings_get(&paths, 3),
				     trfs_bytes_of(manifest_path("train/cat/sub"))));
	assert_int_equal(source.inputs.stamps[3].size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(first_folder_is_the_class),
		MANIFEST_TEST(order_is_of_names_then_of_paths),
		MANIFEST_TEST(split_folders_hold_class_folders),
		MANIFEST_TEST(one_other_name_makes_them_classes),
		MANIFEST_TEST(mixtures_are_not_guessed_at),
		MANIFEST_TEST(splits_without_classes_are_refused),
		MANIFEST_TEST(file_beside_the_folders_is_named),
		MANIFEST_TEST(documents_beside_the_folders_are_counted),
		MANIFEST_TEST(so_are_documents_beside_folders_of_splits),
		MANIFEST_TEST(flat_directory_is_told_of_its_manifest),
		MANIFEST_TEST(empty_directory_is_refused),
		MANIFEST_TEST(hidden_entries_are_passed_over_and_counted),
		MANIFEST_TEST(names_may_hold_anything_but_bad_utf8),
		MANIFEST_TEST(links_inside_are_followed),
		MANIFEST_TEST(links_that_lead_out_need_follow),
		MANIFEST_TEST(loops_are_refused_by_name),
		MANIFEST_TEST(fifos_are_rows_and_never_opened),
		MANIFEST_TEST(a_part_has_its_classes_in_it),
		MANIFEST_TEST(parts_that_are_none_are_named),
		MANIFEST_TEST(unreadable_directory_is_named),
		MANIFEST_TEST(depth_is_limited),
		MANIFEST_TEST(every_directory_is_an_input),
	};

	return cmocka_run_group_tests_name("folders", tests, NULL, NULL);
}
