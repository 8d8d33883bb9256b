/* SPDX-License-Identifier: MIT */
/* YOLO's data.yaml, its images and labels. */
#include "manifest_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect(const char *rows)
{
	assert_string_equal(manifest_read_as("yolo", NULL), rows);
}

#define NAMES "names: [cat, dog]\n"

static void boxes_are_centres_and_sizes(void **state)
{
	(void)state;
	manifest_put("data.yaml", NAMES);
	manifest_put("images/a.jpg", "");
	manifest_put("labels/a.txt", "1 0.5 0.25 0.5 0.5\r\n\n0 0.5 0.5 1 1\n");
	assert_string_equal(manifest_read(NULL),
			    "0 path='images/a.jpg' objects/xmin=[0.25,0.0] "
			    "objects/xmax=[0.75,1.0] objects/ymin=[0.0,0.0] "
			    "objects/ymax=[0.5,1.0] objects/class=['dog','cat'] "
			    "objects/label=[1,0]\n");
}

static void an_image_without_labels_has_no_objects(void **state)
{
	(void)state;
	manifest_put("data.yaml", NAMES);
	manifest_put("images/a.jpg", "");
	manifest_put("images/b.jpg", "");
	manifest_put("images/note.txt", "");
	manifest_put("labels/b.txt", "");
	expect("0 path='images/a.jpg'\n0 path='images/b.jpg'\n");
	assert_int_equal(source.nr_ignored, 1);
}

static void splits_are_where_the_file_says(void **state)
{
	(void)state;
	manifest_put(
		"data.yaml",
		"path: ../datasets/coco8\ntrain: images/train\nval: [images/val, more]\n"
		"names:\n  0: cat\n  2: dog\nextra: {a: [1, {b: 2}]}\n");
	manifest_put("images/train/deep/a.jpg", "");
	manifest_put("labels/train/deep/a.txt", "2 .5 .5 0 0\n");
	manifest_put("images/val/b.jpg", "");
	manifest_put("more/c.jpg", "");
	manifest_put("more/c.txt", "0 .5 .5 0 0\n");
	expect("0 path='images/train/deep/a.jpg' split='train' objects/xmin=0.5 "
	       "objects/xmax=0.5 objects/ymin=0.5 objects/ymax=0.5 objects/class='dog' "
	       "objects/label=2\n"
	       "0 path='images/val/b.jpg' split='validation'\n"
	       "0 path='more/c.jpg' split='validation' objects/xmin=0.5 objects/xmax=0.5 "
	       "objects/ymin=0.5 objects/ymax=0.5 objects/class='cat' objects/label=0\n");
}

static void a_split_may_be_a_list_of_images(void **state)
{
	(void)state;
	manifest_put("data.yaml", "train: sets/train.txt\n" NAMES);
	manifest_put("sets/train.txt",
		     "./a.jpg\nimages/b.jpg\n\n../images/c.jpg\n/elsewhere/d.jpg\n");
	expect("0 path='sets/a.jpg' split='train'\n0 path='images/b.jpg' split='train'\n"
	       "0 path='images/c.jpg' split='train'\n"
	       "0 path='/elsewhere/d.jpg' split='train'\n");
}

static void roboflow_climbs_out_of_its_folder(void **state)
{
	(void)state;
	manifest_put(
		"data.yaml",
		"train: ../train/images\nval: ../valid/images\ntest: ../test/images\n"
		"nc: 2\n" NAMES);
	manifest_put("train/images/a.jpg", "");
	manifest_put("valid/images/b.jpg", "");
	expect("0 path='train/images/a.jpg' split='train'\n"
	       "0 path='valid/images/b.jpg' split='validation'\n");
	manifest_put("data.yaml", "train: ../train/images\nval: ../gone/images\n" NAMES);
	expect("ENOENT: data.yaml's \"val\" names \"../gone/images\", which does not "
	       "exist "
	       "beneath $\n");
}

