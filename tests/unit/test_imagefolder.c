/* SPDX-License-Identifier: MIT */
/* Metadata beside images: Hugging Face's and Roboflow's. */
#include "manifest_fixture.h"
#include "pictures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void put_image(const char *name)
{
	manifest_write(name, picture_png.data, picture_png.len);
}

static void expect(const char *rows)
{
	assert_string_equal(manifest_read(NULL), rows);
}

static void metadata_in_split_folders_names_files_beside_it(void **state)
{
	(void)state;
	manifest_put("train/metadata.csv", "file_name,label\na.jpg,cat\nsub/b.jpg,dog\n");
	manifest_put("test/metadata.jsonl",
		     "{\"file_name\": \"c.jpg\", \"label\": 3, \"split\": \"x\"}\n");
	expect("$/test/metadata.jsonl:1 file_name='test/c.jpg' split='test' label=3\n"
	       "$/train/metadata.csv:2 file_name='train/a.jpg' split='train' "
	       "label='cat'\n"
	       "$/train/metadata.csv:3 file_name='train/sub/b.jpg' split='train' "
	       "label='dog'\n");
}

static void metadata_at_the_top_is_for_all(void **state)
{
	(void)state;
	manifest_put("metadata.csv",
		     "image_file_name,split\na.jpg,train\nval/b.jpg,train\nc.jpg,test\n");
	expect("$/metadata.csv:2 file_name='a.jpg' split='train'\n"
	       "$/metadata.csv:3 file_name='val/b.jpg' split='validation'\n"
	       "$/metadata.csv:4 file_name='c.jpg' split='test'\n");
	manifest_put("metadata.csv", "image,label\na.jpg,1\n");
	expect("EBADMSG: $/metadata.csv:2 has no \"file_name\", which names the image\n");
}

/* The picture has 3 x 2 pixels. */
static void boxes_become_shares_of_the_image(void **state)
{
	(void)state;
	put_image("a.png");
	manifest_put("metadata.jsonl",
		     "{\"file_name\": \"a.png\", \"objects\": {\"bbox\": [[0, "
		     "1, 3, 1], [1.5, 0, 1.5, "
		     "0.5]], \"categories\": [7, 2]}, \"text\": \"x\"}\n"
		     "{\"file_name\": \"a.png\", \"objects\": {\"bbox\": [], "
		     "\"categories\": []}}\n");
	expect("$/metadata.jsonl:1 file_name='a.png' objects/xmin=[0.0,0.5] "
	       "objects/xmax=[1.0,1.0] objects/ymin=[0.5,0.0] objects/ymax=[1.0,0.25] "
	       "objects/class=['7','2'] objects/label=[7,2] text='x'\n"
	       "$/metadata.jsonl:2 file_name='a.png'\n");
}

static void expect_problem(const char *objects, const char *problem)
{
	char line[1024], wanted[1024];

	put_image("a.png");
	snprintf(line, sizeof(line), "{\"file_name\": \"a.png\", \"objects\": {%s}}\n",
		 objects);
	manifest_put("metadata.jsonl", line);
	manifest_read(NULL);
	snprintf(wanted, sizeof(wanted), " problem: %s\n", problem);
	if (!strstr(source.text, wanted))
		assert_string_equal(source.text, wanted);
}

static void bad_objects_are_problems(void **state)
{
	(void)state;
	expect_problem("\"bbox\": [[0,0,4,1]], \"categories\": [1]",
		       "has a bad box: box 1: xmax 4 lies beyond the width of 3");
	expect_problem("\"bbox\": [[0,0,1,1]], \"categories\": [1, 2]",
		       "has 1 boxes, but 2 categories");
	expect_problem("\"bbox\": [[0,0,1]], \"categories\": [1]",
		       "has 0 boxes, but 1 categories");
	expect_problem("\"bbox\": [[0,0,1]]",
		       "has boxes that are not of four numbers: x, y, width, height");
	expect_problem("\"bbox\": [[0,0,1,1]], \"categories\": [1.5]",
		       "has a category that is no id and no name");
}

static void roboflow_has_boxes_or_classes(void **state)
{
	(void)state;
	manifest_put("train/_annotations.csv",
		     "filename,width,height,class,xmin,ymin,xmax,ymax\n"
		     "a.jpg,4,4,dog,0,0,2,4\nb.jpg,4,4,dog,0,0,8,4\n");
	expect("$/train/_annotations.csv:2 file_name='train/a.jpg' split='train' "
	       "height=4 width=4 "
	       "objects/xmin=0.0 objects/xmax=0.5 objects/ymin=0.0 objects/ymax=1.0 "
	       "objects/class='dog'\n"
	       "$/train/_annotations.csv:3 file_name='train/b.jpg' split='train' "
	       "problem: is "
	       "badly described: line 3: xmax 8 lies beyond the width of 4\n");
}

static void errors_name_the_metadata(void **state)
{
	(void)state;
	manifest_put("train/metadata.csv", "file_name,label\na.jpg\n");
	expect("EBADMSG: $/train/metadata.csv:2: has 1 field, the header has 2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(metadata_in_split_folders_names_files_beside_it),
		MANIFEST_TEST(metadata_at_the_top_is_for_all),
		MANIFEST_TEST(boxes_become_shares_of_the_image),
		MANIFEST_TEST(bad_objects_are_problems),
		MANIFEST_TEST(roboflow_has_boxes_or_classes),
		MANIFEST_TEST(errors_name_the_metadata),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
