/* SPDX-License-Identifier: MIT */
/* COCO manifests of several: annotations apart, captions, panoptic, directories. */
#include "coco_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* clang-format off */
static void captions_are_lists_in_their_order(void **state)
{
	(void)state;
	coco_give(&source.options.captions, "captions.json",
		  "{\"annotations\": [{\"image_id\": 1, \"caption\": \"b\"},\n"
		  "{\"image_id\": 1, \"caption\": \"a\"}]}");
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "," IMAGE(2, "b.jpg") "]}",
		    "1" ROW(1, "a.jpg") " caption=['b','a']\n"
		    "1" ROW(2, "b.jpg") "\n");
	manifest_put("captions.json",
			     "{\"annotations\": [\n{\"image_id\": 1}]}");
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "]}",
		    "EBADMSG: $/a.json: $/captions.json:2: \"caption\" is missing; it"
		    " must be a text\n");
	manifest_put("captions.json", "{\"images\": []}");
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "]}",
		    "EBADMSG: $/a.json: $/captions.json: there is no"
		    " \"annotations\": [...]; there is \"images\"\n");
}

static void a_file_of_captions_is_its_own_list_of_images(void **state)
{
	(void)state;
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "], "
		    "\"annotations\": [{\"image_id\": 1, \"caption\": \"c\"}]}",
		    "1" ROW(1, "a.jpg") " caption='c'\n");
}

static void annotations_may_be_in_a_file_of_their_own(void **state)
{
	(void)state;
	coco_give(&source.options.annotations, "boxes.json",
		  "{\"annotations\": [" BOX(5, 1, 0, 0, 100, 50, 4, "") "], " CATEGORIES "}");
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "]}",
		    "1" ROW(1, "a.jpg") WHOLE_IMAGE(5) "\n");
	manifest_put("boxes.json", "{\"annotations\": []}");
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "]}",
		    "EBADMSG: $/a.json: $/boxes.json: there is no"
		    " \"categories\": [...]\n");
}

static void a_part_can_be_without_annotations(void **state)
{
	(void)state;
	source.options.annotations =
		(struct trfs_option_list){ .nr = 1, .items = { "none" } };
	source.options.captions = source.options.annotations;
	source.options.panoptic = source.options.annotations;
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "], "
		    "\"annotations\": [" BOX(5, 1, 0, 0, 100, 50, 4, "") "], " CATEGORIES "}",
		    "1" ROW(1, "a.jpg") "\n");
}

#define PANOPTIC(segments)                                                               \
	"{\"annotations\": [{\"image_id\": 1, \"file_name\": \"no.png\", "               \
	"\"segments_info\": []},\n{\"image_id\": 1, \"file_name\": \"a.png\", "          \
	"\"segments_info\": [" segments "]}], \"categories\": [{\"id\": 1, "             \
	"\"isthing\": 1}, {\"id\": 92, \"isthing\": 0}, {\"id\": 9, \"isthing\": 0}]}"
#define SEGMENT(id, category, crowd)                                                     \
	"{\"id\": " #id ", \"category_id\": " #category ", \"iscrowd\": " #crowd "}"

static void segments_are_numbered_with_those_left_out(void **state)
{
	(void)state;
	coco_give(&source.options.panoptic, "panoptic.json",
		  PANOPTIC(SEGMENT(5, 92, 0) "," SEGMENT(6, 1, 1) "," SEGMENT(7, 1, 0)));
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "]}",
		    "EINVAL: $/a.json: the panoptic annotations $/panoptic.json need the"
		    " directory of their pictures: --panoptic-masks-dir\n");
	manifest_mkdir("masks");
	coco_give(&source.options.panoptic_masks, "masks", NULL);
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "]}",
		    "1" ROW(1, "a.jpg") " panoptic/file='masks/a.png'"
		    " panoptic/segments='s5,92,0;6,1,2;7,1,3;'\n");
	source.options.panoptic_skip_crowd = true;
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "]}",
		    "1" ROW(1, "a.jpg") " panoptic/file='masks/a.png'"
		    " panoptic/segments='s5,92,0;7,1,3;'\n");
	manifest_put("panoptic.json", PANOPTIC(SEGMENT(5, 2, 0)));
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "]}",
		    "EBADMSG: $/a.json: $/panoptic.json:2: segment 1 (id 5) has"
		    " \"category_id\" 2, which none of the \"categories\" has\n");
	manifest_put("panoptic.json", PANOPTIC(SEGMENT(5, 9, 0)));
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "]}",
		    "EBADMSG: $/a.json: $/panoptic.json:2: segment 1 (id 5) of category 9"
		    " cannot be shown in a mask of bytes: stuff has the categories 90 to"
		    " 255\n");
}

