/* SPDX-License-Identifier: MIT */
/* Folders for the lines of a labels file, and without one for what folders there are. */
#include "manifest_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static int start(void **state)
{
	manifest_fixture_enter(state);
	source.options.labels = "$/labels.txt";
	return 0;
}

static void expect(const char *name, const char *rows)
{
	assert_string_equal(manifest_read_as("labelled-folders", name), rows);
}

static void rows_come_in_the_order_of_the_labels_file(void **state)
{
	(void)state;
	manifest_put("labels.txt", " dog \r\ncat\n");
	manifest_touch("train/cat/b.jpg");
	manifest_touch("train/cat/B.jpg");
	manifest_touch("train/dog/z.txt");
	expect("train", "0 path='train/dog/z.txt' label='dog'\n"
			"0 path='train/cat/B.jpg' label='cat'\n"
			"0 path='train/cat/b.jpg' label='cat'\n");
}

static void every_entry_counts_and_none_beneath(void **state)
{
	(void)state;
	manifest_put("labels.txt", "cat");
	manifest_touch("cat/.hidden");
	manifest_touch("cat/Thumbs.db");
	manifest_touch("cat/sub/deep.jpg");
	expect(NULL, "0 path='cat/.hidden' label='cat'\n"
		     "0 path='cat/Thumbs.db' label='cat'\n"
		     "0 path='cat/sub' label='cat'\n");
}

static void blank_lines_have_no_folder(void **state)
{
	(void)state;
	manifest_put("labels.txt", "\ncat\n\n");
	manifest_touch("train/cat/a.jpg");
	manifest_touch("train/b.jpg");
	expect("train", "0 path='train/cat/a.jpg' label='cat'\n");
	manifest_touch("cat/a.jpg");
	expect(NULL, "0 path='cat/a.jpg' label='cat'\n"
		     "remark: 'train' is a folder that $/labels.txt does not name: left "
		     "out\n");
}

static void labels_and_folders_without_each_other_are_remarked_on(void **state)
{
	(void)state;
	manifest_put("labels.txt", "cat\nunicorn\nfile\n");
	manifest_touch("train/cat/a.jpg");
	manifest_touch("train/dog/a.jpg");
	manifest_touch("train/file");
	expect("train",
	       "0 path='train/cat/a.jpg' label='cat'\n"
	       "remark: 'dog' is a folder that $/labels.txt does not name: left out\n"
	       "remark: 'unicorn' has no folder in train, but is in $/labels.txt:2\n"
	       "remark: 'file' has no folder in train, but is in $/labels.txt:3\n");
}

static void labels_are_names_and_no_patterns(void **state)
{
	(void)state;
	manifest_put("labels.txt", "*\n0:cat\na/b\n");
	manifest_touch("*/1.jpg");
	manifest_touch("0:cat/2.jpg");
	manifest_touch("a/b/3.jpg");
	expect(NULL, "0 path='*/1.jpg' label='*'\n0 path='0:cat/2.jpg' label='0:cat'\n"
		     "0 path='a/b/3.jpg' label='a/b'\n"
		     "remark: 'a' is a folder that $/labels.txt does not name: left "
		     "out\n");
}

static void labels_never_lead_out_of_the_source(void **state)
{
	(void)state;
	manifest_mkdir("train");
	manifest_touch("etc/a.jpg");
	manifest_put("labels.txt", "../etc\n/etc\n../../etc\n");
	expect("train", "0 path='etc/a.jpg' label='../etc'\n"
			"EXDEV: $/labels.txt:3: the label \"../../etc\" leads out of the "
			"source $\n"
			"remark: '/etc' has no folder in train, but is in "
			"$/labels.txt:2\n");
}

static void links_that_lead_out_need_follow(void **state)
{
	char outside[] = "/tmp/trfs-outside-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(outside));
	manifest_put("labels.txt", "cat\n");
	assert_int_equal(symlink(outside, manifest_path("cat")), 0);
	expect(NULL, "EXDEV: $/cat is a link that leads out of $; type --follow to allow "
		     "that\n");
	source.root.follow = true;
	expect(NULL, "");
	assert_int_equal(rmdir(outside), 0);
}

