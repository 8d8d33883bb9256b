/* SPDX-License-Identifier: MIT */
/* How wide and how far: warm, cold, and from one to the other. */
#include "stream/pace.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct trfs_pace after(unsigned int nr_processors, unsigned int nr_slept,
			      unsigned int nr_awake)
{
	struct trfs_pace pace;

	trfs_pace_init(&pace, nr_processors);
	for (unsigned int i = 0; i < nr_slept; i++)
		trfs_pace_note(&pace, true);
	for (unsigned int i = 0; i < nr_awake; i++)
		trfs_pace_note(&pace, false);
	return pace;
}

static void it_begins_warm_and_a_few_sleeps_make_it_cold(void **state)
{
	struct trfs_pace pace = after(2, 0, 0);

	(void)state;
	assert_false(trfs_pace_is_cold(&pace));
	pace = after(2, 1, 0);
	assert_false(trfs_pace_is_cold(&pace));
	pace = after(2, 4, 0);
	assert_true(trfs_pace_is_cold(&pace));
	pace = after(2, 1000, 10);
	assert_true(trfs_pace_is_cold(&pace));
	pace = after(2, 1000, 100);
	assert_false(trfs_pace_is_cold(&pace));
}

static void warm_loaders_use_the_processors_that_readers_leave(void **state)
{
	struct trfs_pace pace = after(4, 0, 0);

	(void)state;
	assert_int_equal(trfs_pace_nr_loaders(&pace, 1), 3);
	assert_int_equal(trfs_pace_nr_loaders(&pace, 3), 1);
	assert_int_equal(trfs_pace_nr_loaders(&pace, 4), 0);
	assert_int_equal(trfs_pace_nr_loaders(&pace, 40), 0);
	assert_int_equal(trfs_pace_bytes_ahead(&pace, 4, 100), 0);
	assert_true(trfs_pace_bytes_ahead(&pace, 1, 100) > 0);
}

static void cold_storage_is_read_wide_and_far_by_however_many(void **state)
{
	struct trfs_pace pace = after(2, 100, 0);

	(void)state;
	for (unsigned int nr = 1; nr <= 64; nr++) {
		uint64_t bytes = trfs_pace_bytes_ahead(&pace, nr, 100);

		assert_in_range(trfs_pace_nr_loaders(&pace, nr), 8,
				TRFS_PACE_LOADERS_MAX);
		assert_true(bytes > 0 && bytes * nr <= TRFS_PACE_BYTES_MAX);
	}
}

static void one_read_promises_less_than_many(void **state)
{
	struct trfs_pace pace = after(2, 100, 0);
	uint64_t before = 0;

	(void)state;
	for (unsigned int nr_reads = 0; nr_reads < 40; nr_reads++) {
		uint64_t bytes = trfs_pace_bytes_ahead(&pace, 1, nr_reads);

		assert_true(bytes >= before);
		before = bytes;
	}
	assert_true(trfs_pace_bytes_ahead(&pace, 1, 0) * 8 <= before);
}

static void sleeping_is_noticed(void **state)
{
	uint64_t before = trfs_pace_nr_sleeps();

	(void)state;
	usleep(1000);
	assert_true(trfs_pace_nr_sleeps() > before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_begins_warm_and_a_few_sleeps_make_it_cold),
		cmocka_unit_test(warm_loaders_use_the_processors_that_readers_leave),
		cmocka_unit_test(cold_storage_is_read_wide_and_far_by_however_many),
		cmocka_unit_test(one_read_promises_less_than_many),
		cmocka_unit_test(sleeping_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