static void polygons_are_bounded_and_boxes_are_cut(void **state)
{
	(void)state;
	manifest_put("data.yaml", NAMES);
	manifest_put("images/a.jpg", "");
	manifest_put("labels/a.txt", "0 0.25 0.5 0.5 0.25 0.75 0.75\n0 0 0.5 0.5 0.5\n");
	expect("0 path='images/a.jpg' objects/xmin=[0.25,0.0] objects/xmax=[0.75,0.25] "
	       "objects/ymin=[0.25,0.25] objects/ymax=[0.75,0.75] "
	       "objects/class=['cat','cat'] objects/label=[0,0]\n"
	       "remark: 'images/a.jpg' has 1 object outlined by a polygon, of which the "
	       "bounding box is taken\n"
	       "remark: 'images/a.jpg' has 1 object whose box leaves the image and is "
	       "cut at "
	       "its edge\n");
}

static void expect_problem(const char *labels, const char *problem)
{
	char wanted[1024];

	manifest_put("labels/a.txt", labels);
	manifest_read_as("yolo", NULL);
	snprintf(wanted, sizeof(wanted), " problem: is badly labelled: labels/a.txt:%s\n",
		 problem);
	if (!strstr(source.text, wanted))
		assert_string_equal(source.text, wanted);
}

static void a_bad_label_is_a_problem_of_its_image(void **state)
{
	(void)state;
	manifest_put("data.yaml", NAMES);
	manifest_put("images/a.jpg", "");
	expect_problem("0 .5 .5 .5 .5\n2 .5 .5 .5 .5\n",
		       "2: class 2 is not in data.yaml, which names 2");
	expect_problem("-1 .5 .5 .5 .5\n",
		       "1: does not begin with the number of a class");
	expect_problem("cat .5 .5 .5 .5\n",
		       "1: does not begin with the number of a class");
	expect_problem("0 .5 .5 .5\n",
		       "1: is neither \"class x y width height\" nor \"class x y "
		       "x y x y ...\"");
	expect_problem("0 .5 .5 .5 .5 .5\n",
		       "1: is neither \"class x y width height\" nor "
		       "\"class x y x y x y ...\"");
	expect_problem("0 12 .5 .5 .5\n",
		       "1: has a number outside 0..1: shares of the image's "
		       "sides are wanted, not pixels");
}

static void expect_yaml(const char *yaml, const char *error)
{
	manifest_put("data.yaml", yaml);
	expect(error);
}

static void a_broken_description_is_told_with_its_line(void **state)
{
	(void)state;
	manifest_put("images/a.jpg", "");
	expect_yaml("names: [a\n",
		    "EBADMSG: data.yaml:2: is not YAML: did not find expected ',' "
		    "or ']'\n");
	expect_yaml("nc: 2\n",
		    "EBADMSG: data.yaml: has no \"names\": the names of the classes "
		    "are wanted\n");
	expect_yaml("nc: 3\n" NAMES,
		    "EBADMSG: data.yaml: says nc: 3, but has names of 2 classes\n");
	expect_yaml("a: &x [1]\nnames: *x\n", "EBADMSG: data.yaml:2: has an alias, which "
					      "data sets do not need: write the "
					      "value out\n");
	expect_yaml("names: [a, a]\n",
		    "EBADMSG: data.yaml:1: \"names\" calls two classes \"a\"\n");
	expect_yaml("names: {0: a, 0: b}\n",
		    "EBADMSG: data.yaml:1: \"names\" has class 0 twice\n");
	expect_yaml("names: {x: a}\n",
		    "EBADMSG: data.yaml:1: a key of \"names\" is no class number\n");
	expect_yaml("names: {99999999: a}\n",
		    "EBADMSG: data.yaml:1: \"names\" has a class beyond 1048575\n");
	expect_yaml("[1]\n",
		    "EBADMSG: data.yaml:1: has no mapping with \"names\", \"train\" and "
		    "so on\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(boxes_are_centres_and_sizes),
		MANIFEST_TEST(an_image_without_labels_has_no_objects),
		MANIFEST_TEST(splits_are_where_the_file_says),
		MANIFEST_TEST(a_split_may_be_a_list_of_images),
		MANIFEST_TEST(roboflow_climbs_out_of_its_folder),
		MANIFEST_TEST(polygons_are_bounded_and_boxes_are_cut),
		MANIFEST_TEST(a_bad_label_is_a_problem_of_its_image),
		MANIFEST_TEST(a_broken_description_is_told_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
