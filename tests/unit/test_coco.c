/* SPDX-License-Identifier: MIT */
/* COCO manifests of one file: boxes, outlines, what is dropped, what is refused. */
#include "coco_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* clang-format off */
static void boxes_are_shares_grouped_by_image(void **state)
{
	(void)state;
	coco_expect(
		"{\"images\": [" IMAGE(1, "a.jpg") ",\n" IMAGE(2, "b.jpg") ",\n"
			IMAGE(3, "c.jpg") "], "
		"\"annotations\": [" BOX(11, 3, 0, 0, 100, 50, 4, "") ","
			BOX(12, 1, 10, 5.5, 20, 10, 90, "") ","
			BOX(13, 3, 25, 25, 50, 5, 90, "") "], " CATEGORIES "}",
		"1" ROW(1, "a.jpg")
		" objects/xmin=0.10000000000000001 objects/xmax=0.29999999999999999"
		" objects/ymin=0.11 objects/ymax=0.31 objects/label=90"
		" objects/class='z' objects/is_crowd=0 objects/area=7.5 objects/id=12\n"
		"2" ROW(2, "b.jpg") "\n"
		"3" ROW(3, "c.jpg")
		" objects/xmin=[0.0,0.25] objects/xmax=[1.0,0.75]"
		" objects/ymin=[0.0,0.5] objects/ymax=[1.0,0.59999999999999998]"
		" objects/label=[4,90] objects/class=['cat','z']"
		" objects/is_crowd=[0,0] objects/area=[7.5,7.5] objects/id=[11,13]\n");
}

static void order_of_arrays_does_not_matter(void **state)
{
	(void)state;
	coco_expect(
		"{" CATEGORIES ", \"annotations\": [" BOX(11, 1, 0, 0, 100, 50, 4, "")
		"], \"images\": [" IMAGE(1, "a.jpg") "]}",
		"1" ROW(1, "a.jpg") WHOLE_IMAGE(11) "\n");
}

static void boxes_outside_are_remarks(void **state)
{
	(void)state;
	coco_expect(
		"{\"images\": [" IMAGE(1, "a.jpg") "],\n"
		"\"annotations\": [" BOX(1, 1, 0, 0, 0, 9, 4, "") ","
			BOX(2, 1, 0, 0, 9, -1, 4, "") ","
			BOX(3, 1, 91, 0, 9.5, 9, 77, "") ","
			BOX(4, 1, 0, 41, 9, 9.5, 4, "") "], " CATEGORIES "}",
		"1" ROW(1, "a.jpg") "\n"
		"remark: 'a.jpg' box 1 (id 1) is dropped: its width or height is not"
		" above 0\n"
		"remark: 'a.jpg' box 2 (id 2) is dropped: its width or height is not"
		" above 0\n"
		"remark: 'a.jpg' box 3 (id 3) is dropped: it leaves the image on the"
		" right or at the bottom\n"
		"remark: 'a.jpg' box 4 (id 4) is dropped: it leaves the image on the"
		" right or at the bottom\n");
	/* A negative corner alone drops nothing: the converter keeps it. */
	coco_expect(
		"{\"images\": [" IMAGE(1, "a.jpg") "], "
		"\"annotations\": [" BOX(1, 1, -1, 0, 51, 50, 4, "") "], " CATEGORIES "}",
		"1" ROW(1, "a.jpg")
		" objects/xmin=-0.01 objects/xmax=0.5 objects/ymin=0.0 objects/ymax=1.0"
		" objects/label=4 objects/class='cat' objects/is_crowd=0"
		" objects/area=7.5 objects/id=1\n");
}

