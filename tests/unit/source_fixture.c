/* SPDX-License-Identifier: MIT */
/* Trailing bytes make images of different lengths without an encoder. */
#include "source_fixture.h"

#include "index/generation.h"
#include "index/saved_index.h"
#include "pictures.h"
#include "scratch.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void source_write_image(unsigned int number, unsigned int extra)
{
	size_t len = picture_png.len + 97 * (size_t)number + extra;
	uint8_t *bytes = calloc(1, len);
	char path[64];

	assert_non_null(bytes);
	memcpy(bytes, picture_png.data, picture_png.len);
	for (size_t i = picture_png.len; i < len; i++)
		bytes[i] = (uint8_t)(i * 31 + number * 7);
	snprintf(path, sizeof(path), "images/%s/%02u.png", number % 2 ? "dog" : "cat",
		 number);
	picture_write(path, (struct trfs_bytes){ bytes, len });
	free(bytes);
}

void source_write(void)
{
	for (unsigned int i = 0; i < SOURCE_NR_IMAGES; i++)
		source_write_image(i, 0);
}

struct trfs_options source_options(void)
{
	struct trfs_options options;

	trfs_options_init(&options);
	options.source = "images";
	options.split = "train=0.75,test=0.25";
	options.shards = "train=3,test=2";
	return options;
}

struct trfs_generation *source_open(const char *index_directory)
{
	struct trfs_options options = source_options();

	return source_open_with(&options, index_directory);
}

static struct trfs_generation *open_or_fail(const struct trfs_options *options,
					    const char *index_directory, bool rebuild,
					    uint64_t whole_max)
{
	struct trfs_generation *generation = NULL;
	struct trfs_error err = { 0 };

	if (trfs_generation_open_with(options, index_directory, rebuild, whole_max, NULL,
				      &generation, &err) < 0)
		fail_msg("%s", err.message);
	return generation;
}

struct trfs_generation *source_open_with(const struct trfs_options *options,
					 const char *index_directory)
{
	return open_or_fail(options, index_directory, false, TRFS_INDEX_WHOLE_MAX);
}

void source_write_many(unsigned int odd)
{
	struct trfs_buffer rows;

	trfs_buffer_init(&rows, 1u << 24);
	trfs_buffer_printf(&rows, "file,label,note\n");
	for (unsigned int i = 0; i < SOURCE_NR_ROWS; i++) {
		unsigned int number = i % SOURCE_NR_IMAGES;

		trfs_buffer_printf(&rows, "%s/%02u.png,%s,%u\n",
				   number % 2 ? "dog" : "cat", number,
				   (number % 3 > 0) ^ (i == odd) ? "a" : "b", i);
	}
	scratch_write("many.csv", trfs_buffer_text(&rows));
	trfs_buffer_done(&rows);
}

struct trfs_generation *source_open_many(bool rebuild, uint64_t whole_max)
{
	struct trfs_options options = source_options();

	options.manifest = "many.csv";
	options.keep_repeats = true;
	return open_or_fail(&options, "index", rebuild, whole_max);
}

struct trfs_buffer source_bytes(const struct trfs_generation *generation)
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
