/* SPDX-License-Identifier: MIT */
/* Windows of shards against the whole, and the whole against the image files. */
#include "scratch.h"
#include "source_fixture.h"

#include "base/crc32c.h"
#include "base/random.h"
#include "wire/tf_example_read.h"
#include "wire/tfrecord.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NR_SHARDS 5

struct shard {
	uint8_t *bytes;
	uint64_t size;
};

struct fixture {
	struct trfs_generation *generation;
	struct trfs_stream *stream;
	struct shard shards[NR_SHARDS];
};

static struct fixture set_up(void)
{
	struct fixture f;
	struct trfs_error err = { 0 };

	source_write();
	f.generation = source_open(NULL);
	if (trfs_stream_open(f.generation, &f.stream, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(trfs_plan_nr_shards(trfs_generation_plan(f.generation)),
			 NR_SHARDS);
	for (uint32_t i = 0; i < NR_SHARDS; i++) {
		struct shard *s = &f.shards[i];
		size_t got = 0;

		s->size = trfs_generation_shard_size(f.generation, i);
		s->bytes = malloc(s->size + 1);
		assert_non_null(s->bytes);
		assert_int_equal(trfs_stream_read(f.stream, i, 0, s->bytes, s->size + 1,
						  &got, &err),
				 0);
		assert_int_equal(got, s->size);
	}
	return f;
}

static void tear_down(struct fixture *f)
{
	for (size_t i = 0; i < NR_SHARDS; i++)
		free(f->shards[i].bytes);
	trfs_stream_close(f->stream);
	trfs_generation_free(f->generation);
}

/* The value of a bytes feature; fails when it is not there. */
static struct trfs_bytes bytes_feature(struct trfs_bytes message, const char *key)
{
	struct trfs_example_reader r;
	struct trfs_feature_view feature;

	trfs_example_reader_init(&r, message);
	while (trfs_example_reader_next(&r, &feature, NULL) == 1) {
		struct trfs_value_reader values;
		struct trfs_bytes value;

		if (!trfs_bytes_equal(feature.key, trfs_bytes_of(key)))
			continue;
		trfs_value_reader_init(&values, &feature);
		assert_int_equal(trfs_value_reader_bytes(&values, &value), 1);
		return value;
	}
	fail_msg("no feature %s", key);
	return message;
}

static void check_record(struct trfs_bytes message)
{
	struct trfs_bytes encoded = bytes_feature(message, "image/encoded");
	struct trfs_bytes name = bytes_feature(message, "image/filename");
	uint8_t *file = malloc(encoded.len + 1);
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "images/%.*s", TRFS_BYTES_ARG(name));
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fread(file, 1, encoded.len + 1, f), encoded.len);
	assert_memory_equal(file, encoded.data, encoded.len);
	fclose(f);
	free(file);
}

static void every_record_holds_its_image_and_sound_checksums(void **state)
{
	struct fixture f = set_up();
	unsigned int nr_records = 0;

	(void)state;
	for (size_t i = 0; i < NR_SHARDS; i++) {
		const struct shard *s = &f.shards[i];
		uint64_t offset = 0;

		while (offset < s->size) {
			uint64_t len;
			const uint8_t *data =
				s->bytes + offset + TRFS_TFRECORD_HEADER_SIZE;

			assert_int_equal(
				trfs_tfrecord_parse_header(s->bytes + offset, &len), 0);
			assert_true(trfs_tfrecord_footer_matches(
				data + len, trfs_crc32c(0, data, len)));
			check_record((struct trfs_bytes){ data, len });
			offset += len + TRFS_TFRECORD_FRAMING_SIZE;
			nr_records++;
		}
		assert_int_equal(offset, s->size);
	}
	assert_int_equal(nr_records, SOURCE_NR_IMAGES);
	tear_down(&f);
}

/* One window from @seed; also used from several threads. */
static void check_window(const struct fixture *f, struct trfs_stream *stream,
			 uint64_t *seed)
{
	uint32_t shard = (uint32_t)trfs_random_below(seed, NR_SHARDS);
	const struct shard *s = &f->shards[shard];
	uint64_t offset = trfs_random_below(seed, s->size + 64);
	size_t len =
		(size_t)trfs_random_below(seed, trfs_random_below(seed, 2) ? 9000 : 20);
	uint64_t left = offset < s->size ? s->size - offset : 0;
	size_t want = left < len ? (size_t)left : len;
	uint8_t got[9000];
	size_t got_len = SIZE_MAX;

	assert_int_equal(
		trfs_stream_read(stream, shard, offset, got, len, &got_len, NULL), 0);
	assert_int_equal(got_len, want);
	assert_true(want == 0 || memcmp(got, s->bytes + offset, want) == 0);
}