static void annotations_of_no_image_are_one_remark(void **state)
{
	(void)state;
	coco_expect(
		"{\"images\": [],\n\"annotations\": [\n" BOX(1, 7, 0, 0, 0, 9, 4, "") ","
			BOX(2, 8, 0, 0, 9, -1, 4, "") "], " CATEGORIES "}",
		"remark: '\"image_id\": 7' has an annotation, and no image has this id;"
		" 2 annotations in all are of images that are not listed\n");
	coco_expect(
		"{\"images\": [" IMAGE(1, "a.jpg") "],\n"
		"\"annotations\": [\n" BOX(1, "1", 0, 0, 0, 9, 4, "") "], " CATEGORIES "}",
		"1" ROW(1, "a.jpg") "\n"
		"remark: '\"image_id\": \"1\"' has an annotation, and no image has this"
		" id\n");
}
static void refused(const char *annotation, const char *message)
{
	char json[2048], rows[2048];

	snprintf(json, sizeof(json),
		 "{\"images\": [" IMAGE(1, "a.jpg") "],\n"
		 "\"annotations\": [\n%s],\n" CATEGORIES "}",
		 annotation);
	snprintf(rows, sizeof(rows), "EBADMSG: $/a.json:3: %s\n", message);
	coco_expect(json, rows);
}
/* clang-format on */

static void bad_annotations_are_told_with_line_key_and_value(void **state)
{
	(void)state;
	refused(BOX(1, 1, 0, 0, 9, 9, 5, ""),
		"\"category_id\" is 5, which none of the \"categories\" has");
	refused(BOX(1, 1, "0", 0, 9, 9, 4, ""),
		"\"bbox\" must be [x, y, width, height], found [\"0\", 0, 9, 9]");
	refused("{\"image_id\": 1, \"bbox\": [1, 2, 3]}",
		"\"bbox\" must be [x, y, width, height], found [1, 2, 3]");
	refused("{\"image_id\": 1, \"bbox\": [1, 2, 3, 4]}",
		"\"category_id\" is missing; it must be an integer");
	refused("{\"image_id\": 1, \"bbox\": [1, 2, 3, 4], \"category_id\": \"4\"}",
		"\"category_id\" must be an integer, found \"4\"");
	refused("{\"image_id\": 1, \"bbox\": [1, 2, 3, 4], \"category_id\": 4, "
		"\"iscrowd\": 0.5}",
		"\"iscrowd\" must be an integer, found 0.5");
	refused("{\"image_id\": 1, \"bbox\": [1, 2, 3, 4], \"category_id\": 4, "
		"\"iscrowd\": 0, \"area\": null}",
		"\"area\" must be a number, found null");
	refused("{\"image_id\": [1], \"bbox\": [1, 2, 3, 4]}",
		"\"image_id\" must be an integer, found [1]");
	refused("{\"image_id\": 1, \"image_id\": 2, \"bbox\": []}",
		"\"image_id\" is there twice");
}

static void bad_images_are_told_with_line_key_and_value(void **state)
{
	(void)state;
	coco_expect_as("coco", "{\"images\": [\n{\"id\": 1}]}",
		       "EBADMSG: $/a.json:2: \"file_name\" is missing; it must be a "
		       "text\n");
	coco_expect_as("coco",
		       "{\"images\": [\n{\"file_name\": \"a\", \"id\": 1, \"height\": "
		       "\"50\"}]}",
		       "EBADMSG: $/a.json:2: \"height\" must be a number, found "
		       "\"50\"\n");
	coco_expect_as("coco", "{\"images\": [\n{\"file_name\": \"a\", \"id\": null}]}",
		       "EBADMSG: $/a.json:2: \"id\" must be an integer, found null\n");
	coco_expect_as("coco", "{\"annotations\": [], \"info\": 1}",
		       "EBADMSG: $/a.json: expected an object with \"images\": [...]; "
		       "found an object with \"annotations\", \"info\"\n");
	coco_expect_as("coco", "[]",
		       "EBADMSG: $/a.json:1: expected an object, found an array\n");
}

