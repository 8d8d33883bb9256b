/* SPDX-License-Identifier: MIT */
/* Synsets, what they are called, and boxes. */
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
	source.options.labels = "$/synsets.txt";
	source.options.metadata = "$/metadata.txt";
	source.options.boxes = "$/boxes.csv";
	manifest_put("synsets.txt", "n01\nn02\n");
	manifest_put("metadata.txt", "n01\ttench, Tinca\nn02\tcock\n");
	manifest_put("boxes.csv", "");
	return 0;
}

static void expect(const char *name, const char *rows)
{
	assert_string_equal(manifest_read_as("imagenet", name), rows);
}

static void only_JPEG_counts_and_every_row_has_its_text(void **state)
{
	(void)state;
	manifest_put("train/n02/n02_2.JPEG", "");
	manifest_put("train/n02/.n02_1.JPEG", "");
	manifest_put("train/n02/n02_3.jpeg", "");
	manifest_put("train/n01/n01_1.JPEG", "");
	manifest_put("train/n01/sub/n01_2.JPEG", "");
	expect("train", "0 path='train/n01/n01_1.JPEG' label='n01' class_text='tench, "
			"Tinca'\n"
			"0 path='train/n02/.n02_1.JPEG' label='n02' class_text='cock'\n"
			"0 path='train/n02/n02_2.JPEG' label='n02' class_text='cock'\n");
}

static void boxes_go_to_their_image_in_order_with_its_label(void **state)
{
	(void)state;
	manifest_put("n01/a.JPEG", "");
	manifest_put("n02/b.JPEG", "");
	manifest_put("n02/c.JPEG", "");
	manifest_put("boxes.csv", "b.JPEG,0.1,0.2,0.3,0.4\nzz.JPEG,0,0,1,1\n"
				  "a.JPEG,0.5,0,1,1\r\nb.JPEG, 1e-1 ,.25,-0.5,2\n");
	source.options.metadata = NULL;
	expect(NULL, "0 path='n01/a.JPEG' label='n01' objects/xmin=0.5 objects/ymin=0.0 "
		     "objects/xmax=1.0 objects/ymax=1.0 objects/label=1\n"
		     "0 path='n02/b.JPEG' label='n02' "
		     "objects/xmin=[0.10000000000000001,0.10000000000000001] "
		     "objects/ymin=[0.20000000000000001,0.25] "
		     "objects/xmax=[0.29999999999999999,-0.5] "
		     "objects/ymax=[0.40000000000000002,2.0] objects/label=[2,2]\n"
		     "0 path='n02/c.JPEG' label='n02'\n");
}

static void columns_of_boxes_are_there_without_any(void **state)
{
	(void)state;
	manifest_put("n01/a.JPEG", "");
	manifest_put("n02/x.png", "");
	source.options.boxes = NULL;
	expect(NULL, "0 path='n01/a.JPEG' label='n01' class_text='tench, Tinca'\n");
}

static void wrong_boxes_are_named_by_line(void **state)
{
	(void)state;
	manifest_put("n01/a.JPEG", "");
	manifest_put("boxes.csv", "a.JPEG,0,0,1,1\na.JPEG,0,left,1,1\n");
	expect(NULL, "EBADMSG: $/boxes.csv:2: ymin \"left\" is not a number\n");
	manifest_put("boxes.csv", "a.JPEG,0,0,1,nan\n");
	expect(NULL, "EBADMSG: $/boxes.csv:1: ymax \"nan\" is not a number\n");
	manifest_put("boxes.csv", "a.JPEG,0,0,1\n");
	expect(NULL, "EBADMSG: $/boxes.csv:1: has 4 fields, five were expected: "
		     "name,xmin,ymin,xmax,ymax\n");
	manifest_put("boxes.csv", "a.JPEG,0,0,1,1,1\n");
	expect(NULL, "EBADMSG: $/boxes.csv:1: has 6 fields, five were expected: "
		     "name,xmin,ymin,xmax,ymax\n");
	manifest_put("boxes.csv", "a.JPEG,0,0,1,1\n\n");
	expect(NULL, "EBADMSG: $/boxes.csv:2: has 1 field, five were expected: "
		     "name,xmin,ymin,xmax,ymax\n");
	manifest_put("boxes.csv", ",0,0,1,1\n");
	expect(NULL, "EBADMSG: $/boxes.csv:1: names no image in front of the box\n");
	source.options.boxes = "$/none.csv";
	expect(NULL, "ENOENT: $/none.csv: cannot open the boxes: No such file or "
		     "directory\n");
}