/* A fresh stream knows no checksum, so windows on footers have to make them. */
static void every_window_is_a_slice(void **state)
{
	struct fixture f = set_up();
	uint64_t seed = 0x5eed;

	(void)state;
	for (int round = 0; round < 20; round++) {
		struct trfs_stream *fresh = NULL;

		assert_int_equal(trfs_stream_open(f.generation, &fresh, NULL), 0);
		for (int i = 0; i < 500; i++)
			check_window(&f, fresh, &seed);
		trfs_stream_close(fresh);
	}
	tear_down(&f);
}

struct reader {
	pthread_t thread;
	const struct fixture *fixture;
	uint64_t seed;
};

static void *read_windows(void *user)
{
	struct reader *r = user;

	for (int i = 0; i < 2000; i++)
		check_window(r->fixture, r->fixture->stream, &r->seed);
	return NULL;
}

static void readers_at_the_same_time_do_not_disturb_each_other(void **state)
{
	struct fixture f = set_up();
	struct reader readers[8];

	(void)state;
	trfs_stream_close(f.stream);
	assert_int_equal(trfs_stream_open(f.generation, &f.stream, NULL), 0);
	for (size_t i = 0; i < 8; i++) {
		readers[i].fixture = &f;
		readers[i].seed = i;
		assert_int_equal(pthread_create(&readers[i].thread, NULL, read_windows,
						&readers[i]),
				 0);
	}
	for (size_t i = 0; i < 8; i++)
		pthread_join(readers[i].thread, NULL);
	tear_down(&f);
}

/* Which record holds image @name; fails when none does. */
static struct trfs_place find_image(const struct fixture *f, const char *name,
				    uint32_t *ret_shard)
{
	struct trfs_place place;

	for (uint32_t i = 0; i < NR_SHARDS; i++) {
		for (uint64_t at = 0; at < f->shards[i].size;
		     at = place.record_offset + place.record_size) {
			assert_int_equal(trfs_stream_where(f->stream, i, at, &place), 0);
			assert_int_equal(place.record_offset, at);
			if (place.image_len == strlen(name) &&
			    memcmp(place.image, name, place.image_len) == 0) {
				*ret_shard = i;
				return place;
			}
		}
	}
	fail_msg("no record of %s", name);
	return place;
}

/* fault: image replaced | between two reads | its record fails, no other */
static void a_changed_image_fails_its_record_and_no_other(void **state)
{
	struct fixture f = set_up();
	struct trfs_error err = { 0 };
	uint8_t *buf = malloc(1 << 20);
	struct trfs_place place;
	uint32_t shard;
	size_t got;

	(void)state;
	place = find_image(&f, "cat/10.png", &shard);
	source_write_image(10, 5);
	assert_int_equal(trfs_stream_read(f.stream, shard, place.record_offset, buf,
					  place.record_size, &got, &err),
			 -ESTALE);
	assert_non_null(strstr(err.message, "cat/10.png changed after it was indexed"));
	assert_int_equal(trfs_stream_read(f.stream, shard, 0, buf, place.record_offset,
					  &got, &err),
			 0);
	assert_memory_equal(buf, f.shards[shard].bytes, place.record_offset);

	place = find_image(&f, "dog/11.png", &shard);
	source_write_image(11, 0); /* the same length */
	assert_int_equal(trfs_stream_read(f.stream, shard, place.record_offset, buf,
					  place.record_size, &got, &err),
			 -ESTALE);
	free(buf);
	tear_down(&f);
}

static void a_vanished_image_is_named(void **state)
{
	struct fixture f = set_up();
	struct trfs_error err = { 0 };
	uint8_t byte[4];
	struct trfs_place place;
	uint32_t shard;
	size_t got;

	(void)state;
	place = find_image(&f, "cat/20.png", &shard);
	assert_int_equal(unlink("images/cat/20.png"), 0);
	/* Its last bytes of content, which no checksum can stand in for. */
	assert_int_equal(trfs_stream_read(f.stream, shard,
					  place.record_offset + place.record_size / 2,
					  byte, sizeof(byte), &got, &err),
			 -ENOENT);
	assert_non_null(strstr(err.message, "cat/20.png vanished"));
	tear_down(&f);
}

static void where_ends_with_the_shard(void **state)
{
	struct fixture f = set_up();
	struct trfs_place place;

	(void)state;
	assert_int_equal(trfs_stream_where(f.stream, 0, f.shards[0].size, &place),
			 -ENXIO);
	assert_int_equal(trfs_stream_where(f.stream, 0, f.shards[0].size - 1, &place), 0);
	assert_int_equal(place.record_offset + place.record_size, f.shards[0].size);
	tear_down(&f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_record_holds_its_image_and_sound_checksums),
		TEST(every_window_is_a_slice),
		TEST(readers_at_the_same_time_do_not_disturb_each_other),
		TEST(a_changed_image_fails_its_record_and_no_other),
		TEST(a_vanished_image_is_named),
		TEST(where_ends_with_the_shard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
