/* SPDX-License-Identifier: MIT */
/* Reads under way: whoever comes to a file that does not answer is told at once. */
#include "dataset/source_reads.h"

#include "small_catalog.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

struct fixture {
	struct small_catalog *small;
	struct trfs_source_watch watch;
	struct trfs_source_reads reads;
	int nr_failed, nr_succeeded, nr_answered;
};

static void failed(void *user, const struct trfs_source_file *file,
		   const struct trfs_error *err)
{
	struct fixture *f = user;

	assert_int_equal(file->number, 1);
	assert_int_equal(err->code, -EIO);
	f->nr_failed++;
}

static void succeeded(void *user, const struct trfs_source_file *file)
{
	struct fixture *f = user;

	assert_int_equal(file->number, 1);
	f->nr_succeeded++;
}

static void answered(void *user, const struct trfs_source_file *file, uint64_t ms)
{
	struct fixture *f = user;

	assert_int_equal(file->number, 1);
	assert_true(ms > 0);
	f->nr_answered++;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->small = small_catalog_new();
	assert_non_null(f->small);
	f->watch = (struct trfs_source_watch){
		.failed = failed, .succeeded = succeeded, .answered = answered, .user = f
	};
	trfs_source_reads_init(&f->reads, &f->watch);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	trfs_source_reads_done(&f->reads);
	small_catalog_free(f->small);
	free(f);
	return 0;
}

static int begin(struct fixture *f, struct trfs_source_reading *reading, uint64_t number)
{
	struct trfs_source_file file = trfs_source_file_get(&f->small->catalog, number);

	return trfs_source_reads_begin(&f->reads, reading, &file, NULL);
}

/* As if it had begun so long ago. */
static void age(struct trfs_source_reading *reading, uint64_t ms)
{
	reading->started_ms -= ms;
}

static uint64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void a_file_that_does_not_answer_is_not_asked_again(void **state)
{
	struct fixture *f = *state;
	struct trfs_source_reading slow, second, other;

	assert_int_equal(begin(f, &slow, 1), 0);
	assert_int_equal(begin(f, &second, 1), 0);
	trfs_source_reads_end(&f->reads, &second, 0, true, NULL);
	assert_int_equal(trfs_source_reads_nr_slow_ended(&f->reads), 0);
	age(&slow, 1500);
	assert_int_equal(begin(f, &second, 1), TRFS_READ_LATER);
	assert_int_equal(begin(f, &other, 2), 0);
	trfs_source_reads_end(&f->reads, &other, 0, true, NULL);
	trfs_source_reads_end(&f->reads, &slow, 0, true, NULL);
	assert_int_equal(trfs_source_reads_nr_slow_ended(&f->reads), 1);
	assert_int_equal(begin(f, &second, 1), 0);
	trfs_source_reads_end(&f->reads, &second, 0, true, NULL);
}

static void who_comes_when_enough_read_waits_a_second_at_most(void **state)
{
	struct fixture *f = *state;
	struct trfs_source_reading readings[TRFS_READS_A_FILE_MAX], more;
	uint64_t started = milliseconds();

	for (unsigned int i = 0; i < TRFS_READS_A_FILE_MAX; i++)
		assert_int_equal(begin(f, &readings[i], 1), 0);
	assert_int_equal(begin(f, &more, 1), TRFS_READ_LATER);
	assert_in_range(milliseconds() - started, 900, 20000);
	for (unsigned int i = 0; i < TRFS_READS_A_FILE_MAX; i++)
		trfs_source_reads_end(&f->reads, &readings[i], 0, true, NULL);
}

static void there_is_a_limit_of_all(void **state)
{
	struct fixture *f = *state;
	static struct trfs_source_reading readings[TRFS_READS_MAX];
	struct trfs_source_reading more;
	unsigned int nr = 0;

	/* Of other catalogs, as after reloads: four files would not do. */
	for (; nr < TRFS_READS_MAX; nr++) {
		struct trfs_source_file file =
			trfs_source_file_get(&f->small->catalog, 3);

		file.number = 1000 + nr;
		assert_int_equal(
			trfs_source_reads_begin(&f->reads, &readings[nr], &file, NULL),
			0);
	}
	assert_int_equal(begin(f, &more, 1), TRFS_READ_LATER);
	trfs_source_reads_end(&f->reads, &readings[--nr], 0, true, NULL);
	assert_int_equal(begin(f, &more, 1), 0);
	trfs_source_reads_end(&f->reads, &more, 0, true, NULL);
	while (nr > 0)
		trfs_source_reads_end(&f->reads, &readings[--nr], 0, true, NULL);
	assert_null(f->reads.oldest);
	assert_null(f->reads.latest);
}