static void directories_outside_the_source_are_refused(void **state)
{
	(void)state;
	manifest_put("labels.txt", "cat\n");
	expect("..", "EXDEV: --manifest $/..: does not lie beneath the source $; name a "
		     "directory as the source that holds both\n");
	expect("none", "ENOENT: --manifest $/none: cannot open: No such "
		       "file or directory\n");
	expect("labels.txt", "ENOTDIR: cannot open the directory $/labels.txt: Not a "
			     "directory\n");
	source.options.parts =
		(struct trfs_option_list){ .nr = 1, .items = { "train=.." } };
	expect("..", "EXDEV: --part $/..: does not lie beneath the source $; name a "
		     "directory as the source that holds both\n");
}

static void without_labels_each_folder_is_a_class(void **state)
{
	(void)state;
	source.options.labels = NULL;
	manifest_touch("photos/roses/1.jpg");
	manifest_touch("photos/.hidden/2.jpg");
	manifest_touch("photos/LICENSE.txt");
	expect("photos", "0 path='photos/.hidden/2.jpg' label='.hidden'\n"
			 "0 path='photos/roses/1.jpg' label='roses'\n");
	manifest_mkdir("photos/empty");
	expect("photos",
	       "0 path='photos/.hidden/2.jpg' label='.hidden'\n"
	       "EBADMSG: $/photos/empty is empty, and would still be counted as a class: "
	       "remove it, or name the classes with --labels FILE\n");
	manifest_mkdir("none");
	expect("none",
	       "EBADMSG: $/none has no folders; one for each class was expected\n");
}

static void bad_labels_files_are_named(void **state)
{
	(void)state;
	expect(NULL, "ENOENT: $/labels.txt: cannot open the labels: No such file or "
		     "directory\n");
	manifest_put("labels.txt", "");
	expect(NULL,
	       "EBADMSG: $/labels.txt: is empty; a label was expected on each line\n");
	manifest_put("labels.txt", "cat\nd\xf6g\n");
	expect(NULL, "EBADMSG: $/labels.txt:2: byte 2 of the line (0xf6) is not UTF-8; "
		     "save the file as UTF-8\n");
	source.options.labels = "$";
	expect(NULL, "EISDIR: $: is not a regular file; the labels must be a text "
		     "file\n");
}

static void names_that_are_not_utf8_are_named(void **state)
{
	(void)state;
	manifest_put("labels.txt", "cat\n");
	manifest_touch("cat/\xff.jpg");
	expect(NULL, "EBADMSG: $/cat/\\xff.jpg has a name that is not UTF-8; rename it "
		     "(convmv does)\n");
}

static void labels_and_all_directories_are_inputs(void **state)
{
	struct trfs_strings paths;

	(void)state;
	manifest_put("labels.txt", "cat\nnone\n");
	manifest_touch("train/cat/sub/a.jpg");
	manifest_read_as("labelled-folders", "train");
	paths = trfs_string_table_view(source.inputs.paths);
	assert_int_equal(paths.nr, 3);
	assert_true(trfs_bytes_ends_with(trfs_strings_get(&paths, 0), "/labels.txt"));
	assert_true(trfs_bytes_ends_with(trfs_strings_get(&paths, 1), "/train"));
	assert_true(trfs_bytes_ends_with(trfs_strings_get(&paths, 2), "/train/cat"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, manifest_fixture_leave)
	const struct CMUnitTest tests[] = {
		TEST(rows_come_in_the_order_of_the_labels_file),
		TEST(every_entry_counts_and_none_beneath),
		TEST(blank_lines_have_no_folder),
		TEST(labels_and_folders_without_each_other_are_remarked_on),
		TEST(labels_are_names_and_no_patterns),
		TEST(labels_never_lead_out_of_the_source),
		TEST(links_that_lead_out_need_follow),
		TEST(directories_outside_the_source_are_refused),
		TEST(without_labels_each_folder_is_a_class),
		TEST(bad_labels_files_are_named),
		TEST(names_that_are_not_utf8_are_named),
		TEST(labels_and_all_directories_are_inputs),
	};

	return cmocka_run_group_tests_name("labelled folders", tests, NULL, NULL);
}
