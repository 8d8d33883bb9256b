/* SPDX-License-Identifier: MIT */
/* Side files from the inside: none is made before it is asked for, and threads agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"
#include "source_fixture.h"

#include "base/random.h"
#include "stream/side_files.h"
#include "stream/stream.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define NR_READERS 8

struct fixture {
	struct trfs_generation *generation;
	struct trfs_stream *stream;
	struct trfs_side_files *files;
};

static struct fixture set_up(const char *side_files)
{
	struct trfs_options options = source_options();
	struct fixture f = { .generation = NULL };

	options.side_files = side_files;
	f.generation = source_open_with(&options, NULL);
	assert_int_equal(trfs_stream_open(f.generation, &f.stream, NULL), 0);
	assert_int_equal(trfs_side_files_open(trfs_stream_root(f.stream), f.stream,
					      &f.files, NULL),
			 0);
	return f;
}

static void tear_down(struct fixture *f)
{
	trfs_side_files_free(f->files);
	trfs_stream_close(f->stream);
	trfs_generation_free(f->generation);
}

static size_t find(const struct fixture *f, const char *path)
{
	size_t i = SIZE_MAX;

	assert_true(trfs_side_files_find(f->files, path, &i));
	assert_string_equal(trfs_side_files_path(f->files, i), path);
	return i;
}

/* All of a file, the caller's to free. */
static uint8_t *read_whole(const struct fixture *f, size_t i, uint64_t *ret_size)
{
	uint8_t *whole;
	size_t got;

	assert_int_equal(trfs_side_files_size(f->files, i, ret_size, NULL), 0);
	whole = malloc((size_t)*ret_size + 2);
	assert_non_null(whole);
	assert_int_equal(trfs_side_files_read(f->files, i, 0, whole,
					      (size_t)*ret_size + 2, &got, NULL),
			 0);
	assert_int_equal(got, *ret_size);
	return whole;
}

static void a_file_is_made_when_it_is_asked_for(void **state)
{
	struct fixture f = set_up(NULL);
	uint64_t before = trfs_side_files_memory(f.files);
	size_t labels = find(&f, "labels.txt");
	uint64_t size;

	(void)state;
	for (size_t i = 0; i < trfs_side_files_nr(f.files); i++)
		assert_false(trfs_side_files_is_sized(f.files, i));
	free(read_whole(&f, labels, &size));
	assert_true(size > 0);
	for (size_t i = 0; i < trfs_side_files_nr(f.files); i++)
		assert_int_equal(trfs_side_files_is_sized(f.files, i), i == labels);
	assert_true(trfs_side_files_memory(f.files) > before);
	assert_false(trfs_side_files_find(f.files, "label.txt", &labels));
	tear_down(&f);
}

static void what_is_costly_is_in_no_listing(void **state)
{
	struct fixture f = set_up(NULL);

	(void)state;
	assert_true(trfs_side_files_is_listed(f.files, find(&f, "stats.json")));
	assert_false(trfs_side_files_is_listed(f.files, find(&f, "SHA256SUMS")));
	assert_false(trfs_side_files_is_listed(f.files, find(&f, "leaks-content.csv")));
	tear_down(&f);
	f = set_up("none");
	assert_int_equal(trfs_side_files_nr(f.files), 0);
	tear_down(&f);
}

struct reader {
	pthread_t thread;
	const struct fixture *files;
	const struct fixture *expected;
	uint64_t seed;
};

static void check_window(struct reader *r, size_t i, const uint8_t *whole, uint64_t size)
{
	uint64_t offset = trfs_random_below(&r->seed, size + 8);
	size_t len = (size_t)trfs_random_below(&r->seed, 400);
	uint64_t left = offset < size ? size - offset : 0;
	size_t want = left < len ? (size_t)left : len;
	size_t got = SIZE_MAX;
	uint8_t window[400];

	assert_int_equal(
		trfs_side_files_read(r->files->files, i, offset, window, len, &got, NULL),
		0);
	assert_int_equal(got, want);
	assert_true(want == 0 || memcmp(window, whole + offset, want) == 0);
}

/* Of those that nobody had asked for yet. */
static void *read_windows(void *user)
{
	struct reader *r = user;

	for (size_t i = 0; i < trfs_side_files_nr(r->files->files); i++) {
		uint64_t size;
		uint8_t *whole = read_whole(r->expected, i, &size);

		for (int k = 0; k < 20; k++)
			check_window(r, i, whole, size);
		free(whole);
	}
	return NULL;
}

static void windows_are_slices_in_any_thread(void **state)
{
	struct fixture f = set_up(NULL), expected = set_up(NULL);
	struct reader readers[NR_READERS];

	(void)state;
	assert_int_equal(trfs_side_files_nr(f.files), trfs_side_files_nr(expected.files));
	for (size_t i = 0; i < NR_READERS; i++) {
		readers[i] =
			(struct reader){ .files = &f, .expected = &expected, .seed = i };
		assert_int_equal(pthread_create(&readers[i].thread, NULL, read_windows,
						&readers[i]),
				 0);
	}
	for (size_t i = 0; i < NR_READERS; i++)
		pthread_join(readers[i].thread, NULL);
	tear_down(&f);
	tear_down(&expected);
}

/* What failed is tried again. */
static void a_failure_is_not_remembered(void **state)
{
	struct fixture f = set_up(NULL);
	struct trfs_side_files *blind = NULL;
	struct trfs_error err = { 0 };
	uint8_t byte;
	size_t i, got;

	(void)state;
	assert_int_equal(
		trfs_side_files_open(trfs_stream_root(f.stream), NULL, &blind, NULL), 0);
	assert_true(trfs_side_files_find(blind, "SHA256SUMS", &i));
	assert_int_not_equal(trfs_side_files_read(blind, i, 0, &byte, 1, &got, &err), 0);
	assert_non_null(strstr(err.message, "SHA256SUMS"));
	assert_int_not_equal(trfs_side_files_read(blind, i, 0, &byte, 1, &got, &err), 0);
	trfs_side_files_free(blind);
	assert_int_equal(trfs_side_files_read(f.files, i, 0, &byte, 1, &got, NULL), 0);
	tear_down(&f);
}

static int enter(void **state)
{
	if (scratch_enter(state) < 0)
		return -1;
	source_write();
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_made_when_it_is_asked_for),
		TEST(what_is_costly_is_in_no_listing),
		TEST(windows_are_slices_in_any_thread),
		TEST(a_failure_is_not_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
