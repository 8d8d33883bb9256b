/* SPDX-License-Identifier: MIT */
/*
 * Rows in doubt: repeated, contradicting, without a label or a file; and options that
 * cannot be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loading.h"
#include "pictures.h"
#include "scratch.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static void rows_that_repeat_or_contradict_are_told(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png");
	check_csv("a.png,x\n./a.png,x\n",
		  "l.csv: 1 of 3 rows repeats another: ./a.png (line 4) repeats line "
		  "3" ADVICE);
	check_csv(
		"a.png,x\nb.png,x\nb.png,x\na.png,y\na,x\n",
		"l.csv: 4 of 6 images are in doubt: a.png (line 3) is labelled otherwise "
		"in line 6; b.png (line 5) repeats line 4; a.png (line 6) is labelled "
		"otherwise in line 3; a (line 7) is labelled otherwise in line 6" ADVICE);
	options.on_bad = TRFS_ON_BAD_SKIP;
	c = load(&options);
	check_names(c, "ok.png b.png");
	/* Mending a row renumbers no class. */
	check_list(c->class_names, "x y");
	trfs_catalog_free(c);
}

static void rows_of_several_files_are_told_with_their_file(void **state)
{
	struct trfs_options options = options_for("lists");
	struct trfs_catalog *c;

	(void)state;
	picture_write("img/a.png", picture_png);
	assert_int_equal(mkdir("lists", 0700), 0);
	scratch_write("lists/train.txt", "a\nb\n");
	scratch_write("lists/val.txt", "c\na\n");
	options.dialect = "deeplab";
	options.masks = "img";
	check_fails(&options, -EBADMSG,
		    "lists: 3 of 4 images are in doubt: b.png does not exist "
		    "(lists/train.txt:2); c.png does not exist (lists/val.txt:1); a.png "
		    "repeats lists/train.txt:1 (lists/val.txt:2)" ADVICE);
	options.on_bad = TRFS_ON_BAD_SKIP;
	c = load(&options);
	check_problem(c, 0, 0, "missing", "b.png", "does not exist (lists/train.txt:2)");
	trfs_catalog_free(c);
}

static void rows_of_parts_are_told_with_their_file(void **state)
{
	struct trfs_options options = options_for(NULL);

	(void)state;
	picture_write("img/a.png", picture_png);
	scratch_write("train.csv", "file,label\na.png,x\n");
	scratch_write("test.csv", "file,label\nb.png,x\n");
	options.parts = (struct trfs_option_list){
		.nr = 2, .items = { "train=train.csv", "test=test.csv" }
	};
	check_fails(&options, -EBADMSG,
		    "train.csv: 1 of 2 images is missing: b.png does not exist "
		    "(test.csv:2)" ADVICE);
}

