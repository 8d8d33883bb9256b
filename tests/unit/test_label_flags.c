/* SPDX-License-Identifier: MIT */
/* Labels out of several columns, and labels of objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loading.h"
#include "pictures.h"
#include "scratch.h"

#include <errno.h>
#include <stdio.h>

static void columns_of_0_and_1_make_labels(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png c.png");
	scratch_write("l.csv", "file,dog, cat,ant,n\na.png,1,1.0,0,7\nb.png,0,0,0,7\n"
			       "c.png,0, 1 ,1,8\n");
	options.label_column = "dog,cat";
	c = load(&options);
	check_list(c->class_names, "cat dog");
	check_labels(c, 0, "dog+cat");
	check_labels(c, 1, "");
	check_labels(c, 2, "cat");
	check_cell(c, "n", 2, "8");
	trfs_catalog_free(c);
}

static void a_column_of_that_very_name_comes_first(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	picture_write("img/a.png", picture_png);
	scratch_write("l.csv", "file,\"dog,cat\",dog,cat\na.png,x,1,1\n");
	options.label_column = "dog,cat";
	c = load(&options);
	check_labels(c, 0, "x");
	trfs_catalog_free(c);
}

static void roboflows_file_needs_no_option(void **state)
{
	struct trfs_options options = options_for("_classes.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png");
	scratch_write("_classes.csv", "filename, cat, dog\na.png, 0, 1\nb.png, 0, 0\n");
	c = load(&options);
	check_labels(c, 0, "dog");
	check_labels(c, 1, "");
	trfs_catalog_free(c);
}

static void other_values_and_columns_are_told(void **state)
{
	struct trfs_options options = options_for("l.csv");

	(void)state;
	picture_write("img/a.png", picture_png);
	scratch_write("l.csv", "file,dog,cat\na.png,1,0\nb.png,1,2\n");
	options.label_column = "dog,cat";
	check_fails(&options, -EBADMSG,
		    "l.csv:3: the label column \"cat\" holds neither 0 nor 1");
	options.label_column = "dog,cut";
	check_fails(
		&options, -EINVAL,
		"l.csv: --label-column \"cut\": there is no such column (did you mean "
		"\"cat\"?); the columns are: file, dog, cat");
}

/* Columns as dialects name them. */
static void put_objects(const char *second)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "{\"file\": \"a.png\", \"objects/class\": [\"zoo\", \"ant\", \"zoo\"], "
		 "\"objects/label\": [3, 9, 3]}\n{\"file\": \"b.png\"}\n%s",
		 second);
	scratch_write("l.jsonl", text);
}

static void labels_of_objects_keep_order_and_number(void **state)
{
	struct trfs_options options = options_for("l.jsonl");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png");
	put_objects("");
	c = load(&options);
	check_labels(c, 0, "zoo+ant+zoo");
	check_labels(c, 1, "");
	check_list(c->class_names, "zoo ant");
	assert_int_equal(c->class_ids[0], 3);
	assert_int_equal(c->class_ids[1], 9);
	trfs_catalog_free(c);
}

static void ids_that_contradict_each_other_do_not_count(void **state)
{
	struct trfs_options options = options_for("l.jsonl");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png c.png");
	put_objects(
		"{\"file\": \"c.png\", \"objects/class\": [\"ant\"], \"objects/label\": "
		"[4]}\n");
	c = load(&options);
	check_list(c->class_names, "ant zoo");
	assert_int_equal(c->class_ids[0], 0);
	trfs_catalog_free(c);
	put_objects(
		"{\"file\": \"c.png\", \"objects/class\": [\"bee\"], \"objects/label\": "
		"[9]}\n");
	c = load(&options);
	check_list(c->class_names, "ant bee zoo");
	trfs_catalog_free(c);
}

static void a_row_with_a_problem_is_a_bad_image(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png");
	scratch_write("l.csv", "filename,width,height,class,xmin,ymin,xmax,ymax\n"
			       "a.png,3,2,x,0,0,3,2\nb.png,3,2,x,0,0,4,2\n");
	check_fails(&options, -EBADMSG,
		    "l.csv: 1 of 2 images is badly described: b.png (line 3) is badly "
		    "described: line 3: xmax 4 lies beyond the width of 3" ADVICE);
	options.on_bad = TRFS_ON_BAD_SKIP;
	c = load(&options);
	check_names(c, "a.png");
	check_problem(c, 0, 3, "bad row", "b.png",
		      "is badly described: line 3: xmax 4 lies beyond the width of 3");
	trfs_catalog_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(columns_of_0_and_1_make_labels,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(a_column_of_that_very_name_comes_first,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(roboflows_file_needs_no_option,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(other_values_and_columns_are_told,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(labels_of_objects_keep_order_and_number,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(
			ids_that_contradict_each_other_do_not_count, scratch_enter,
			scratch_leave),
		cmocka_unit_test_setup_teardown(a_row_with_a_problem_is_a_bad_image,
						scratch_enter, scratch_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
