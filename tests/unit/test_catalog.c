/* SPDX-License-Identifier: MIT */
/* Sound sources: which examples, classes and columns a manifest becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dataset/catalog.h"
#include "loading.h"
#include "pictures.h"
#include "scratch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static void class_folders_are_numbered_by_sorted_name(void **state)
{
	struct trfs_options options = options_for(NULL);
	struct trfs_catalog *c;
	char real[PATH_MAX];

	(void)state;
	pictures_write("dog/1.png cat/b/2.gif cat/a.png");
	c = load(&options);
	assert_int_equal(trfs_catalog_nr_examples(c), 3);
	check_names(c, "cat/a.png cat/b/2.gif dog/1.png");
	check_list(c->class_names, "cat dog");
	assert_int_equal(c->class_ids[0], 0);
	assert_int_equal(c->class_ids[1], 1);
	check_labels(c, 1, "cat");
	check_labels(c, 2, "dog");
	assert_int_equal(c->problems.nr, 0);
	assert_int_equal(c->split_column, TRFS_NO_COLUMN);
	assert_int_equal(c->group_column, TRFS_NO_COLUMN);
	assert_string_equal(c->root_path, realpath("img", real));
	assert_null(c->columns[c->label_column].numbers.data);
	check_cell(c, "label", 2, "dog");
	trfs_catalog_free(c);
}

static void an_example_knows_its_file(void **state)
{
	struct trfs_options options = options_for(NULL);
	struct trfs_file_identity identity;
	struct trfs_catalog *c;
	struct stat st;

	(void)state;
	picture_write("img/x/1.jpg", picture_png);
	c = load(&options);
	assert_int_equal(stat("img/x/1.jpg", &st), 0);
	assert_int_equal(c->examples[0].size, picture_png.len);
	assert_int_equal(appearance_of(c, 0)->width, PNG_WIDTH);
	assert_int_equal(appearance_of(c, 0)->height, PNG_HEIGHT);
	assert_int_equal(appearance_of(c, 0)->channels, 3);
	assert_int_equal(appearance_of(c, 0)->depth, 8);
	assert_int_equal(appearance_of(c, 0)->format, TRFS_IMAGE_PNG);
	identity = (struct trfs_file_identity){
		.inode = st.st_ino,
		.size = picture_png.len,
		.mtime_ns = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec,
	};
	assert_true(trfs_example_is(&c->examples[0], &identity));
	assert_true(c->newest_mtime_ns == identity.mtime_ns);
	identity.mtime_ns++;
	assert_false(trfs_example_is(&c->examples[0], &identity));
	identity.mtime_ns--;
	identity.inode++;
	assert_false(trfs_example_is(&c->examples[0], &identity));
	identity.inode--;
	identity.size += UINT64_C(1) << 32;
	assert_false(trfs_example_is(&c->examples[0], &identity));
	assert_int_equal(appearance_of(c, 0)->oddities, TRFS_EXAMPLE_MISNAMED);
	trfs_catalog_free(c);
}

static void the_end_of_a_larger_file_is_read_too(void **state)
{
	struct trfs_options options = options_for(NULL);
	size_t len = 20000;
	uint8_t *large = calloc(1, len);
	struct trfs_catalog *c;

	(void)state;
	assert_non_null(large);
	memcpy(large, picture_png.data, picture_png.len);
	picture_write("img/x/1.png", (struct trfs_bytes){ large, len });
	c = load(&options);
	assert_int_equal(c->examples[0].size, len);
	assert_int_equal(appearance_of(c, 0)->oddities, TRFS_IMAGE_TRAILING);
	trfs_catalog_free(c);
	free(large);
}

static void a_csv_gives_examples_in_its_own_order(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("b.png a.png unlisted.png");
	scratch_write("l.csv", "filename,label,split,patient,age\n"
			       "b.png,dog,train,p1,40\n"
			       "./a.png,cat,test,p2,\n");
	options.group_column = "patient";
	c = load(&options);
	check_names(c, "b.png a.png");
	check_list(c->class_names, "cat dog");
	check_list(c->column_names, "filename label split patient age");
	check_labels(c, 0, "dog");
	check_labels(c, 1, "cat");
	assert_int_equal(c->split_column, 2);
	assert_int_equal(c->group_column, 3);
	assert_int_equal(trfs_column_number(&c->columns[4], 1), 0);
	check_cell(c, "age", 0, "40");
	check_cell(c, "age", 1, "");
	check_cell(c, "split", 1, "test");
	/* It says more than the name: the manifest's own spelling. */
	assert_non_null(c->columns[0].numbers.data);
	check_cell(c, "filename", 0, "b.png");
	check_cell(c, "filename", 1, "./a.png");
	assert_int_equal(c->input_paths.nr, 1);
	assert_true(c->input_stamps[0].size > 0);
	trfs_catalog_free(c);
}

