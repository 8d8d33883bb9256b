/* SPDX-License-Identifier: MIT */
/* Records of contents that are hashed or made: windows, threads, the saved index. */
#include "scratch.h"
#include "source_fixture.h"

#include "base/random.h"
#include "dataset/content.h"
#include "index/generation.h"
#include "stream/made_contents.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define NR_READERS 8
#define WINDOW_MAX 3000

static const char schema[] =
	"{\"features\": {\"name\": \"file.path\", \"image\": \"image.encoded\","
	" \"hash\": \"image.sha256\", \"pixels\": \"image.pixels\","
	" \"mask\": \"mask.encoded\", \"label\": \"mask.pixels\"}}";

/* Each image of the fixture is the mask of the next one. */
static void write_source(void)
{
	FILE *f = fopen("pairs.csv", "w");

	source_write();
	scratch_write("mine.json", schema);
	assert_non_null(f);
	fputs("file,mask\n", f);
	for (unsigned int i = 0; i < SOURCE_NR_IMAGES; i++) {
		unsigned int mask = (i + 1) % SOURCE_NR_IMAGES;

		fprintf(f, "%s/%02u.png,%s/%02u.png\n", i % 2 ? "dog" : "cat", i,
			mask % 2 ? "dog" : "cat", mask);
	}
	assert_int_equal(fclose(f), 0);
}

static struct trfs_generation *open_all(const char *index_directory)
{
	struct trfs_options options = source_options();

	options.manifest = "pairs.csv";
	options.split = NULL;
	options.shards = "1";
	options.schema = "mine.json";
	options.fix = "png2jpeg";
	return source_open_with(&options, index_directory);
}