static void numbers_and_ids_stay_as_they_are(void **state)
{
	(void)state;
	coco_expect(
		"{\"images\": [{\"id\": \"x1\", \"file_name\": \"a\", \"height\": 50.0, "
		"\"width\": 100}], \"annotations\": [{\"image_id\": \"x1\", \"bbox\": "
		"[0, "
		"0, 10, 10], \"category_id\": 4.0, \"iscrowd\": true, \"area\": 9}], "
		"" CATEGORIES "}",
		"1 path='a' file_name='a' id='x1' height=50.0 width=100 objects/xmin=0.0 "
		"objects/xmax=0.10000000000000001 objects/ymin=0.0 "
		"objects/ymax=0.20000000000000001 objects/label=4 objects/class='cat' "
		"objects/is_crowd=1 objects/area=9.0\n");
}

static void other_plain_members_of_images_are_columns(void **state)
{
	(void)state;
	coco_expect("{\"images\": [{\"id\": 1, \"label\": 3, \"file_name\": \"a\", "
		    "\"height\": 1, \"width\": 2, \"license\": 4, \"path\": \"/other\", "
		    "\"events\": [{}], \"extra\": {\"a\": 1}, \"caption\": \"x\"}]}",
		    "1 path='a' file_name='a' id=1 height=1 width=2 label=3 license=4\n");
}

static void outlines_are_texts_when_masks_are_wanted(void **state)
{
	(void)state;
	source.options.include_masks = true;
#define OUTLINED(json) BOX(1, 1, 0, 0, 9, 9, 4, ", \"segmentation\": " json)
	/* clang-format off */
	coco_expect(
		"{\"images\": [" IMAGE(1, "a.jpg") "], \"annotations\": ["
			OUTLINED("[[0, 0, 3, 0, 3, 3], [1, 1, 2, 2]]") ","
			OUTLINED("{\"size\": [50, 100], \"counts\": [1, 2, 4997]}") ","
			OUTLINED("{\"size\": [50, 100], \"counts\": \"12\"}") "], "
			CATEGORIES "}",
		"1" ROW(1, "a.jpg") " objects/xmin=[0.0,0.0,0.0]"
		" objects/xmax=[0.089999999999999997,0.089999999999999997,"
		"0.089999999999999997]"
		" objects/ymin=[0.0,0.0,0.0]"
		" objects/ymax=[0.17999999999999999,0.17999999999999999,"
		"0.17999999999999999]"
		" objects/label=[4,4,4] objects/class=['cat','cat','cat']"
		" objects/is_crowd=[0,0,0] objects/area=[7.5,7.5,7.5] objects/id=[1,1,1]"
		" objects/segmentation=['p00?00? 5555','rb1T312Ul4','rb1T312']\n");
	/* clang-format on */
	refused(OUTLINED("[[0, 0, 3, 2]]"),
		"\"segmentation\" has no polygon of at least three corners: [[x, y, x, "
		"y, x, y, ...]]");
	refused(OUTLINED("[[0, 0, 3, 0, 3, \"3\"]]"),
		"\"segmentation\" has a polygon with something that is no number");
	refused(OUTLINED("[[0, 0, 1e300, 0, 3, 3]]"),
		"\"segmentation\": has a corner at 1.0000000000000001e+300, 0, beyond "
		"any "
		"image");
	refused(OUTLINED("{\"counts\": [1]}"),
		"\"segmentation\" has no \"size\": [height, width]");
	refused(OUTLINED("{\"size\": [1, 1], \"counts\": [-1]}"),
		"\"segmentation\" has \"counts\" with something that is no integer from "
		"0 on");
	refused(OUTLINED("7"), "\"segmentation\" must be a list of polygons, or an "
			       "object of run lengths, found 7");
	refused(BOX(1, 1, 0, 0, 9, 9, 4, ""),
		"\"segmentation\" is missing; it must be a list of polygons, or an "
		"object of run lengths");
}

/* clang-format off */
#define CORNERS(image, xmax, name)                                                       \
	"{\"image_id\": " #image ", \"xmin\": 5, \"xmax\": " #xmax                       \
	", \"ymin\": 1.5, \"ymax\": 9, \"category_names\": \"" name                      \
	"\", \"category_id\": 2, \"is_crowd\": 0, \"area\": 3}"
