/* SPDX-License-Identifier: MIT */
/* Annotations of Pascal VOC: directories of them, and the lists of two converters. */
#include "manifest_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define SIZE "<size><width>40</width><height>20</height><depth>3</depth></size>"
#define BOX(a, b, c, d)                                                                  \
	"<bndbox><xmin>" #a "</xmin><ymin>" #b "</ymin><xmax>" #c "</xmax><ymax>" #d     \
	"</ymax></bndbox>"
#define DOG                                                                              \
	"<object><name>dog</name><pose>Left</pose><truncated>1</truncated>"              \
	"<difficult>0</difficult>" BOX(4, 2, 20, 10) "</object>"
#define DOG_CELLS                                                                        \
	" height=20 width=40 objects/difficult=0 objects/truncated=1 "                   \
	"objects/view='Left'"                                                            \
	" objects/xmin=0.10000000000000001 objects/xmax=0.5"                             \
	" objects/ymin=0.10000000000000001 objects/ymax=0.5"

/* An annotation at @path. */
static void annotate(const char *path, const char *filename, const char *rest)
{
	char xml[4096];

	snprintf(xml, sizeof(xml),
		 "<annotation><folder>VOC2007</folder><filename>%s</filename>%s</"
		 "annotation>",
		 filename, rest);
	manifest_put(path, xml);
}

static void expect(const char *dialect, const char *name, const char *rows)
{
	assert_string_equal(manifest_read_as(dialect, name), rows);
}

static void two_directories_are_known(void **state)
{
	(void)state;
	annotate("Annotations/a.xml", "a.jpg", SIZE DOG);
	annotate("Annotations/b.xml", "b.jpg", SIZE);
	manifest_put("JPEGImages/a.jpg", "");
	manifest_put("JPEGImages/b.jpg", "");
	assert_string_equal(
		manifest_read(NULL),
		"0 path='JPEGImages/a.jpg' filename='a.jpg'" DOG_CELLS
		" objects/class='dog'\n"
		"0 path='JPEGImages/b.jpg' filename='b.jpg' height=20 width=40\n");
}

static void lists_make_splits(void **state)
{
	(void)state;
	annotate("Annotations/a.xml", "a.jpg", SIZE);
	annotate("Annotations/b.xml", "b.jpg", SIZE);
	annotate("Annotations/c.xml", "c.jpg", SIZE);
	manifest_put("JPEGImages/a.jpg", "");
	manifest_put("JPEGImages/b.jpg", "");
	manifest_put("ImageSets/Main/val.txt", "a\n");
	manifest_put("ImageSets/Main/train.txt", "b  1\ngone\n");
	expect("voc", NULL,
	       "0 path='JPEGImages/b.jpg' filename='b.jpg' height=20 width=40 "
	       "split='train'\n"
	       "0 path='JPEGImages/gone' split='train' problem: has no annotation "
	       "Annotations/gone.xml\n"
	       "0 path='JPEGImages/a.jpg' filename='a.jpg' height=20 width=40 "
	       "split='validation'\n"
	       "remark: 'Annotations/c.xml' is left out: it is in no list of "
	       "ImageSets/Main\n");
	manifest_put("ImageSets/Main/test.txt", "c\na\n");
	expect("voc", NULL,
	       "EBADMSG: ImageSets/Main/test.txt:2: \"a\" was listed before, there or in "
	       "the "
	       "list of another split\n");
}

static void xml_beside_images_in_split_folders_is_known(void **state)
{
	(void)state;
	annotate("train/a.xml", "renamed.jpg", SIZE);
	manifest_put("train/a.jpg", "");
	manifest_put("train/lonely.png", "");
	annotate("valid/b.xml", "b.jpg", SIZE DOG);
	manifest_put("valid/b.jpg", "");
	expect("voc", NULL,
	       "0 path='train/a.jpg' filename='renamed.jpg' height=20 width=40 "
	       "split='train'\n"
	       "0 path='valid/b.jpg' filename='b.jpg'" DOG_CELLS
	       " objects/class='dog' split='validation'\n"
	       "remark: 'train/lonely.png' is left out: it has no annotation\n");
	assert_non_null(strstr(manifest_read(NULL), "split='validation'"));
}

