/* SPDX-License-Identifier: MIT */
/* Lists of ids, and the images and masks that they stand for. */
#include "manifest_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int start(void **state)
{
	manifest_fixture_enter(state);
	source.options.masks = "$/masks";
	source.options.image_directories =
		(struct trfs_option_list){ .nr = 1, .items = { "$/images" } };
	source.options.image_extension = "jpg";
	manifest_mkdir("images");
	manifest_mkdir("masks");
	return 0;
}

static void expect(const char *name, const char *rows)
{
	assert_string_equal(manifest_read_as("deeplab", name), rows);
}

static void every_list_is_a_split_sorted_by_name(void **state)
{
	(void)state;
	manifest_put("lists/val.txt", "c\n");
	manifest_put("lists/train.txt", "b\na");
	manifest_put("lists/trainval.txt", "a\r\n");
	manifest_put("lists/readme.md", "?");
	expect("lists",
	       "$/lists/train.txt:1 path='images/b.jpg' mask='masks/b.png' id='b' "
	       "split='train'\n"
	       "$/lists/train.txt:2 path='images/a.jpg' mask='masks/a.png' id='a' "
	       "split='train'\n"
	       "$/lists/trainval.txt:1 path='images/a.jpg' mask='masks/a.png' id='a' "
	       "split='trainval'\n"
	       "$/lists/val.txt:1 path='images/c.jpg' mask='masks/c.png' id='c' "
	       "split='val'\n");
	assert_int_equal(source.inputs.nr, 4);
}

static void one_list_may_be_named(void **state)
{
	(void)state;
	manifest_put("lists/train.txt", "b\n");
	source.options.image_extension = NULL;
	source.options.image_directories.nr = 0;
	expect("lists/train.txt",
	       "$/lists/train.txt:1 path='b.png' mask='masks/b.png' id='b' "
	       "split='train'\n");
	manifest_put("lists/my.lst", "b\n");
	expect("lists/my.lst", "$/lists/my.lst:1 path='b.png' mask='masks/b.png' id='b' "
			       "split='my.lst'\n");
}

static void ids_keep_blanks_and_directories(void **state)
{
	(void)state;
	manifest_put("a.txt", " a b \nsub/c\n");
	expect("a.txt",
	       "$/a.txt:1 path='images/ a b .jpg' mask='masks/ a b .png' id=' a b ' "
	       "split='a'\n"
	       "$/a.txt:2 path='images/sub/c.jpg' mask='masks/sub/c.png' id='sub/c' "
	       "split='a'\n");
}

static void blank_lines_are_named(void **state)
{
	(void)state;
	manifest_put("lists/a.txt", "");
	manifest_put("lists/b.txt", "x\n\n");
	expect("lists", "$/lists/b.txt:1 path='images/x.jpg' mask='masks/x.png' id='x' "
			"split='b'\n"
			"EBADMSG: $/lists/b.txt:2: is blank; an id was expected\n");
}

static void bad_lists_are_named(void **state)
{
	(void)state;
	manifest_mkdir("lists");
	expect("lists", "EBADMSG: $/lists has no list: a file SPLIT.txt with an id on "
			"each line was expected\n");
	manifest_put("lists/.txt", "x\n");
	expect("lists", "EBADMSG: $/lists/.txt: has no split's name in front of .txt; "
			"rename it\n");
	manifest_put("lists/.txt", "\xff\n");
	expect("lists/.txt", "EBADMSG: $/lists/.txt: has no split's name in front of "
			     ".txt; rename it\n");
	manifest_put("x.txt", "a\n\xff\n");
	expect("x.txt", "$/x.txt:1 path='images/a.jpg' mask='masks/a.png' id='a' "
			"split='x'\n"
			"EBADMSG: $/x.txt:2: byte 1 of the line (0xff) is not UTF-8; "
			"save the file as UTF-8\n");
	expect("none", "ENOENT: cannot open the lists $/none: No such file or "
		       "directory\n");
}

static void options_that_it_needs_are_named(void **state)
{
	(void)state;
	manifest_put("x.txt", "a\n");
	expect(NULL, "EINVAL: dialect deeplab needs the lists of ids: type --manifest "
		     "FOLDER, or --part SPLIT=FILE\n");
	source.options.image_extension = "bmp";
	expect("x.txt", "EINVAL: --image-ext is png, jpg or jpeg with dialect deeplab, "
			"not \"bmp\"\n");
	source.options.image_extension = NULL;
	source.options.image_directories.items[0] = "$/none";
	expect("x.txt", "ENOENT: --image-dir $/none: cannot open: No such "
			"file or directory\n");
	source.options.masks = "/";
	source.options.image_directories.nr = 0;
	expect("x.txt", "EXDEV: --masks /: does not lie beneath the source $; name a "
			"directory as the source that holds both\n");
	source.options.masks = NULL;
	expect("x.txt", "EINVAL: dialect deeplab needs the masks: type --masks DIR\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, manifest_fixture_leave)
	const struct CMUnitTest tests[] = {
		TEST(every_list_is_a_split_sorted_by_name),
		TEST(one_list_may_be_named),
		TEST(ids_keep_blanks_and_directories),
		TEST(blank_lines_are_named),
		TEST(bad_lists_are_named),
		TEST(options_that_it_needs_are_named),
	};

	return cmocka_run_group_tests_name("deeplab", tests, NULL, NULL);
}