static uint8_t *read_whole(const struct trfs_generation *generation, uint64_t *ret_size)
{
	struct trfs_stream *stream = NULL;
	struct trfs_error err = { 0 };
	uint8_t *whole;
	size_t got;

	*ret_size = trfs_generation_shard_size(generation, 0);
	whole = malloc(*ret_size);
	assert_non_null(whole);
	assert_int_equal(trfs_stream_open(generation, &stream, NULL), 0);
	if (trfs_stream_read(stream, 0, 0, whole, *ret_size, &got, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(got, *ret_size);
	trfs_stream_close(stream);
	return whole;
}

struct reader {
	pthread_t thread;
	struct trfs_stream *stream;
	const uint8_t *whole;
	uint64_t size;
	uint64_t seed;
	unsigned int nr_wrong;
};

static void *read_windows(void *user)
{
	struct reader *r = user;

	for (int i = 0; i < 300; i++) {
		uint64_t offset = trfs_random_below(&r->seed, r->size);
		uint64_t left = r->size - offset;
		uint64_t len = trfs_random_below(&r->seed, WINDOW_MAX);
		uint8_t window[WINDOW_MAX];
		size_t got = 0;

		len = len < left ? len : left;
		if (trfs_stream_read(r->stream, 0, offset, window, len, &got, NULL) < 0 ||
		    got != len || memcmp(window, r->whole + offset, len) != 0)
			r->nr_wrong++;
	}
	return NULL;
}

static void windows_of_what_is_made_are_slices(void **state)
{
	struct trfs_generation *generation;
	struct reader reader = { .seed = 1 };
	uint8_t *whole;

	(void)state;
	write_source();
	generation = open_all(NULL);
	whole = read_whole(generation, &reader.size);
	reader.whole = whole;
	for (int round = 0; round < 10; round++) {
		/* A fresh stream knows neither checksums nor hashes. */
		assert_int_equal(trfs_stream_open(generation, &reader.stream, NULL), 0);
		read_windows(&reader);
		trfs_stream_close(reader.stream);
	}
	assert_int_equal(reader.nr_wrong, 0);
	free(whole);
	trfs_generation_free(generation);
}

static void readers_at_the_same_time_share_what_is_made(void **state)
{
	struct reader readers[NR_READERS] = { { 0 } };
	struct trfs_generation *generation;
	struct trfs_stream *stream = NULL;
	uint64_t size;
	uint8_t *whole;

	(void)state;
	write_source();
	generation = open_all(NULL);
	whole = read_whole(generation, &size);
	assert_int_equal(trfs_stream_open(generation, &stream, NULL), 0);
	for (unsigned int i = 0; i < NR_READERS; i++) {
		/* In pairs, so that two want the same at once. */
		readers[i] = (struct reader){
			.stream = stream, .whole = whole, .size = size, .seed = i / 2
		};
		assert_int_equal(pthread_create(&readers[i].thread, NULL, read_windows,
						&readers[i]),
				 0);
	}
	for (unsigned int i = 0; i < NR_READERS; i++) {
		pthread_join(readers[i].thread, NULL);
		assert_int_equal(readers[i].nr_wrong, 0);
	}
	trfs_stream_close(stream);
	free(whole);
	trfs_generation_free(generation);
}

static void a_saved_index_knows_masks_and_what_was_made(void **state)
{
	struct trfs_generation *built, *mapped;
	uint64_t size, mapped_size;
	uint8_t *whole, *again;

	(void)state;
	write_source();
	built = open_all("index");
	mapped = open_all("index");
	assert_false(trfs_generation_was_saved(built));
	assert_true(trfs_generation_was_saved(mapped));
	assert_int_equal(mapped->catalog->made.nr, SOURCE_NR_IMAGES);
	assert_int_equal(mapped->catalog->mask_names.nr, SOURCE_NR_IMAGES);
	assert_int_equal(mapped->catalog->dialect.len, 3);
	assert_memory_equal(mapped->catalog->dialect.data, "CSV", 3);
	whole = read_whole(built, &size);
	again = read_whole(mapped, &mapped_size);
	assert_int_equal(size, mapped_size);
	assert_memory_equal(whole, again, size);
	free(whole);
	free(again);
	trfs_generation_free(built);
	trfs_generation_free(mapped);
}

static int read_record_of(const struct trfs_generation *generation, uint64_t example,
			  struct trfs_error *err)
{
	struct trfs_content_ref image = {
		.example = example,
		.hole = trfs_content_hole(TRFS_CONTENT_IMAGE, 0),
	};
	const struct trfs_made_content *content = NULL;
	struct trfs_made_contents *contents = NULL;
	struct trfs_root root;
	int rc;

	assert_int_equal(
		trfs_root_open(&root, generation->catalog->root_path, false, NULL), 0);
	assert_int_equal(
		trfs_made_contents_open(generation->catalog, &root, 1, &contents, NULL),
		0);
	rc = trfs_made_contents_take(contents, image, &content, err);
	if (rc == 0)
		trfs_made_contents_give(contents, content, 0);
	trfs_made_contents_close(contents);
	trfs_root_close(&root);
	return rc;
}

static void other_bytes_than_were_indexed_are_refused_by_name(void **state)
{
	struct trfs_generation *generation;
	struct trfs_error err = { 0 };
	uint8_t *made;

	(void)state;
	write_source();
	generation = open_all(NULL);
	assert_int_equal(read_record_of(generation, 1, &err), 0);
	/* As though another libjpeg had been at work. */
	made = (uint8_t *)trfs_strings_get(&generation->catalog->made, 1).data;
	made[offsetof(struct trfs_made, crc)] ^= 1;
	assert_int_equal(read_record_of(generation, 1, &err), -EIO);
	assert_non_null(strstr(err.message, "dog/01.png: making an encoded image again"));
	made[offsetof(struct trfs_made, crc)] ^= 1;
	made[offsetof(struct trfs_made, size)] ^= 1;
	assert_int_equal(read_record_of(generation, 1, &err), -EIO);
	assert_int_equal(read_record_of(generation, 2, &err), 0);
	trfs_generation_free(generation);
}

static void a_mask_that_changed_is_named(void **state)
{
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct trfs_generation *generation;
	struct trfs_stream *stream = NULL;
	struct trfs_error err = { 0 };
	uint8_t *whole;
	uint64_t size;
	size_t got;

	(void)state;
	write_source();
	generation = open_all(NULL);
	whole = read_whole(generation, &size);
	assert_int_equal(utimensat(AT_FDCWD, "images/dog/01.png", times, 0), 0);
	assert_int_equal(trfs_stream_open(generation, &stream, NULL), 0);
	assert_int_equal(trfs_stream_read(stream, 0, 0, whole, size, &got, &err),
			 -ESTALE);
	assert_non_null(strstr(err.message, "dog/01.png changed after it was indexed"));
	trfs_stream_close(stream);
	free(whole);
	trfs_generation_free(generation);
}

/* Two at once of all: more than fit, so that places are given up while others wait. */
static void *take_them_all(void *user)
{
	struct trfs_made_contents *contents = user;
	uintptr_t nr_wrong = 0;

	for (unsigned int i = 0; i < 4 * SOURCE_NR_IMAGES; i++) {
		struct trfs_content_ref refs[2] = {
			{ .example = i % SOURCE_NR_IMAGES,
			  .hole = trfs_content_hole(TRFS_CONTENT_IMAGE, 0) },
			{ .example = i * 7 % SOURCE_NR_IMAGES,
			  .hole = trfs_content_hole(TRFS_CONTENT_IMAGE_PIXELS, 0) },
		};
		const struct trfs_made_content *taken[2] = { NULL, NULL };

		for (size_t k = 0; k < 2; k++)
			nr_wrong += trfs_made_contents_take(contents, refs[k], &taken[k],
							    NULL) < 0;
		for (size_t k = 0; k < 2 && taken[k]; k++) {
			nr_wrong += taken[k]->bytes.len == 0;
			trfs_made_contents_give(contents, taken[k], 0);
		}
	}
	return (void *)nr_wrong;
}

static void a_cache_that_is_too_small_still_serves_all(void **state)
{
	struct trfs_made_contents *contents = NULL;
	struct trfs_generation *generation;
	pthread_t threads[NR_READERS];
	struct trfs_root root;

	(void)state;
	write_source();
	generation = open_all(NULL);
	assert_int_equal(
		trfs_root_open(&root, generation->catalog->root_path, false, NULL), 0);
	assert_int_equal(trfs_made_contents_open(generation->catalog, &root, 2000,
						 &contents, NULL),
			 0);
	for (size_t i = 0; i < NR_READERS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, take_them_all, contents), 0);
	for (size_t i = 0; i < NR_READERS; i++) {
		void *nr_wrong;

		pthread_join(threads[i], &nr_wrong);
		assert_null(nr_wrong);
	}
	trfs_made_contents_close(contents);
	trfs_root_close(&root);
	trfs_generation_free(generation);
}

static void the_last_one_stays_however_large(void **state)
{
	struct trfs_content_ref ref = { .hole = trfs_content_hole(TRFS_CONTENT_IMAGE,
								  0) };
	const struct trfs_made_content *content = NULL;
	struct trfs_made_contents *contents = NULL;
	struct trfs_generation *generation;
	struct trfs_root root;

	(void)state;
	write_source();
	generation = open_all(NULL);
	assert_int_equal(
		trfs_root_open(&root, generation->catalog->root_path, false, NULL), 0);
	assert_int_equal(
		trfs_made_contents_open(generation->catalog, &root, 1, &contents, NULL),
		0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(trfs_made_contents_take(contents, ref, &content, NULL),
				 0);
		trfs_made_contents_give(contents, content, 0);
		/* From now on it cannot be made. */
		unlink("images/cat/00.png");
	}
	ref.example = 1;
	assert_int_equal(trfs_made_contents_take(contents, ref, &content, NULL), 0);
	trfs_made_contents_give(contents, content, 0);
	ref.example = 0;
	assert_int_equal(trfs_made_contents_take(contents, ref, &content, NULL), -ENOENT);
	trfs_made_contents_close(contents);
	trfs_root_close(&root);
	trfs_generation_free(generation);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(windows_of_what_is_made_are_slices),
		TEST(readers_at_the_same_time_share_what_is_made),
		TEST(a_saved_index_knows_masks_and_what_was_made),
		TEST(other_bytes_than_were_indexed_are_refused_by_name),
		TEST(a_mask_that_changed_is_named),
		TEST(a_cache_that_is_too_small_still_serves_all),
		TEST(the_last_one_stays_however_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
