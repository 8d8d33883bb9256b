/* SPDX-License-Identifier: MIT */
/* Which class has which id, as each converter numbers them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loading.h"
#include "pictures.h"
#include "scratch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "id=name ..." of all classes. */
static void check_classes(const struct trfs_catalog *c, const char *wanted)
{
	char all[1024] = "";
	size_t used = 0;

	for (uint64_t i = 0; i < c->class_names.nr; i++)
		used += (size_t)snprintf(
			all + used, sizeof(all) - used, "%s%" PRId64 "=%.*s",
			i ? " " : "", c->class_ids[i],
			TRFS_BYTES_ARG(trfs_strings_get(&c->class_names, i)));
	assert_string_equal(all, wanted);
}

static void expect(const struct trfs_options *options, const char *classes)
{
	struct trfs_catalog *c = load(options);

	check_classes(c, classes);
	trfs_catalog_free(c);
}

static void order_of_appearance_is_for_who_asks(void **state)
{
	struct trfs_options options = options_for("l.csv");

	(void)state;
	pictures_write("a.png b.png c.png d.png");
	scratch_write("l.csv", "file,label\na.png,10\nb.png,9\nc.png,10\nd.png,1\n");
	expect(&options, "1=1 9=9 10=10");
	options.class_order = TRFS_CLASS_ORDER_APPEARANCE;
	expect(&options, "0=10 1=9 2=1");
	options.class_order = TRFS_CLASS_ORDER_SORTED;
	expect(&options, "0=1 1=10 2=9");
	scratch_write("labels.csv", "label,id\n1,7\n9,8\n10,6\n");
	options.labels = "labels.csv";
	options.class_order = TRFS_CLASS_ORDER_APPEARANCE;
	expect(&options, "6=10 7=1 8=9");
}

static void lines_of_the_labels_file_are_ids_blank_ones_too(void **state)
{
	struct trfs_options options = options_for("img");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("cat/a.png 7/b.png");
	scratch_write("labels.txt", "cat\n\n7\nnone\n");
	options.dialect = "labelled-folders";
	options.labels = "labels.txt";
	options.class_order = TRFS_CLASS_ORDER_LINES;
	options.on_bad = TRFS_ON_BAD_SKIP;
	c = load(&options);
	check_classes(c, "0=cat 2=7 3=none");
	check_names(c, "cat/a.png 7/b.png");
	check_labels(c, 1, "7");
	/* The blank line takes an id, and has no folder. */
	assert_int_equal(c->problems.nr, 0);
	trfs_catalog_free(c);
	scratch_write("labels.txt", "cat\n7\ncat\n");
	check_fails(&options, -EBADMSG,
		    "labels.txt:3: class \"cat\" is there already, on line 1");
	options.labels = NULL;
	options.dialect = NULL;
	check_fails(&options, -EINVAL,
		    "--class-order=lines needs the lines: name their file with "
		    "--labels FILE");
}

static void image2tfrecords_has_file_and_class_in_front(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png");
	scratch_write("l.csv", "label, file,filename\n b.png , dog,x\na.png,cat,y\n");
	options.dialect = "image2tfrecords";
	options.class_order = TRFS_CLASS_ORDER_APPEARANCE;
	c = load(&options);
	check_names(c, "b.png a.png");
	check_classes(c, "0=dog 1=cat");
	check_list(c->column_names, "label  file filename");
	check_cell(c, "label", 0, "b.png");
	trfs_catalog_free(c);
}

static void the_metadata_of_x_rays_need_no_options(void **state)
{
	struct trfs_options options = options_for("metadata.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png");
	scratch_write("metadata.csv",
		      "image_id,label,patient_id,age,gender\na.png,1,2,36,M\n"
		      "b.png,0,2,28,F\n");
	c = load(&options);
	check_names(c, "a.png b.png");
	check_classes(c, "0=0 1=1");
	assert_int_equal(c->split_column, TRFS_NO_COLUMN);
	trfs_catalog_free(c);
	scratch_write("metadata.csv",
		      "image_name,label,subset\na.png,1,training\nb.png,0,testing\n");
	c = load(&options);
	check_names(c, "a.png b.png");
	assert_int_equal(c->split_column, 2);
	trfs_catalog_free(c);
}

static void a_row_of_several_files_names_its_own(void **state)
{
	struct trfs_options options = options_for("img");

	(void)state;
	pictures_write("train/cat/a.JPEG validation/b.JPEG validation/c.JPEG");
	scratch_write("img/synset_labels.txt", "cat\nunicorn\n");
	scratch_write("labels.txt", "cat\n");
	options.dialect = "imagenet-gcs";
	options.labels = "labels.txt";
	check_fails(
		&options, -EBADMSG,
		"img/synset_labels.txt:2: class \"unicorn\" is not in labels.txt. Add "
		"it there, or mend the row.");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(order_of_appearance_is_for_who_asks),
		TEST(lines_of_the_labels_file_are_ids_blank_ones_too),
		TEST(image2tfrecords_has_file_and_class_in_front),
		TEST(the_metadata_of_x_rays_need_no_options),
		TEST(a_row_of_several_files_names_its_own),
	};

	return cmocka_run_group_tests_name("classes", tests, NULL, NULL);
}