static void many_boxes_are_found_again(void **state)
{
	FILE *file = fopen(manifest_path("boxes.csv"), "w");

	(void)state;
	assert_non_null(file);
	for (int i = 0; i < 50000; i++)
		fprintf(file, "%d.JPEG,0.%d,0,1,1\n", i % 7000, i);
	assert_int_equal(fclose(file), 0);
	manifest_put("n01/6999.JPEG", "");
	source.options.metadata = NULL;
	manifest_read_as("imagenet", NULL);
	assert_non_null(strstr(source.text, "objects/xmin=[0.69989999999999997,"
					    "0.13999,0.20999000000000001,"));
	assert_non_null(strstr(source.text, "objects/label=[1,1,1,1,1,1,1]\n"));
}

static void synsets_with_images_need_a_text(void **state)
{
	(void)state;
	manifest_put("n01/a.JPEG", "");
	manifest_put("metadata.txt", "n02\tcock\n");
	expect(NULL,
	       "EBADMSG: $/synsets.txt:1: synset \"n01\" has images but no line in "
	       "$/metadata.txt; add one: the synset, a tab, and what it is called\n");
	manifest_put("metadata.txt", "n01\tone\nn01\ttwo\n");
	expect(NULL, "0 path='n01/a.JPEG' label='n01' class_text='two'\n"
		     "remark: 'n02' has no folder in ., but is in $/synsets.txt:2\n");
}

static void wrong_metadata_are_named_by_line(void **state)
{
	(void)state;
	manifest_put("metadata.txt", "n01\ttench\nn02 cock\n");
	expect(NULL, "EBADMSG: $/metadata.txt:2: \"n02 cock\" is not a synset, one tab, "
		     "and a text\n");
	manifest_put("metadata.txt", "n01\ttench\tx\n");
	expect(NULL, "EBADMSG: $/metadata.txt:1: \"n01\\x09tench\\x09x\" is not a "
		     "synset, one tab, and a text\n");
	manifest_put("metadata.txt", "\n");
	expect(NULL, "EBADMSG: $/metadata.txt:1: \"\" is not a synset, one tab, and a "
		     "text\n");
}

static void synsets_must_be_named(void **state)
{
	(void)state;
	source.options.labels = NULL;
	expect(NULL, "EINVAL: dialect imagenet needs the synsets: type --labels FILE, "
		     "with one on each line\n");
}

static void all_files_are_inputs(void **state)
{
	(void)state;
	manifest_put("train/n01/a.JPEG", "");
	manifest_put("train/n02/a.JPEG", "");
	manifest_read_as("imagenet", "train");
	assert_int_equal(source.inputs.nr, 6);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, manifest_fixture_leave)
	const struct CMUnitTest tests[] = {
		TEST(only_JPEG_counts_and_every_row_has_its_text),
		TEST(boxes_go_to_their_image_in_order_with_its_label),
		TEST(columns_of_boxes_are_there_without_any),
		TEST(wrong_boxes_are_named_by_line),
		TEST(many_boxes_are_found_again),
		TEST(synsets_with_images_need_a_text),
		TEST(wrong_metadata_are_named_by_line),
		TEST(synsets_must_be_named),
		TEST(all_files_are_inputs),
	};

	return cmocka_run_group_tests_name("imagenet", tests, NULL, NULL);
}