static void what_became_of_reads_is_told(void **state)
{
	struct fixture *f = *state;
	struct trfs_source_reading reading;
	const struct trfs_error err = { .code = -EIO };

	assert_int_equal(begin(f, &reading, 1), 0);
	trfs_source_reads_end(&f->reads, &reading, -EIO, true, &err);
	assert_int_equal(f->nr_failed, 1);
	assert_int_equal(begin(f, &reading, 1), 0);
	trfs_source_reads_end(&f->reads, &reading, 0, true, NULL);
	assert_int_equal(f->nr_succeeded, 0);
	f->watch.wants_successes = true;
	/* That it can be opened does not mean that it can be read. */
	assert_int_equal(begin(f, &reading, 1), 0);
	trfs_source_reads_end(&f->reads, &reading, 0, false, NULL);
	assert_int_equal(f->nr_succeeded, 0);
	assert_int_equal(begin(f, &reading, 1), 0);
	trfs_source_reads_end(&f->reads, &reading, 0, true, NULL);
	assert_int_equal(f->nr_succeeded, 1);
}

static void count_stuck(void *user, struct trfs_bytes path, uint64_t ms)
{
	int *nr = user;

	assert_int_equal(ms / 1000, 12);
	assert_int_equal(path.len, 11);
	assert_memory_equal(path.data, "dog/a.b.png", 11);
	(*nr)++;
}

static void a_stuck_read_is_named_once_and_when_it_is_over(void **state)
{
	struct fixture *f = *state;
	struct trfs_source_reading stuck, fine;
	struct trfs_buffer path;
	uint64_t ms = 0;
	int nr = 0;

	trfs_buffer_init(&path, 1000);
	assert_int_equal(begin(f, &stuck, 1), 0);
	assert_int_equal(begin(f, &fine, 2), 0);
	assert_false(trfs_source_reads_next_stuck(&f->reads, 10000, &path, &ms));
	assert_int_equal(trfs_source_reads_stuck(&f->reads, 10000).nr, 0);
	age(&stuck, 12000);
	assert_true(trfs_source_reads_next_stuck(&f->reads, 10000, &path, &ms));
	assert_string_equal(trfs_buffer_text(&path), "dog/a.b.png");
	assert_int_equal(ms / 1000, 12);
	assert_false(trfs_source_reads_next_stuck(&f->reads, 10000, &path, &ms));
	assert_int_equal(trfs_source_reads_stuck(&f->reads, 10000).nr, 1);
	assert_int_equal(trfs_source_reads_stuck(&f->reads, 10000).oldest_ms / 1000, 12);
	trfs_source_reads_each_stuck(&f->reads, 10000, count_stuck, &nr);
	assert_int_equal(nr, 1);
	trfs_source_reads_end(&f->reads, &fine, 0, true, NULL);
	assert_int_equal(f->nr_answered, 0);
	trfs_source_reads_end(&f->reads, &stuck, 0, true, NULL);
	assert_int_equal(f->nr_answered, 1);
	trfs_buffer_done(&path);
}

static void without_a_watch_nothing_is_entered(void **state)
{
	struct fixture *f = *state;
	struct trfs_source_file file = trfs_source_file_get(&f->small->catalog, 1);
	struct trfs_source_reading reading;

	assert_int_equal(trfs_source_reads_begin(NULL, &reading, &file, NULL), 0);
	trfs_source_reads_end(NULL, &reading, -EIO, true, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_that_does_not_answer_is_not_asked_again),
		TEST(who_comes_when_enough_read_waits_a_second_at_most),
		TEST(there_is_a_limit_of_all),
		TEST(what_became_of_reads_is_told),
		TEST(a_stuck_read_is_named_once_and_when_it_is_over),
		TEST(without_a_watch_nothing_is_entered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
