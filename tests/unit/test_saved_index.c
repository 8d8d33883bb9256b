/* SPDX-License-Identifier: MIT */
/* The saved index: what comes back, what is refused, and when it is out of date. */
#include "scratch.h"
#include "source_fixture.h"

#include "base/buffer.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Every byte of every shard, one after the other. */
static struct trfs_buffer all_bytes(const struct trfs_generation *generation)
{
	struct trfs_stream *stream = NULL;
	struct trfs_buffer all;

	trfs_buffer_init(&all, 1u << 24);
	assert_int_equal(trfs_stream_open(generation, &stream, NULL), 0);
	for (uint32_t i = 0; i < trfs_plan_nr_shards(trfs_generation_plan(generation));
	     i++) {
		uint64_t size = trfs_generation_shard_size(generation, i);
		uint8_t *place = trfs_buffer_extend(&all, size);
		size_t got;

		assert_non_null(place);
		assert_int_equal(trfs_stream_read(stream, i, 0, place, size, &got, NULL),
				 0);
		assert_int_equal(got, size);
	}
	trfs_stream_close(stream);
	return all;
}

static void check_same_bytes(const struct trfs_generation *generation,
			     const struct trfs_buffer *expected)
{
	struct trfs_buffer all = all_bytes(generation);

	assert_int_equal(all.len, expected->len);
	assert_memory_equal(all.data, expected->data, all.len);
	trfs_buffer_done(&all);
}

/* The bytes of the data set; its index is saved in "index" afterwards. */
static struct trfs_buffer build_and_save(char *path, size_t size)
{
	struct trfs_generation *g;
	struct trfs_buffer expected;

	source_write();
	g = source_open("index");
	assert_false(trfs_generation_was_saved(g));
	assert_null(trfs_generation_note(g));
	expected = all_bytes(g);
	snprintf(path, size, "%s", trfs_generation_index_path(g));
	trfs_generation_free(g);
	return expected;
}

static void a_saved_index_gives_the_same_bytes(void **state)
{
	char path[256];
	struct trfs_buffer expected = build_and_save(path, sizeof(path));
	struct trfs_generation *g = source_open("index");

	(void)state;
	assert_true(trfs_generation_was_saved(g));
	check_same_bytes(g, &expected);
	trfs_generation_free(g);
	trfs_buffer_done(&expected);
}