static void class_folders_stay_class_folders(void **state)
{
	(void)state;
	manifest_put("cat/a.jpg", "");
	manifest_put("dog/b.xml.jpg", "");
	assert_string_equal(manifest_read(NULL), "0 file='cat/a.jpg' label='cat'\n"
						 "0 file='dog/b.xml.jpg' label='dog'\n");
}

static void a_directory_without_annotations_is_told(void **state)
{
	(void)state;
	manifest_put("a.jpg", "");
	expect("voc", NULL,
	       "EBADMSG: $ has no annotations of Pascal VOC: Annotations beside "
	       "JPEGImages, or "
	       "XML files beside their images, were expected\n");
}

/* What the row of an annotation with @rest says behind its path. */
static void expect_problem(const char *rest, const char *problem)
{
	char wanted[1024];

	annotate("Annotations/a.xml", "a.jpg", rest);
	manifest_put("JPEGImages/a.jpg", "");
	manifest_read_as("voc", NULL);
	snprintf(wanted, sizeof(wanted), " problem: %s\n", problem);
	if (!strstr(source.text, wanted))
		assert_string_equal(source.text, wanted);
}

#define BAD "is badly annotated: Annotations/a.xml:1: "

static void broken_annotations_are_problems_of_their_images(void **state)
{
	(void)state;
	expect_problem(SIZE "<object>", BAD "is not well-formed XML: mismatched tag");
	expect_problem(SIZE "<object><name>x</name></object>", BAD
		       "the object has no whole <bndbox>: xmin, ymin, xmax and ymax were "
		       "expected");
	expect_problem(SIZE "<object>" BOX(1, 2, 3, 4) "</object>",
		       BAD "the object has no <name>");
	expect_problem(SIZE "<object><name>x</name>" BOX(1, two, 3, 4) "</object>",
		       BAD "<ymin> is \"two\", which is no number");
	expect_problem("<size><width>4.5</width></size>",
		       BAD "<width> is \"4.5\", which is no integer");
	expect_problem("", BAD "has no <size> with a width and a height above 0");
	expect_problem("&lol;", BAD "is not well-formed XML: undefined entity");
	expect_problem(SIZE "<object><name>x</name>" BOX(1, 2, 41, 4) "</object>",
		       "has a bad box: Annotations/a.xml:1: xmax 41 lies beyond the "
		       "width of 40");
	expect_problem(SIZE "<object><name>x</name>" BOX(1, 5, 4, 4) "</object>",
		       "has a bad box: Annotations/a.xml:1: ymin 5 is beyond ymax 4");
}

static void entities_are_never_expanded(void **state)
{
	(void)state;
	manifest_put("JPEGImages/a.jpg", "");
	manifest_put(
		"Annotations/a.xml",
		"<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\">"
		"<!ENTITY b "
		"\"&a;&a;&a;\">]>\n<annotation><filename>&b;</filename></annotation>");
	expect("voc", NULL,
	       "0 path='JPEGImages/a.jpg' problem: is badly annotated: "
	       "Annotations/a.xml:2: has "
	       "a document type declaration, which annotations do not need: remove it\n");
}

static void parts_of_objects_do_not_count(void **state)
{
	(void)state;
	manifest_put("JPEGImages/a.jpg", "");
	annotate(
		"Annotations/a.xml", "a.jpg",
		SIZE "<object><name> dog </name>" BOX(
			0, 0, 20,
			10) "<part><name>head</name>" BOX(1, 1, 2, 2) "</part></object>");
	expect("voc", NULL,
	       "0 path='JPEGImages/a.jpg' filename='a.jpg' height=20 width=40 "
	       "objects/difficult=0 objects/truncated=0 objects/view='Unspecified' "
	       "objects/xmin=0.0 objects/xmax=0.5 objects/ymin=0.0 objects/ymax=0.5 "
	       "objects/class='dog'\n");
}

#define LIST "VOC2012/ImageSets/Main/aeroplane_train.txt"