static void rows_that_are_left_out_keep_their_place_and_split(void **state)
{
	static const uint32_t rows[] = { 1, 2, 4 };
	struct trfs_options options = options_for("l.csv");
	const struct trfs_column *column;
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png");
	scratch_write("l.csv", "file,label,split\na.png,x,train\nno.png,x,test\n"
			       "nor.png,x,\nb.png,x,train\na.png,x,train\n");
	options.on_bad = TRFS_ON_BAD_SKIP;
	c = load(&options);
	assert_int_equal(c->nr_rows, 5);
	assert_int_equal(c->problems.nr, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(c->problems.items[i].row, rows[i]);
	column = &c->columns[c->split_column];
	assert_true(trfs_bytes_equal(
		trfs_strings_get(&column->values, c->problems.items[0].split_cell),
		trfs_bytes_of("Ttest")));
	assert_int_equal(c->problems.items[1].split_cell, 0);
	assert_int_equal(c->problems.items[2].split_cell, trfs_column_number(column, 0));
	trfs_catalog_free(c);
}

static void the_order_of_labels_contradicts_nothing(void **state)
{
	struct trfs_options options = options_for("l.csv");

	(void)state;
	picture_write("img/a.png", picture_png);
	scratch_write("l.csv", "file,label\na.png,x|y\na.png,y|x\n");
	options.label_separator = "|";
	check_fails(&options, -EBADMSG,
		    "l.csv: 1 of 2 rows repeats another: a.png (line 3) repeats line "
		    "2" ADVICE);
}

static void rows_without_a_label_are_told(void **state)
{
	struct trfs_options options = options_for("l.jsonl");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png c.png");
	/* The first row of b says nothing; the second is no repetition of that. */
	scratch_write("l.jsonl", "{\"file\": \"b.png\"}\n"
				 "{\"file\": \"a.png\", \"label\": \"x\", \"n\": 1}\n"
				 "{\"file\": \"b.png\", \"label\": \"y\"}\n"
				 "{\"file\": \"c.png\", \"label\": \" \"}\n");
	check_fails(&options, -EBADMSG,
		    "l.jsonl: 2 of 4 rows lack a label: b.png (line 1) lacks a label; "
		    "c.png (line 4) lacks a label" ADVICE);
	options.on_bad = TRFS_ON_BAD_SKIP;
	c = load(&options);
	check_names(c, "a.png b.png");
	check_list(c->class_names, "x y");
	check_labels(c, 1, "y");
	check_cell(c, "n", 0, "1");
	check_cell(c, "n", 1, "");
	check_cell(c, "file", 1, "b.png");
	trfs_catalog_free(c);
}

static void rows_that_name_no_one_file_are_told(void **state)
{
	struct trfs_options options = options_for("l.jsonl");

	(void)state;
	pictures_write("a.png two.png two.gif");
	check_csv(",x\ntwo,x\n", "l.csv: 2 of 3 images are in doubt: line 3 names no "
				 "file; two (line 4) is "
				 "ambiguous: two.png and two.gif exist" ADVICE);
	scratch_write("l.jsonl", "{\"file\": [\"a.png\", \"two.png\"]}\n");
	check_fails(&options, -EBADMSG,
		    "l.jsonl: 1 of 1 images is ambiguous: a.png, two.png (line 1) is a "
		    "list where one file is wanted" ADVICE);
}

/* As on file systems that do not tell .jpg from .JPG. */
static void one_file_under_two_extensions_is_not_ambiguous(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	picture_write("img/a.png", picture_png);
	assert_int_equal(link("img/a.png", "img/a.PNG"), 0);
	scratch_write("l.csv", "id,label\na,x\n");
	c = load(&options);
	check_names(c, "a.png");
	trfs_catalog_free(c);
}

static void a_class_that_is_not_in_the_labels_file_fails_always(void **state)
{
	struct trfs_options options = options_for("l.csv");

	(void)state;
	picture_write("img/a.png", picture_png);
	scratch_write("l.csv", "file,label\na.png,raccoon\nb.png,racoon\nc.png,12\n");
	scratch_write("labels.txt", "bear\nraccoon\n");
	options.labels = "labels.txt";
	options.on_bad = TRFS_ON_BAD_SKIP;
	check_fails(&options, -EBADMSG,
		    "l.csv:3: class \"racoon\" is not in labels.txt (did you mean "
		    "\"raccoon\"?). Add it there, or mend the row.");
}

static void a_group_needs_a_value_in_every_row(void **state)
{
	struct trfs_options options = options_for("l.csv");

	(void)state;
	picture_write("img/a.png", picture_png);
	scratch_write("l.csv", "file,patient\na.png,p\nb.png,\n");
	options.group_column = "patient";
	check_fails(&options, -EBADMSG,
		    "l.csv:3 lacks a value in column \"patient\"; fill it in, or leave "
		    "--group out");
}

static void manifests_without_images_are_told(void **state)
{
	struct trfs_options options = options_for("l.csv");

	(void)state;
	assert_int_equal(mkdir("img", 0755), 0);
	scratch_write("l.csv", "file,label\n");
	check_fails(&options, -EBADMSG,
		    "l.csv has no rows; list one image a row below the header");
	scratch_write("l.csv", "colour,label\nred,x\n");
	check_fails(&options, -EBADMSG,
		    "l.csv: no column is known to hold the images' files; name it with "
		    "--file-column (columns: colour, label)");
	scratch_write("l.csv", "file,label\na.png,x\n");
	options.on_bad = TRFS_ON_BAD_SKIP;
	check_fails(
		&options, -EBADMSG,
		"l.csv: 1 of 1 images is missing: a.png (line 2) does not exist; none "
		"is left, so mend them (tfrecordfs check lists all)");
}

static void wrong_options_are_told(void **state)
{
	struct trfs_options options = options_for("l.csv");

	(void)state;
	picture_write("img/a.png", picture_png);
	scratch_write("l.csv", "file,age\na.png,3\n");
	scratch_write("labels.txt", "x\n");
	options.labels = "labels.txt";
	check_fails(&options, -EINVAL,
		    "l.csv has no label column for the classes of labels.txt; name it "
		    "with --label-column, or leave --labels out");
	options.labels = NULL;
	options.label_column = "file";
	check_fails(
		&options, -EINVAL,
		"--label-column and --file-column name the same column of l.csv; name "
		"the one with the classes");
	options.source = NULL;
	check_fails(&options, -EINVAL,
		    "no source is given: name the directory of the images");
}

static void every_kind_of_problem_has_a_name(void **state)
{
	(void)state;
	for (unsigned int kind = 0; kind < TRFS_NR_PROBLEM_KINDS; kind++)
		assert_string_not_equal(trfs_problem_kind_name(kind), "unknown");
	/* A damaged index may hold any number. */
	assert_string_equal(trfs_problem_kind_name(TRFS_NR_PROBLEM_KINDS), "unknown");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_that_repeat_or_contradict_are_told),
		TEST(rows_of_several_files_are_told_with_their_file),
		TEST(rows_of_parts_are_told_with_their_file),
		TEST(rows_that_are_left_out_keep_their_place_and_split),
		TEST(the_order_of_labels_contradicts_nothing),
		TEST(rows_without_a_label_are_told),
		TEST(rows_that_name_no_one_file_are_told),
		TEST(one_file_under_two_extensions_is_not_ambiguous),
		TEST(a_class_that_is_not_in_the_labels_file_fails_always),
		TEST(a_group_needs_a_value_in_every_row),
		TEST(manifests_without_images_are_told),
		TEST(wrong_options_are_told),
		TEST(every_kind_of_problem_has_a_name),
	};

	return cmocka_run_group_tests_name("catalog rows", tests, NULL, NULL);
}