static void images_are_in_one_of_several_directories(void **state)
{
	(void)state;
	manifest_put("x/a.jpg", "");
	manifest_put("y/b.jpg", "");
	coco_give(&source.options.image_directories, "x", NULL);
	coco_expect("{\"images\": [" IMAGE(1, "no.jpg") "]}",
		    "1 path='x/no.jpg' file_name='no.jpg' id=1 height=50 width=100\n");
	coco_give(&source.options.image_directories, "y", NULL);
	coco_expect("{\"images\": [" IMAGE(1, "a.jpg") "," IMAGE(2, "b.jpg") ","
			IMAGE(3, "/c") ",\n" IMAGE(4, "no.jpg") "]}",
		    "1 path='x/a.jpg' file_name='a.jpg' id=1 height=50 width=100\n"
		    "1 path='y/b.jpg' file_name='b.jpg' id=2 height=50 width=100\n"
		    "1 path='/c' file_name='/c' id=3 height=50 width=100\n"
		    "ENOENT: $/a.json:2: no.jpg does not exist in any of the 2 image"
		    " directories\n");
	manifest_put("x/b.jpg", "");
	coco_expect("{\"images\": [" IMAGE(2, "b.jpg") "]}",
		    "EEXIST: $/a.json:1: b.jpg is in 2 of the 2 image directories, x and"
		    " y among them; only one may have it\n");
	source.options.image_directories.items[1] = "/usr";
	coco_expect_as("coco", "{\"images\": []}",
		       "EXDEV: $/a.json: --image-dir /usr: does not lie beneath the"
		       " source $; name a directory as the source that holds both\n");
	source.options.image_directories.items[1] = "/no/such";
	coco_expect_as("coco", "{\"images\": []}",
		       "ENOENT: $/a.json: --image-dir /no/such: cannot open: No such"
		       " file or directory\n");
}
/* clang-format on */

static void a_part_of_coco_od_has_a_directory_of_its_own(void **state)
{
	(void)state;
	manifest_put("x/a.jpg", "");
	manifest_put("y/a.jpg", "");
	coco_give(&source.options.image_directories, "x", NULL);
	coco_give(&source.options.image_directories, "y", NULL);
	coco_expect_as("coco-od", "{\"images\": [" IMAGE(1, "a.jpg") "]}",
		       "1 path='x/a.jpg' file_name='a.jpg' id=1 height=50 width=100\n");
}

static void an_image_has_no_size_below_nothing(void **state)
{
	(void)state;
	coco_expect("{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\", \"height\": -5, "
		    "\"width\": 9}]}",
		    "EBADMSG: $/a.json:1: \"height\" must be a size, found -5\n");
}

static void roboflow_exports_are_directories_with_splits(void **state)
{
	(void)state;
	/* clang-format off */
	manifest_put("train/_annotations.coco.json",
		"{\"images\": [" IMAGE(1, "a.jpg") "], "
		"\"annotations\": [" BOX(1, 1, 0, 0, 100, 50, 4, "") "], " CATEGORIES "}");
	manifest_put("valid/_annotations.coco.json",
			     "{\"images\": [" IMAGE(1, "b.jpg") "]}");
	assert_string_equal(coco_dialect_of(NULL), "Roboflow");
	assert_string_equal(manifest_read(NULL),
		"train/_annotations.coco.json:1 path='train/a.jpg' split='train'"
		" file_name='a.jpg' id=1 height=50 width=100" WHOLE_IMAGE(1) "\n"
		"valid/_annotations.coco.json:1 path='valid/b.jpg' split='validation'"
		" file_name='b.jpg' id=1 height=50 width=100\n");
	/* clang-format on */
	manifest_put("sub/valid/_annotations.coco.json",
		     "{\"images\": [" IMAGE(3, "c.jpg") "]}");
	assert_string_equal(manifest_read_as(NULL, "sub"),
			    "sub/valid/_annotations.coco.json:1 path='sub/valid/c.jpg' "
			    "split='validation' file_name='c.jpg' id=3 height=50 "
			    "width=100\n");
	manifest_put("test/_annotations.coco.json", "{\"images\": [\n{\"id\": 1}]}");
	assert_non_null(strstr(manifest_read(NULL),
			       "\nEBADMSG: test/_annotations.coco.json:2: \"file_name\" "
			       "is missing; it must be a text\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(captions_are_lists_in_their_order),
		MANIFEST_TEST(a_file_of_captions_is_its_own_list_of_images),
		MANIFEST_TEST(annotations_may_be_in_a_file_of_their_own),
		MANIFEST_TEST(segments_are_numbered_with_those_left_out),
		MANIFEST_TEST(images_are_in_one_of_several_directories),
		MANIFEST_TEST(a_part_can_be_without_annotations),
		MANIFEST_TEST(a_part_of_coco_od_has_a_directory_of_its_own),
		MANIFEST_TEST(an_image_has_no_size_below_nothing),
		MANIFEST_TEST(roboflow_exports_are_directories_with_splits),
	};

	return cmocka_run_group_tests_name("coco_files", tests, NULL, NULL);
}