static void pascal_follows_its_list(void **state)
{
	(void)state;
	manifest_put(LIST, "b -1\na  1\ngone\n");
	annotate("VOC2012/Annotations/a.xml", "a.jpg", SIZE DOG);
	annotate("VOC2012/Annotations/b.xml", "other.jpg", SIZE);
	expect("pascal", LIST,
	       "VOC2012/Annotations/b.xml:1 path='VOC2007/JPEGImages/other.jpg' "
	       "filename='other.jpg' height=20 "
	       "width=40\n"
	       "VOC2012/Annotations/a.xml:1 path='VOC2007/JPEGImages/a.jpg' "
	       "filename='a.jpg'" DOG_CELLS " objects/class='dog'\n"
	       "$/" LIST ":3 path='gone' problem: has no annotation "
	       "VOC2012/Annotations/gone.xml\n");
}

static void pascal_takes_another_folder_of_annotations(void **state)
{
	(void)state;
	manifest_put(LIST, "a\n");
	annotate("VOC2012/Mine/a.xml", "a.jpg", SIZE);
	source.options.annotations =
		(struct trfs_option_list){ .nr = 1, .items = { "Mine" } };
	expect("pascal", LIST,
	       "VOC2012/Mine/a.xml:1 path='VOC2007/JPEGImages/a.jpg' filename='a.jpg' "
	       "height=20 width=40\n");
	manifest_put("list.txt", "a\n");
	expect("pascal", "list.txt",
	       "EBADMSG: $/list.txt: does not lie in a folder ImageSets/Main, beside "
	       "which the "
	       "annotations were expected\n");
}

static void pascal_keeps_an_odd_box_and_says_so(void **state)
{
	(void)state;
	manifest_put(LIST, "a\n");
	annotate("VOC2012/Annotations/a.xml", "a.jpg",
		 SIZE "<object><name>x</name>" BOX(0, 0, 80, 10) "</object>");
	expect("pascal", LIST,
	       "VOC2012/Annotations/a.xml:1 path='VOC2007/JPEGImages/a.jpg' "
	       "filename='a.jpg' height=20 width=40 "
	       "objects/difficult=0 objects/truncated=0 objects/view='Unspecified' "
	       "objects/xmin=0.0 objects/xmax=2.0 objects/ymin=0.0 objects/ymax=0.5 "
	       "objects/class='x'\n"
	       "remark: 'VOC2007/JPEGImages/a.jpg' has an odd box, kept as it is: line "
	       "1: xmax "
	       "80 lies beyond the width of 40\n");
}

static void pascal_drops_difficult_objects_on_request(void **state)
{
	(void)state;
	manifest_put(LIST, "a\n");
	annotate("VOC2012/Annotations/a.xml", "a.jpg",
		 SIZE "<object><name>x</name><difficult>1</difficult>" BOX(
			 0, 0, 9, 9) "</object>" DOG);
	source.options.ignore_difficult = true;
	expect("pascal", LIST,
	       "VOC2012/Annotations/a.xml:1 path='VOC2007/JPEGImages/a.jpg' "
	       "filename='a.jpg'" DOG_CELLS " objects/class='dog'\n");
}

static void pascal_needs_the_image_s_name(void **state)
{
	(void)state;
	manifest_put(LIST, "a\n");
	manifest_put("VOC2012/Annotations/a.xml", "<annotation>" SIZE "</annotation>");
	expect("pascal", LIST,
	       "VOC2012/Annotations/a.xml:1 path='a' problem: is badly annotated: "
	       "VOC2012/Annotations/a.xml:1: has no <filename>\n");
}

