/* SPDX-License-Identifier: MIT */
/* Readers against windows of the same shard that were read without them. */
#include "scratch.h"
#include "source_fixture.h"

#include "base/random.h"
#include "stream/loaders.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SHARD	    0u
#define HUGE_IMAGE  7u
#define HUGE_EXTRA  (9u << 20)
#define NR_READERS  4
#define NR_IN_ORDER 4

struct fixture {
	struct trfs_generation *generation;
	struct trfs_stream *stream;
	struct trfs_read_ahead *ahead;
	const struct trfs_view *view;
	uint8_t *whole;
	uint64_t size;
	_Atomic unsigned int nr_closed;
};

/* Images of up to 400 kB, and one that is too large for a chunk; one shard of train. */
static void set_up(struct fixture *f)
{
	struct trfs_options options;
	size_t got = 0;

	source_write();
	for (unsigned int i = 0; i < SOURCE_NR_IMAGES; i++)
		source_write_image(i,
				   i == HUGE_IMAGE ? HUGE_EXTRA : (i * 37 % 50) * 8191);
	options = source_options();
	options.split = "train=1";
	options.shards = "1";
	f->generation = source_open_with(&options, NULL);
	assert_int_equal(trfs_stream_open(f->generation, &f->stream, NULL), 0);
	assert_int_equal(trfs_read_ahead_new(f->stream, &f->ahead), 0);
	f->view = trfs_stream_root(f->stream);
	f->size = trfs_generation_shard_size(f->generation, SHARD);
	f->whole = malloc(f->size);
	assert_non_null(f->whole);
	assert_int_equal(
		trfs_stream_read(f->stream, SHARD, 0, f->whole, f->size, &got, NULL), 0);
	assert_int_equal(got, f->size);
	atomic_store(&f->nr_closed, 0);
}

static void tear_down(struct fixture *f)
{
	trfs_read_ahead_free(f->ahead);
	trfs_stream_close(f->stream);
	trfs_generation_free(f->generation);
	free(f->whole);
}

static void count_closed(void *user)
{
	struct fixture *f = user;

	atomic_fetch_add(&f->nr_closed, 1);
}

static struct trfs_shard_reader *open_reader(struct fixture *f)
{
	struct trfs_shard_reader *reader = NULL;

	assert_int_equal(trfs_shard_reader_open(f->ahead, f->view, SHARD, count_closed, f,
						&reader, NULL),
			 0);
	return reader;
}

/* The window is what the shard has there; the length of it. */
static size_t check_window(const struct fixture *f, struct trfs_shard_reader *reader,
			   uint64_t offset, size_t len)
{
	uint64_t left = offset < f->size ? f->size - offset : 0;
	size_t want = left < len ? (size_t)left : len;
	struct trfs_reply reply;
	size_t done = 0;
	bool equal = true;

	assert_int_equal(trfs_shard_reader_read(reader, offset, len, NULL, &reply, NULL),
			 0);
	for (int i = 0; i < reply.nr; i++) {
		equal &= done + reply.parts[i].iov_len <= want &&
			 memcmp(reply.parts[i].iov_base, f->whole + offset + done,
				reply.parts[i].iov_len) == 0;
		done += reply.parts[i].iov_len;
	}
	assert_true(equal);
	assert_int_equal(done, want);
	assert_int_equal(reply.len, want);
	trfs_reply_done(reader, &reply);
	return want;
}

static void front_to_back_in_blocks_of_any_length(void **state)
{
	static const size_t lengths[] = { 4096, 100000, 131072, 1u << 20, 3u << 20 };
	struct fixture f;

	(void)state;
	set_up(&f);
	for (size_t i = 0; i < TRFS_COUNT(lengths); i++) {
		struct trfs_shard_reader *reader = open_reader(&f);
		uint64_t offset = 0;
		size_t len;

		while ((len = check_window(&f, reader, offset, lengths[i])) > 0)
			offset += len;
		assert_int_equal(offset, f.size);
		trfs_shard_reader_close(reader);
	}
	tear_down(&f);
}

/* Of a shard that is read front to back, all but the huge record comes by chunks, each
 * loaded once. */
