/* SPDX-License-Identifier: MIT */
/* Rows of boxes that become rows of images. */
#include "manifest_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define HEADER "filename,width,height,class,xmin,ymin,xmax,ymax\n"

static void expect(const char *csv, const char *rows)
{
	assert_string_equal(manifest_read_text("a.csv", csv), rows);
}

static void boxes_of_an_image_are_one_row(void **state)
{
	(void)state;
	expect(HEADER "a.jpg,40,20,dog,4,2,20,10\nb.jpg,10,10,cat,0,0,10,10\n"
		      "a.jpg,40,20,cat,1,1,2,2\n",
	       "2 filename='a.jpg' height=20 width=40 "
	       "objects/xmin=[0.10000000000000001,0.025000000000000001] "
	       "objects/xmax=[0.5,0.050000000000000003] "
	       "objects/ymin=[0.10000000000000001,0.050000000000000003] "
	       "objects/ymax=[0.5,0.10000000000000001] objects/class=['dog','cat']\n"
	       "3 filename='b.jpg' height=10 width=10 objects/xmin=0.0 objects/xmax=1.0 "
	       "objects/ymin=0.0 objects/ymax=1.0 objects/class='cat'\n");
}

static void columns_stand_in_any_order(void **state)
{
	(void)state;
	expect("Class,\"filename\" ,score,ymax,xmax,ymin,xmin,height,width,split\n"
	       "dog,a.jpg,1,20,40,0,20,20,40,train\n",
	       "2 filename='a.jpg' height=20 width=40 split='train' objects/xmin=0.5 "
	       "objects/xmax=1.0 objects/ymin=0.0 objects/ymax=1.0 "
	       "objects/class='dog'\n");
}

static void an_image_may_have_no_objects(void **state)
{
	(void)state;
	expect(HEADER "a.jpg,40,20,,,,,\n", "2 filename='a.jpg' height=20 width=40\n");
}

static void a_bad_box_is_a_problem_of_its_image(void **state)
{
	(void)state;
	expect(HEADER
	       "a.jpg,40,20,dog,4,2,20,10\na.jpg,40,20,dog,21,2,20,10\n"
	       "b.jpg,40,20,dog,1,2,41,10\nc.jpg,40,20,dog,1,-2,4,10\n"
	       "d.jpg,40,20,dog,1,x,4,10\ne.jpg,40,20,,1,2,3,4\nf.jpg,0,20,dog,1,2,3,4\n"
	       "g.jpg,40,20,dog,1,2,3,4\ng.jpg,41,20,dog,1,2,3,4\n"
	       "h.jpg,40,20,dog,1,2,nan,4\n",
	       "2 filename='a.jpg' problem: is badly described: line 3: xmin 21 is "
	       "beyond "
	       "xmax 20\n"
	       "4 filename='b.jpg' problem: is badly described: line 4: xmax 41 lies "
	       "beyond the "
	       "width of 40\n"
	       "5 filename='c.jpg' problem: is badly described: line 5: ymin -2 lies "
	       "outside "
	       "the image\n"
	       "6 filename='d.jpg' problem: is badly described: line 6: ymin \"x\" is no "
	       "number\n"
	       "7 filename='e.jpg' problem: is badly described: line 7: the box has no "
	       "class\n"
	       "8 filename='f.jpg' problem: is badly described: line 8: width and height "
	       "are no "
	       "numbers of pixels\n"
	       "9 filename='g.jpg' problem: is badly described: line 10: width and "
	       "height "
	       "differ from those of the image's first row\n"
	       "11 filename='h.jpg' problem: is badly described: line 11: xmax \"nan\" "
	       "is no "
	       "number\n");
}

static void a_row_that_cannot_be_told_apart_is_an_error(void **state)
{
	(void)state;
	expect(HEADER "a.jpg,40,20\n",
	       "EBADMSG: $/a.csv:2: has 3 fields, the header has 8\n");
	expect(HEADER ",40,20,dog,4,2,20,10\n",
	       "EBADMSG: $/a.csv:2: names no image in column \"filename\"\n");
}

static void other_csv_is_not_taken_for_it(void **state)
{
	(void)state;
	expect("filename,width,height,class\na.jpg,1,2,cat\n",
	       "2 filename='a.jpg' width='1' height='2' class='cat'\n");
	expect("TRAIN,a.jpg,cat\n", "1 split='TRAIN' file='a.jpg' label='cat'\n");
}

static void an_object_in_a_bucket_is_told(void **state)
{
	(void)state;
	expect("TRAIN,a.jpg,cat\nUNASSIGNED,b.jpg,dog\nTEST,gs://bucket/c.jpg,dog\n",
	       "1 split='TRAIN' file='a.jpg' label='cat'\n2 file='b.jpg' label='dog'\n"
	       "EBADMSG: $/a.csv:3: names an object in a bucket (gs://): copy the images "
	       "into "
	       "the source, and write their paths there instead\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANIFEST_TEST(boxes_of_an_image_are_one_row),
		MANIFEST_TEST(columns_stand_in_any_order),
		MANIFEST_TEST(an_image_may_have_no_objects),
		MANIFEST_TEST(a_bad_box_is_a_problem_of_its_image),
		MANIFEST_TEST(a_row_that_cannot_be_told_apart_is_an_error),
		MANIFEST_TEST(other_csv_is_not_taken_for_it),
		MANIFEST_TEST(an_object_in_a_bucket_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