#define CORNER_FILE                                                                      \
	"{\"annotations\": [" CORNERS(1, 1, "no") "," CORNERS(1, 20, "yes") ","          \
	CORNERS(2, 120, "no") "], \"categories\": []}"
/* clang-format on */

static void classification_has_labels_and_the_last_corners(void **state)
{
	(void)state;
	coco_give(&source.options.annotations, "boxes.json", CORNER_FILE);
	coco_expect_as("coco-classification",
		       "{\"images\": [{\"label\": 3, \"id\": 1, \"file_name\": \"a\", "
		       "\"height\": 50, \"width\": 100}, {\"label\": 0, \"id\": 2, "
		       "\"file_name\": \"b\", \"height\": 50, \"width\": 100}]}",
		       "1 path='a' file_name='a' id=1 height=50 width=100 label=3 "
		       "objects/xmin=5.0 objects/xmax=20.0 objects/ymin=1.5 "
		       "objects/ymax=9.0 objects/label=2 objects/class='yes' "
		       "objects/is_crowd=0 objects/area=3.0\n"
		       "1 path='b' file_name='b' id=2 height=50 width=100 label=0\n"
		       "remark: 'b' box 1 is dropped: it is larger than the image\n");
	source.options.annotations.nr = 0;
	coco_expect_as("coco-classification", "{\"images\": [" IMAGE(1, "a") "]}",
		       "EBADMSG: $/a.json:1: \"label\" is missing; it must be an "
		       "integer\n");
	coco_expect_as(
		"coco-classification",
		"{\"images\": [{\"label\": \"x\", \"id\": 1, \"file_name\": \"a\", "
		"\"height\": 50, \"width\": 100}]}",
		"EBADMSG: $/a.json:1: \"label\" must be an integer, found "
		"\"x\"\n");
}

static void content_tells_coco_from_other_json(void **state)
{
	char *big = malloc(40000);

	(void)state;
	assert_non_null(big);
	manifest_put("a.json", "{\"images\": [" IMAGE(1, "a") "]}");
	assert_string_equal(coco_dialect_of("a.json"), "COCO");
	manifest_put("a", "{\n\"images\": [" IMAGE(1, "a") "]}");
	assert_string_equal(coco_dialect_of("a"), "COCO");
	manifest_put("a.json", "{\"images\": [{\"file_name\": 1, \"id\": 2, "
			       "\"height\": 3}]}");
	assert_string_equal(coco_dialect_of("a.json"), "JSON");
	manifest_put("a.json", "[" IMAGE(1, "a") "]");
	assert_string_equal(coco_dialect_of("a.json"), "JSON");
	snprintf(big, 40000,
		 "{\"annotations\": [{\"x\": {}, \"image_id\": 1, \"pad\": \"%039900d",
		 0);
	strcpy(big + 39000, "\"}], \"images\": []}");
	manifest_put("a.json", big);
	assert_string_equal(coco_dialect_of("a.json"), "COCO");
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(boxes_are_shares_grouped_by_image),
		MANIFEST_TEST(order_of_arrays_does_not_matter),
		MANIFEST_TEST(boxes_outside_are_remarks),
		MANIFEST_TEST(annotations_of_no_image_are_one_remark),
		MANIFEST_TEST(bad_annotations_are_told_with_line_key_and_value),
		MANIFEST_TEST(bad_images_are_told_with_line_key_and_value),
		MANIFEST_TEST(numbers_and_ids_stay_as_they_are),
		MANIFEST_TEST(other_plain_members_of_images_are_columns),
		MANIFEST_TEST(outlines_are_texts_when_masks_are_wanted),
		MANIFEST_TEST(classification_has_labels_and_the_last_corners),
		MANIFEST_TEST(content_tells_coco_from_other_json),
	};

	return cmocka_run_group_tests_name("coco", tests, NULL, NULL);
}