static void every_chunk_is_loaded_once(void **state)
{
	struct trfs_read_ahead_counts counts;
	struct trfs_shard_reader *reader;
	struct fixture f;
	uint64_t offset = 0;
	size_t len;

	(void)state;
	set_up(&f);
	reader = open_reader(&f);
	while ((len = check_window(&f, reader, offset, 131072)) > 0)
		offset += len;
	counts = trfs_read_ahead_count(f.ahead);
	assert_in_range(counts.nr_by_window, HUGE_EXTRA / 131072,
			HUGE_EXTRA / 131072 + 4);
	assert_in_range(counts.nr_chunks, (f.size - HUGE_EXTRA) / (256 << 10),
			2 * (f.size - HUGE_EXTRA) / (128 << 10) + 2);
	assert_int_equal(counts.nr_bytes, 0);
	trfs_shard_reader_close(reader);
	tear_down(&f);
}

/* Two that read a shard side by side have each chunk loaded once, wherever they began. */
static void readers_of_one_shard_share_what_is_loaded(void **state)
{
	struct trfs_shard_reader *first, *second;
	struct trfs_read_ahead_counts counts;
	struct fixture f;
	uint64_t offset = 0;
	size_t len = 100000;

	(void)state;
	set_up(&f);
	first = open_reader(&f);
	second = open_reader(&f);
	while (offset < f.size) {
		check_window(&f, first, offset, len);
		check_window(&f, second, offset + 1000, len);
		offset += len;
	}
	counts = trfs_read_ahead_count(f.ahead);
	assert_in_range(counts.nr_shared, counts.nr_chunks / 2, counts.nr_chunks);
	assert_in_range(counts.nr_chunks, (f.size - HUGE_EXTRA) / (256 << 10),
			2 * (f.size - HUGE_EXTRA) / (128 << 10) + 2);
	trfs_shard_reader_close(first);
	check_window(&f, second, 0, 300000);
	trfs_shard_reader_close(second);
	tear_down(&f);
	assert_int_equal(atomic_load(&f.nr_closed), 2);
}

/* Where all readers read all, the next one finds its shard begun; one that stops early
 * leaves nothing behind. */
static void shards_are_begun_when_they_are_opened(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	for (int i = 0; i < 20; i++) {
		struct trfs_shard_reader *reader;

		/* Loads of the reader before, which were warm, have told otherwise. */
		trfs_read_ahead_lock(f.ahead);
		for (int k = 0; k < 40; k++) {
			trfs_pace_note(&f.ahead->pace, true);
			trfs_pace_note_closed(&f.ahead->pace, true);
		}
		trfs_read_ahead_unlock(f.ahead);
		reader = open_reader(&f);
		assert_true(trfs_read_ahead_count(f.ahead).nr_bytes > 0);
		trfs_shard_reader_close(reader);
	}
	for (int i = 0; i < 1000 && trfs_read_ahead_count(f.ahead).nr_bytes > 0; i++)
		usleep(10000);
	assert_int_equal(trfs_read_ahead_count(f.ahead).nr_bytes, 0);
	tear_down(&f);
}

/* Whoever jumps from record to record gets what was asked for, and no chunks. */
static void a_little_of_each_record_is_read_by_window(void **state)
{
	struct trfs_shard_reader *reader;
	struct trfs_read_ahead_counts counts;
	struct fixture f;

	(void)state;
	set_up(&f);
	reader = open_reader(&f);
	for (uint64_t at = 0; at < f.size; at += 65536)
		check_window(&f, reader, at, 8);
	counts = trfs_read_ahead_count(f.ahead);
	assert_in_range(counts.nr_by_window, f.size / 65536 / 2, f.size / 65536);
	assert_in_range(counts.nr_chunks, 0, f.size / (512 << 10));
	trfs_shard_reader_close(reader);
	tear_down(&f);
}

/* As the kernel asks on behalf of one reader: neighbours change places. */
static void requests_that_overtake_each_other(void **state)
{
	static const unsigned int places[NR_IN_ORDER] = { 1, 0, 3, 2 };
	struct trfs_shard_reader *reader;
	struct fixture f;
	const size_t len = 131072;

	(void)state;
	set_up(&f);
	reader = open_reader(&f);
	for (uint64_t at = 0; at < f.size; at += NR_IN_ORDER * len)
		for (size_t i = 0; i < NR_IN_ORDER; i++)
			check_window(&f, reader, at + places[i] * len, len);
	assert_true(trfs_read_ahead_count(f.ahead).nr_ahead > 0);
	trfs_shard_reader_close(reader);
	tear_down(&f);
}

struct random_reader {
	pthread_t thread;
	struct fixture *f;
	struct trfs_shard_reader *reader;
	uint64_t seed;
};