static void write_file(const char *path, const uint8_t *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

/* Whatever became of the file, the data set is right; says whether it was refused. */
static bool open_anyway(const struct trfs_buffer *expected)
{
	struct trfs_generation *g = source_open("index");
	bool refused = !trfs_generation_was_saved(g);

	assert_true(!refused || trfs_generation_note(g) != NULL);
	check_same_bytes(g, expected);
	trfs_generation_free(g);
	return refused;
}

static struct trfs_buffer read_file(const char *path)
{
	struct trfs_buffer bytes;

	trfs_buffer_init(&bytes, 1u << 24);
	assert_int_equal(trfs_file_read_all(path, 1u << 24, &bytes, NULL), 0);
	return bytes;
}

/* Between sections there are zeroes that mean nothing; everything else is checked. */
static void a_flipped_byte_is_refused_or_means_nothing(void **state)
{
	char path[256];
	struct trfs_buffer expected = build_and_save(path, sizeof(path));
	struct trfs_buffer sound = read_file(path);
	size_t nr_refused = 0, nr_tried = 0;

	(void)state;
	for (size_t at = 0; at < sound.len; at += 23) {
		uint8_t before = sound.data[at];

		sound.data[at] ^= 0x40;
		write_file(path, sound.data, sound.len);
		sound.data[at] = before;
		nr_tried++;
		nr_refused += open_anyway(&expected);
	}
	assert_true(nr_refused > nr_tried / 2);
	trfs_buffer_done(&sound);
	trfs_buffer_done(&expected);
}

static void a_truncated_index_is_refused(void **state)
{
	char path[256];
	struct trfs_buffer expected = build_and_save(path, sizeof(path));
	struct trfs_buffer sound = read_file(path);

	(void)state;
	for (size_t len = 0; len < sound.len; len += 61) {
		write_file(path, sound.data, len);
		assert_true(open_anyway(&expected));
	}
	trfs_buffer_done(&sound);
	trfs_buffer_done(&expected);
}

static void check_built_anew(const char *because)
{
	struct trfs_generation *g = source_open("index");

	assert_false(trfs_generation_was_saved(g));
	assert_non_null(strstr(trfs_generation_note(g), because));
	trfs_generation_free(g);
	g = source_open("index");
	assert_true(trfs_generation_was_saved(g));
	trfs_generation_free(g);
}

static void a_new_image_makes_it_out_of_date(void **state)
{
	char path[256];
	struct trfs_buffer expected = build_and_save(path, sizeof(path));

	(void)state;
	source_write_image(SOURCE_NR_IMAGES, 0);
	check_built_anew("images/cat");
	assert_int_equal(unlink("images/cat/60.png"), 0);
	check_built_anew("images/cat");
	trfs_buffer_done(&expected);
}

static void a_mended_image_makes_it_out_of_date(void **state)
{
	struct trfs_options options = source_options();
	struct trfs_generation *g = NULL;

	(void)state;
	source_write();
	scratch_write("images/cat/00.png", "no image");
	/* A file changed in the clock tick in which the index is saved counts as later.
	 */
	usleep(50000);
	options.on_bad = TRFS_ON_BAD_SKIP;
	assert_int_equal(trfs_generation_open(&options, "index", false, NULL, &g, NULL),
			 0);
	assert_int_equal(trfs_catalog_nr_examples(trfs_generation_catalog(g)),
			 SOURCE_NR_IMAGES - 1);
	g = trfs_generation_free(g);
	assert_int_equal(trfs_generation_open(&options, "index", false, NULL, &g, NULL),
			 0);
	assert_true(trfs_generation_was_saved(g));
	g = trfs_generation_free(g);

	source_write_image(0, 0);
	assert_int_equal(trfs_generation_open(&options, "index", false, NULL, &g, NULL),
			 0);
	assert_false(trfs_generation_was_saved(g));
	assert_int_equal(trfs_catalog_nr_examples(trfs_generation_catalog(g)),
			 SOURCE_NR_IMAGES);
	trfs_generation_free(g);
}

static void other_options_have_another_index(void **state)
{
	char path[256];
	struct trfs_buffer expected = build_and_save(path, sizeof(path));
	struct trfs_options options = source_options();
	struct trfs_generation *g = NULL;

	(void)state;
	options.seed = 7;
	assert_int_equal(trfs_generation_open(&options, "index", false, NULL, &g, NULL),
			 0);
	assert_false(trfs_generation_was_saved(g));
	assert_string_not_equal(trfs_generation_index_path(g), path);
	g = trfs_generation_free(g);

	/* The number of threads is not part of the data set. */
	options = source_options();
	options.threads = 3;
	assert_int_equal(trfs_generation_open(&options, "index", false, NULL, &g, NULL),
			 0);
	assert_true(trfs_generation_was_saved(g));
	trfs_generation_free(g);
	trfs_buffer_done(&expected);
}

static void an_index_that_cannot_be_saved_is_only_a_note(void **state)
{
	struct trfs_generation *g;

	(void)state;
	source_write();
	scratch_write("index", "a file where the directory should be");
	g = source_open("index");
	assert_non_null(strstr(trfs_generation_note(g), "the index was not saved"));
	assert_null(trfs_generation_index_path(g));
	trfs_generation_free(g);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_saved_index_gives_the_same_bytes),
		TEST(a_flipped_byte_is_refused_or_means_nothing),
		TEST(a_truncated_index_is_refused),
		TEST(a_new_image_makes_it_out_of_date),
		TEST(a_mended_image_makes_it_out_of_date),
		TEST(other_options_have_another_index),
		TEST(an_index_that_cannot_be_saved_is_only_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
