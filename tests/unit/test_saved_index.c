/* SPDX-License-Identifier: MIT */
/* The saved index: what comes back, what is refused, and when it is out of date. */
#include "scratch.h"
#include "source_fixture.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/guard.h"
#include "index/generation.h"
#include "index/saved_index.h"
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

static void check_same_bytes(const struct trfs_generation *generation,
			     const struct trfs_buffer *expected)
{
	struct trfs_buffer all = source_bytes(generation);

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
	expected = source_bytes(g);
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
/*
 * fault: a byte of the index flipped | when it is loaded | refused, or it means
 * nothing
 */
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

/* fault: index cut | when it is loaded | refused and built anew */
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
	struct trfs_generation *g;

	(void)state;
	source_write();
	scratch_write("images/cat/00.png", "no image");
	/* A file changed in the clock tick in which the index is saved counts as later.
	 */
	usleep(50000);
	options.on_bad = TRFS_ON_BAD_SKIP;
	g = source_open_with(&options, "index");
	assert_int_equal(trfs_catalog_nr_examples(trfs_generation_catalog(g)),
			 SOURCE_NR_IMAGES - 1);
	trfs_generation_free(g);
	g = source_open_with(&options, "index");
	assert_true(trfs_generation_was_saved(g));
	trfs_generation_free(g);

	source_write_image(0, 0);
	g = source_open_with(&options, "index");
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
	struct trfs_generation *g;

	(void)state;
	options.seed = 7;
	g = source_open_with(&options, "index");
	assert_false(trfs_generation_was_saved(g));
	assert_string_not_equal(trfs_generation_index_path(g), path);
	trfs_generation_free(g);

	/* The number of threads is not part of the data set. */
	options = source_options();
	options.threads = 3;
	g = source_open_with(&options, "index");
	assert_true(trfs_generation_was_saved(g));
	trfs_generation_free(g);
	trfs_buffer_done(&expected);
}

/*
 * fault: index directory cannot be written | when the index is saved | a note, and
 * it serves
 */
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

/* Read all; 0, or the failure, whose sentence is in @why. */
static int try_source_bytes(const struct trfs_generation *g, struct trfs_buffer *all,
			    struct trfs_error *why)
{
	struct trfs_stream *stream = NULL;
	int rc = 0;

	trfs_buffer_init(all, 1u << 28);
	assert_int_equal(trfs_stream_open(g, &stream, NULL), 0);
	for (uint32_t i = 0; rc == 0 && i < trfs_plan_nr_shards(trfs_generation_plan(g));
	     i++) {
		uint64_t size = trfs_generation_shard_size(g, i);
		uint8_t *place = trfs_buffer_extend(all, size);
		size_t got;

		assert_non_null(place);
		rc = trfs_stream_read(stream, i, 0, place, size, &got, why);
	}
	trfs_stream_close(stream);
	return rc;
}

/* Saves the index of many rows; the bytes of its shards, and its file. */
static struct trfs_buffer save_many(char *path, size_t size, struct trfs_buffer *ret_file)
{
	struct trfs_generation *g;
	struct trfs_buffer expected;

	source_write();
	source_write_many(SOURCE_NR_ROWS);
	g = source_open_many(false, 0);
	assert_int_equal(try_source_bytes(g, &expected, NULL), 0);
	snprintf(path, size, "%s", trfs_generation_index_path(g));
	trfs_generation_free(g);
	*ret_file = read_file(path);
	assert_true(ret_file->len > 5 * (size_t)TRFS_GUARD_BLOCK);
	return expected;
}

static void a_large_index_is_read_when_it_is_used(void **state)
{
	struct trfs_buffer file, all;
	char path[256];
	struct trfs_buffer expected = save_many(path, sizeof(path), &file);
	struct trfs_generation *g = source_open_many(false, 0);

	(void)state;
	assert_true(trfs_generation_was_saved(g));
	assert_non_null(trfs_generation_catalog(g)->guard);
	assert_int_equal(try_source_bytes(g, &all, NULL), 0);
	assert_int_equal(all.len, expected.len);
	assert_memory_equal(all.data, expected.data, all.len);
	assert_int_equal(trfs_generation_check(g, NULL), 0);
	trfs_generation_free(g);
	trfs_buffer_done(&all);
	trfs_buffer_done(&file);
	trfs_buffer_done(&expected);
}

/* Refused at once, found when it is read and removed then, or it means nothing. */
static bool is_found_later(const char *path, const struct trfs_buffer *expected)
{
	struct trfs_generation *g = source_open_many(false, 0);
	bool was_saved = trfs_generation_was_saved(g);
	struct trfs_error why = { 0 };
	struct trfs_buffer all;
	int rc = try_source_bytes(g, &all, &why);

	if (rc == 0) {
		assert_int_equal(all.len, expected->len);
		assert_memory_equal(all.data, expected->data, all.len);
	} else {
		assert_true(was_saved);
		assert_int_equal(rc, -EIO);
		assert_non_null(strstr(why.message, "index is damaged"));
		assert_int_equal(access(path, F_OK), -1);
	}
	trfs_buffer_done(&all);
	trfs_generation_free(g);
	return rc < 0;
}

/*
 * fault: a block of a large index damaged | when it is first used | what needs it
 * fails, others go on
 */
static void damage_in_a_large_index_fails_what_needs_it(void **state)
{
	struct trfs_buffer file;
	char path[256];
	struct trfs_buffer expected = save_many(path, sizeof(path), &file);
	unsigned int nr_found = 0;

	(void)state;
	for (size_t at = 5; at < file.len; at += file.len / 20) {
		file.data[at] ^= 0x40;
		scratch_write("index/new", "");
		write_file("index/new", file.data, file.len);
		assert_int_equal(rename("index/new", path), 0);
		file.data[at] ^= 0x40;
		nr_found += is_found_later(path, &expected);
	}
	assert_in_range(nr_found, 1, 20);
	trfs_buffer_done(&file);
	trfs_buffer_done(&expected);
}

/*
 * fault: a block of a large index damaged | when it is indexed anew | nothing is
 * taken over from it
 */
static void nothing_is_taken_over_from_a_damaged_index(void **state)
{
	struct trfs_buffer file, again;
	char path[256];
	struct trfs_buffer expected = save_many(path, sizeof(path), &file);

	(void)state;
	for (size_t at = file.len / 9; at < file.len; at += file.len / 9) {
		file.data[at] ^= 0x40;
		write_file(path, file.data, file.len);
		file.data[at] ^= 0x40;
		trfs_generation_free(source_open_many(true, 0));
		again = read_file(path);
		assert_int_equal(again.len, file.len);
		assert_memory_equal(again.data, file.data, file.len);
		trfs_buffer_done(&again);
	}
	trfs_buffer_done(&file);
	trfs_buffer_done(&expected);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_saved_index_gives_the_same_bytes),
		TEST(a_flipped_byte_is_refused_or_means_nothing),
		TEST(a_truncated_index_is_refused),
		TEST(a_large_index_is_read_when_it_is_used),
		TEST(damage_in_a_large_index_fails_what_needs_it),
		TEST(nothing_is_taken_over_from_a_damaged_index),
		TEST(a_new_image_makes_it_out_of_date),
		TEST(a_mended_image_makes_it_out_of_date),
		TEST(other_options_have_another_index),
		TEST(an_index_that_cannot_be_saved_is_only_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