/* Jumps, and runs of reads that go on from each other. */
static void *read_at_random(void *user)
{
	struct random_reader *r = user;

	for (int i = 0; i < 60; i++) {
		uint64_t offset = trfs_random_below(&r->seed, r->f->size + 1000);
		size_t len = (size_t)trfs_random_below(&r->seed, 300000);
		uint64_t nr = trfs_random_below(&r->seed, 8);

		for (uint64_t k = 0; k <= nr; k++) {
			offset += check_window(r->f, r->reader, offset, len);
			if (trfs_random_below(&r->seed, 50) == 0)
				offset += 100;
		}
	}
	return NULL;
}

static void read_with_threads(struct fixture *f, bool is_shared)
{
	struct random_reader readers[NR_READERS];
	struct trfs_shard_reader *shared = open_reader(f);

	for (size_t i = 0; i < NR_READERS; i++) {
		readers[i] = (struct random_reader){ .f = f, .seed = i };
		readers[i].reader = is_shared ? shared : open_reader(f);
		assert_int_equal(pthread_create(&readers[i].thread, NULL, read_at_random,
						&readers[i]),
				 0);
	}
	for (size_t i = 0; i < NR_READERS; i++) {
		pthread_join(readers[i].thread, NULL);
		if (!is_shared)
			trfs_shard_reader_close(readers[i].reader);
	}
	trfs_shard_reader_close(shared);
}

static void threads_with_readers_of_their_own_and_with_one(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	read_with_threads(&f, false);
	read_with_threads(&f, true);
	/* What was being loaded then is given back when that has ended. */
	for (int i = 0; i < 1000 && trfs_read_ahead_count(f.ahead).nr_bytes > 0; i++)
		usleep(10000);
	assert_int_equal(trfs_read_ahead_count(f.ahead).nr_bytes, 0);
	tear_down(&f);
	assert_int_equal(atomic_load(&f.nr_closed), NR_READERS + 2);
}

/* Windows fail where they fail without read-ahead, and nowhere else. */
/*
 * fault: image cannot be read | while chunks are loaded ahead | only what needs it
 * fails
 */
static void what_cannot_be_read_fails_alone(void **state)
{
	struct trfs_shard_reader *reader;
	struct fixture f;
	unsigned int nr_failed = 0;
	uint8_t *plain = malloc(65536);

	(void)state;
	assert_non_null(plain);
	set_up(&f);
	source_write_image(20, 3);
	assert_int_equal(unlink("images/dog/21.png"), 0);
	reader = open_reader(&f);
	for (uint64_t at = 0; at < f.size; at += 65536) {
		struct trfs_error expected = { 0 }, err = { 0 };
		struct trfs_reply reply;
		size_t got;
		int rc = trfs_stream_read(f.stream, SHARD, at, plain, 65536, &got,
					  &expected);

		if (rc == 0) {
			check_window(&f, reader, at, 65536);
			continue;
		}
		nr_failed++;
		assert_int_equal(
			trfs_shard_reader_read(reader, at, 65536, NULL, &reply, &err),
			rc);
		assert_string_equal(err.message, expected.message);
		trfs_reply_done(reader, &reply);
	}
	assert_in_range(nr_failed, 2, 20);
	trfs_shard_reader_close(reader);
	free(plain);
	tear_down(&f);
}

/* A reader that is closed while chunks are loaded for it ends once, after these. */
static void closing_does_not_wait_for_loads(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	for (unsigned int i = 0; i < 50; i++) {
		struct trfs_shard_reader *reader = open_reader(&f);

		check_window(&f, reader, 0, 1000 * (size_t)(i + 1));
		trfs_shard_reader_close(reader);
	}
	trfs_read_ahead_free(f.ahead);
	f.ahead = NULL;
	assert_int_equal(atomic_load(&f.nr_closed), 50);
	tear_down(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(front_to_back_in_blocks_of_any_length,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(every_chunk_is_loaded_once, scratch_enter,
						scratch_leave),
		cmocka_unit_test_setup_teardown(requests_that_overtake_each_other,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(readers_of_one_shard_share_what_is_loaded,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(a_little_of_each_record_is_read_by_window,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(shards_are_begun_when_they_are_opened,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(
			threads_with_readers_of_their_own_and_with_one, scratch_enter,
			scratch_leave),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_fails_alone,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(closing_does_not_wait_for_loads,
						scratch_enter, scratch_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