static void paths_in_the_file_column_are_stored_once(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	picture_write("img/a.png", picture_png);
	scratch_write("l.csv", "filename,label\na.png,x\n");
	c = load(&options);
	assert_null(c->columns[0].numbers.data);
	assert_null(c->columns[1].numbers.data);
	check_cell(c, "filename", 0, "a.png");
	check_cell(c, "label", 0, "x");
	assert_int_equal(trfs_catalog_find_column(c, trfs_bytes_of("Label")),
			 TRFS_NO_COLUMN);
	trfs_catalog_free(c);
}

static void a_group_that_is_the_label_too_is_stored(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	picture_write("img/a.png", picture_png);
	scratch_write("l.csv", "filename,label\na.png,x\n");
	options.group_column = "label";
	c = load(&options);
	assert_int_equal(c->group_column, c->label_column);
	assert_non_null(c->columns[c->group_column].numbers.data);
	check_cell(c, "label", 0, "x");
	trfs_catalog_free(c);
}

static void integer_labels_are_their_own_ids(void **state)
{
	struct trfs_options options = options_for("l.jsonl");
	struct trfs_catalog *c;

	(void)state;
	for (const char *p = "abc"; *p; p++) {
		char path[] = { 'i', 'm', 'g', '/', *p, '.', 'p', 'n', 'g', '\0' };

		picture_write(path, picture_png);
	}
	scratch_write("l.jsonl", "{\"file\": \"a.png\", \"label\": 10}\n"
				 "{\"file\": \"b.png\", \"label\": -3}\n"
				 "{\"file\": \"c.png\", \"label\": 9}\n");
	c = load(&options);
	check_list(c->class_names, "-3 9 10");
	assert_int_equal(c->class_ids[0], -3);
	assert_int_equal(c->class_ids[1], 9);
	assert_int_equal(c->class_ids[2], 10);
	check_labels(c, 0, "10");
	trfs_catalog_free(c);

	/* 09 is a name, and so then are all of them. */
	options.manifest = "l.csv";
	scratch_write("l.csv", "file,label\na.png,10\nb.png,2\nc.png,09\n");
	c = load(&options);
	check_list(c->class_names, "09 10 2");
	assert_int_equal(c->class_ids[1], 1);
	check_labels(c, 0, "10");
	trfs_catalog_free(c);
}

static void a_labels_file_decides_names_and_ids(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png");
	scratch_write("l.csv", "file,label\na.png,zebra\nb.png,4\n");
	scratch_write("labels.txt", "7:zebra\n4:ant\n5:unseen\n");
	options.labels = "labels.txt";
	c = load(&options);
	check_list(c->class_names, "ant unseen zebra");
	assert_int_equal(c->class_ids[0], 4);
	assert_int_equal(c->class_ids[2], 7);
	check_labels(c, 0, "zebra");
	check_labels(c, 1, "ant");
	assert_int_equal(c->input_paths.nr, 2);
	trfs_catalog_free(c);
}

static void a_cell_can_hold_several_labels(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png b.png");
	scratch_write("l.csv", "file,label\na.png, mass | edema |mass\nb.png,edema\n");
	options.label_separator = "|";
	c = load(&options);
	check_list(c->class_names, "edema mass");
	check_labels(c, 0, "mass+edema");
	check_labels(c, 1, "edema");
	check_cell(c, "label", 0, "mass+edema");
	trfs_catalog_free(c);

	scratch_write("l.jsonl", "{\"file\": \"a.png\", \"label\": [\"x\", \"a|b\"]}\n"
				 "{\"file\": \"b.png\", \"label\": \"x\"}\n");
	options = options_for("l.jsonl");
	c = load(&options);
	check_list(c->class_names, "a|b x");
	check_labels(c, 0, "x+a|b");
	trfs_catalog_free(c);
}

static void a_manifest_without_labels_is_a_catalog_without_classes(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	picture_write("img/a.png", picture_png);
	scratch_write("l.csv", "file,age\na.png,3\n");
	c = load(&options);
	assert_int_equal(c->label_column, TRFS_NO_COLUMN);
	assert_int_equal(c->class_names.nr, 0);
	assert_int_equal(c->label_sets.nr, 1);
	check_labels(c, 0, "");
	trfs_catalog_free(c);
}

static void ids_without_extension_find_their_file(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("00012.JPG x.y/7.2.gif bare bare.png");
	scratch_write("l.csv", "image_id,label\n00012,a\nx.y/7.2,b\nbare,c\n");
	c = load(&options);
	check_names(c, "00012.JPG x.y/7.2.gif bare");
	check_cell(c, "image_id", 0, "00012");
	assert_int_equal(appearance_of(c, 1)->format, TRFS_IMAGE_GIF);
	trfs_catalog_free(c);
}