static void pets_have_their_class_in_their_name(void **state)
{
	(void)state;
	manifest_put("annotations/trainval.txt",
		     "Maine_Coon_7 1 2\nbeagle_1 1 1 1\nnumber_x 1\n");
	annotate("annotations/xmls/Maine_Coon_7.xml", "Maine_Coon_7.jpg", SIZE DOG);
	annotate("annotations/xmls/number_x.xml", "number_x.jpg", SIZE);
	assert_string_equal(
		manifest_read(NULL),
		"annotations/trainval.txt:1 path='images/Maine_Coon_7.jpg' "
		"filename='Maine_Coon_7.jpg'" DOG_CELLS " objects/class='Maine_Coon'\n"
		"annotations/trainval.txt:2 path='images/beagle_1.jpg' problem: has no "
		"annotation annotations/xmls/beagle_1.xml\n"
		"annotations/trainval.txt:3 path='images/number_x.jpg' "
		"filename='number_x.jpg' height=20 width=40 problem: has no class: the "
		"name "
		"\"number_x.jpg\" in annotations/xmls/number_x.xml is not "
		"CLASS_NUMBER.jpg\n");
}

/* A grey PNG of 4 x 3 pixels: 2 but for 3 at (1, 0), 1 at (2, 1). */
static const uint8_t trimap[] = { 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00,
				  0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00,
				  0x00, 0x04, 0x00, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00,
				  0x00, 0x00, 0x91, 0x9f, 0xf1, 0x1a, 0x00, 0x00, 0x00,
				  0x17, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x64,
				  0x62, 0xfc, 0xcf, 0xc0, 0xc4, 0xf0, 0xff, 0x3f, 0x03,
				  0x13, 0x03, 0x03, 0x23, 0x03, 0x00, 0x1b, 0x4c, 0x03,
				  0x07, 0x72, 0x63, 0x98, 0x53, 0x00, 0x00, 0x00, 0x00,
				  0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82 };

static void whole_pets_have_masks_and_the_box_around_them(void **state)
{
	(void)state;
	manifest_put("annotations/trainval.txt",
		     "beagle_1 1 1 1\nbeagle_2 1\nbeagle_3 1\n");
	for (int i = 1; i <= 3; i++) {
		char path[64];

		snprintf(path, sizeof(path), "annotations/xmls/beagle_%d.xml", i);
		annotate(path, "beagle_1.JPG", SIZE DOG);
	}
	manifest_write("annotations/trimaps/beagle_1.png", trimap, sizeof(trimap));
	manifest_put("annotations/trimaps/beagle_3.png", "no image at all");
	source.options.faces_only = false;
	manifest_read_as("pet", NULL);
	assert_non_null(strstr(
		source.text,
		"annotations/trainval.txt:1 path='images/beagle_1.JPG' "
		"filename='beagle_1.JPG' height=20 width=40 objects/difficult=0 "
		"objects/truncated=1 objects/view='Left' "
		"objects/xmin=0.025000000000000001 objects/xmax=0.050000000000000003 "
		"objects/ymin=0.0 objects/ymax=0.050000000000000003 "
		"objects/class='beagle' mask='annotations/trimaps/beagle_1.png'\n"));
	assert_non_null(strstr(source.text,
			       " problem: has a bad mask: "
			       "annotations/trimaps/beagle_2.png cannot be read: No "
			       "such file or directory\n"));
	assert_non_null(strstr(source.text,
			       " problem: has a bad mask: "
			       "annotations/trimaps/beagle_3.png is not an image: "
			       "starts with \"no image"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(two_directories_are_known),
		MANIFEST_TEST(lists_make_splits),
		MANIFEST_TEST(xml_beside_images_in_split_folders_is_known),
		MANIFEST_TEST(class_folders_stay_class_folders),
		MANIFEST_TEST(a_directory_without_annotations_is_told),
		MANIFEST_TEST(broken_annotations_are_problems_of_their_images),
		MANIFEST_TEST(entities_are_never_expanded),
		MANIFEST_TEST(parts_of_objects_do_not_count),
		MANIFEST_TEST(pascal_follows_its_list),
		MANIFEST_TEST(pascal_takes_another_folder_of_annotations),
		MANIFEST_TEST(pascal_drops_difficult_objects_on_request),
		MANIFEST_TEST(pascal_needs_the_image_s_name),
		MANIFEST_TEST(pascal_keeps_an_odd_box_and_says_so),
		MANIFEST_TEST(pets_have_their_class_in_their_name),
		MANIFEST_TEST(whole_pets_have_masks_and_the_box_around_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