static void absolute_paths_beneath_the_source_are_fine(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;
	char text[PATH_MAX + 64];

	picture_write("img/d/a.png", picture_png);
	snprintf(text, sizeof(text), "file\n%s/img/d/a.png\n", scratch_path(state));
	scratch_write("l.csv", text);
	c = load(&options);
	check_names(c, "d/a.png");
	trfs_catalog_free(c);
}

static void check_equal(const struct trfs_catalog *a, const struct trfs_catalog *b)
{
	struct trfs_name room_a, room_b;

	assert_int_equal(a->nr_examples, b->nr_examples);
	assert_memory_equal(a->examples, b->examples,
			    a->nr_examples * sizeof(*a->examples));
	assert_int_equal(a->problems.nr, b->problems.nr);
	for (uint64_t i = 0; i < a->nr_examples; i++)
		assert_true(trfs_bytes_equal(trfs_catalog_name(a, i, &room_a),
					     trfs_catalog_name(b, i, &room_b)));
	for (uint64_t i = 0; i < a->problems.nr; i++) {
		assert_memory_equal(&a->problems.items[i], &b->problems.items[i],
				    sizeof(*a->problems.items));
		assert_true(trfs_bytes_equal(trfs_strings_get(&a->problems.reasons, i),
					     trfs_strings_get(&b->problems.reasons, i)));
	}
}

static void threads_do_not_change_the_catalog(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *one, *many;
	FILE *f = fopen("l.csv", "w");

	(void)state;
	assert_non_null(f);
	fprintf(f, "file,label\n");
	for (unsigned int i = 0; i < 700; i++) {
		char path[64];

		snprintf(path, sizeof(path), "img/%u.png", i);
		fprintf(f, "%u.png,%u\n", i, i % 7);
		if (i % 5 != 1)
			picture_write(path, i % 3 == 0 ? picture_gif : picture_png);
		if (i % 11 == 2)
			fprintf(f, "%u.png,%u\n", i, i % 2);
	}
	assert_int_equal(fclose(f), 0);
	options.on_bad = TRFS_ON_BAD_SKIP;
	options.threads = 1;
	one = load(&options);
	options.threads = 7;
	many = load(&options);
	assert_true(one->nr_examples > 400);
	assert_true(one->problems.nr > 140);
	check_equal(one, many);
	trfs_catalog_free(one);
	trfs_catalog_free(many);
}

struct stages {
	char names[4][64];
	uint64_t done[4], total[4];
	size_t nr;
};

static void note_stage(void *user, const char *what, uint64_t done, uint64_t total)
{
	struct stages *s = user;

	if (s->nr == 0 || strcmp(s->names[s->nr - 1], what) != 0) {
		assert_true(s->nr < 4);
		snprintf(s->names[s->nr++], sizeof(s->names[0]), "%s", what);
	}
	s->done[s->nr - 1] = done;
	s->total[s->nr - 1] = total;
}

static void each_stage_reports_its_end(void **state)
{
	struct trfs_options options = options_for("dir/l.csv");
	struct stages stages = { .nr = 0 };
	struct trfs_progress progress = { .report = note_stage, .user = &stages };
	struct trfs_catalog *c;

	(void)state;
	picture_write("img/a.png", picture_png);
	assert_int_equal(mkdir("dir", 0755), 0);
	scratch_write("dir/l.csv", "file\na.png\n");
	assert_int_equal(trfs_catalog_load(&options, &progress, &c, NULL), 0);
	assert_int_equal(stages.nr, 2);
	assert_string_equal(stages.names[0], "Reading l.csv");
	assert_int_equal(stages.done[0], 11);
	assert_int_equal(stages.total[0], 11);
	assert_string_equal(stages.names[1], "Scanning images");
	assert_int_equal(stages.done[1], 1);
	assert_int_equal(stages.total[1], 1);
	trfs_catalog_free(c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(class_folders_are_numbered_by_sorted_name),
		TEST(an_example_knows_its_file),
		TEST(the_end_of_a_larger_file_is_read_too),
		TEST(a_csv_gives_examples_in_its_own_order),
		TEST(paths_in_the_file_column_are_stored_once),
		TEST(a_group_that_is_the_label_too_is_stored),
		TEST(integer_labels_are_their_own_ids),
		TEST(a_labels_file_decides_names_and_ids),
		TEST(a_cell_can_hold_several_labels),
		TEST(a_manifest_without_labels_is_a_catalog_without_classes),
		TEST(ids_without_extension_find_their_file),
		TEST(absolute_paths_beneath_the_source_are_fine),
		TEST(threads_do_not_change_the_catalog),
		TEST(each_stage_reports_its_end),
	};

	return cmocka_run_group_tests_name("catalog", tests, NULL, NULL);
}
