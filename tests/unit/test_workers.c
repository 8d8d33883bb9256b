/* SPDX-License-Identifier: MIT */
/* Workers: every item once, errors that do not depend on timing, progress. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/workers.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NR_ITEMS 10007

struct counts {
	_Atomic unsigned int done[NR_ITEMS];
	_Atomic unsigned int calls[64]; /* by worker */
	_Atomic unsigned int odd; /* calls with a range or a worker that cannot be */
	uint64_t batch;
	unsigned int nr_threads;
	uint64_t failing[2]; /* items that fail; UINT64_MAX: none */
	long sleep_ns;
};

static void nap(long ns)
{
	struct timespec t = { 0, ns };

	nanosleep(&t, NULL);
}

static int count(void *user, unsigned int worker, uint64_t first, uint64_t end,
		 struct trfs_error *err)
{
	struct counts *counts = user;

	if (first >= end || end > NR_ITEMS || end - first > counts->batch ||
	    worker >= counts->nr_threads)
		atomic_fetch_add(&counts->odd, 1);
	atomic_fetch_add(&counts->calls[worker % 64], 1);
	if (counts->sleep_ns)
		nap(counts->sleep_ns);
	for (uint64_t i = first; i < end; i++) {
		/* The first one late, so that the second usually fails before it. */
		if (i == counts->failing[0])
			nap(2000000);
		if (i == counts->failing[0] || i == counts->failing[1])
			return trfs_fail(err, -EBADMSG, "item %" PRIu64, i);
		atomic_fetch_add(&counts->done[i], 1);
	}
	return 0;
}

static struct counts *new_counts(unsigned int nr_threads, uint64_t batch)
{
	struct counts *counts = calloc(1, sizeof(*counts));

	assert_non_null(counts);
	counts->nr_threads = nr_threads;
	counts->batch = batch;
	counts->failing[0] = counts->failing[1] = UINT64_MAX;
	return counts;
}

static void every_item_is_worked_on_once(void **state)
{
	static const unsigned int threads[] = { 1, 2, 4, 16 };
	static const uint64_t batches[] = { 1, 7, 100, NR_ITEMS, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(threads) * TRFS_COUNT(batches); i++) {
		unsigned int nr_threads = threads[i % TRFS_COUNT(threads)];
		uint64_t batch = batches[i / TRFS_COUNT(threads)];
		struct counts *counts = new_counts(nr_threads, batch);

		assert_int_equal(trfs_workers_run(nr_threads, NR_ITEMS, batch, count,
						  counts, "Counting", NULL, NULL),
				 0);
		for (size_t k = 0; k < NR_ITEMS; k++)
			assert_int_equal(counts->done[k], 1);
		assert_int_equal(counts->odd, 0);
		free(counts);
	}
}

static void several_threads_share_the_work(void **state)
{
	struct counts *counts = new_counts(4, 1000);
	unsigned int busy = 0;

	(void)state;
	counts->sleep_ns = 5000000;
	assert_int_equal(trfs_workers_run(4, NR_ITEMS, 1000, count, counts, "Counting",
					  NULL, NULL),
			 0);
	for (size_t i = 0; i < 64; i++)
		busy += counts->calls[i] > 0;
	assert_in_range(busy, 2, 4);
	free(counts);
}

static void the_lowest_failing_item_gives_the_message(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		unsigned int nr_threads = 1 + (unsigned int)i % 4;
		struct counts *counts = new_counts(nr_threads, 10);
		struct trfs_error err = { 0 };

		/* Neighbouring ranges, so that both are being worked on at once. */
		counts->failing[0] = 5015;
		counts->failing[1] = 5020;
		assert_int_equal(trfs_workers_run(nr_threads, NR_ITEMS, 10, count, counts,
						  "Counting", NULL, &err),
				 -EBADMSG);
		assert_int_equal(err.code, -EBADMSG);
		assert_string_equal(err.message, "item 5015");
		for (size_t k = 0; k < 5015; k++)
			assert_int_equal(counts->done[k], 1);
		free(counts);
	}
}

static void a_failure_stops_the_others(void **state)
{
	struct counts *counts = new_counts(4, 1);
	unsigned int calls = 0;

	(void)state;
	counts->failing[0] = 0;
	counts->sleep_ns = 1000000;
	assert_int_equal(
		trfs_workers_run(4, NR_ITEMS, 1, count, counts, "Counting", NULL, NULL),
		-EBADMSG);
	for (size_t i = 0; i < 64; i++)
		calls += counts->calls[i];
	assert_in_range(calls, 1, 1000);
	free(counts);
}

struct heard {
	pthread_t thread;
	unsigned int nr_reports;
	unsigned int nr_odd;
	uint64_t last_done;
	uint64_t last_total;
};

static void hear(void *user, const char *what, uint64_t done, uint64_t total)
{
	struct heard *heard = user;

	if (!pthread_equal(pthread_self(), heard->thread) ||
	    strcmp(what, "Counting") != 0 || done < heard->last_done || done > total)
		heard->nr_odd++;
	heard->nr_reports++;
	heard->last_done = done;
	heard->last_total = total;
}

static void progress_comes_from_the_caller_until_all_is_done(void **state)
{
	static const unsigned int threads[] = { 1, 3 };

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(threads); i++) {
		struct counts *counts = new_counts(threads[i], 300);
		struct heard heard = { .thread = pthread_self() };
		struct trfs_progress progress = { hear, &heard };

		/* 34 ranges: at least 340 ms of work, so two reports between first and
		 * last. */
		counts->sleep_ns = 10000000 * (long)threads[i];
		assert_int_equal(trfs_workers_run(threads[i], NR_ITEMS, 300, count,
						  counts, "Counting", &progress, NULL),
				 0);
		assert_int_equal(heard.nr_odd, 0);
		assert_true(heard.nr_reports >= 4);
		assert_int_equal(heard.last_done, NR_ITEMS);
		assert_int_equal(heard.last_total, NR_ITEMS);
		free(counts);
	}
}

static void a_failure_is_not_reported_as_done(void **state)
{
	struct counts *counts = new_counts(2, 10);
	struct heard heard = { .thread = pthread_self() };
	struct trfs_progress progress = { hear, &heard };

	(void)state;
	counts->failing[0] = NR_ITEMS - 1;
	assert_int_equal(trfs_workers_run(2, NR_ITEMS, 10, count, counts, "Counting",
					  &progress, NULL),
			 -EBADMSG);
	assert_true(heard.nr_reports == 0 || heard.last_done < NR_ITEMS);
	free(counts);
}

static void no_items_are_no_work_but_a_beginning_and_an_end(void **state)
{
	struct counts *counts = new_counts(4, 10);
	struct heard heard = { .thread = pthread_self() };
	struct trfs_progress progress = { hear, &heard };

	(void)state;
	assert_int_equal(
		trfs_workers_run(4, 0, 10, count, counts, "Counting", &progress, NULL),
		0);
	assert_int_equal(heard.nr_reports, 2);
	assert_int_equal(counts->calls[0], 0);
	free(counts);
}

/* A stack larger than the address space makes every pthread_create() fail. */
static void without_threads_the_caller_does_it_all(void **state)
{
	struct counts *counts = new_counts(1, 10);
	pthread_attr_t usual, huge;
	int rc;

	(void)state;
	assert_int_equal(pthread_getattr_default_np(&usual), 0);
	assert_int_equal(pthread_attr_init(&huge), 0);
	assert_int_equal(pthread_attr_setstacksize(&huge, (size_t)1 << 48), 0);
	assert_int_equal(pthread_setattr_default_np(&huge), 0);
	rc = trfs_workers_run(4, NR_ITEMS, 10, count, counts, "Counting", NULL, NULL);
	assert_int_equal(pthread_setattr_default_np(&usual), 0);
	pthread_attr_destroy(&huge);
	pthread_attr_destroy(&usual);

	assert_int_equal(rc, 0);
	assert_int_equal(counts->odd, 0);
	assert_int_equal(counts->calls[0], (NR_ITEMS + 9) / 10);
	free(counts);
}

static void the_number_of_threads_is_sane(void **state)
{
	(void)state;
	assert_int_equal(trfs_workers_nr_threads(3), 3);
	assert_int_equal(trfs_workers_nr_threads(1000), 64);
	assert_in_range(trfs_workers_nr_threads(0), 1, 64);
}

static unsigned int nr_used(const struct counts *counts)
{
	unsigned int nr = 0;

	for (size_t i = 0; i < TRFS_COUNT(counts->calls); i++)
		nr += counts->calls[i] > 0;
	return nr;
}

static void work_that_waits_is_given_more_threads(void **state)
{
	struct counts *counts = new_counts(16, 1);

	(void)state;
	counts->sleep_ns = 200000;
	assert_int_equal(
		trfs_workers_run_waiting(1, 16, 2000, 1, count, counts, "x", NULL, NULL),
		0);
	assert_int_equal(counts->odd, 0);
	assert_in_range(nr_used(counts), 8, 16);
	for (uint64_t i = 0; i < 2000; i++)
		assert_int_equal(counts->done[i], 1);
	free(counts);
}

static int compute(void *user, unsigned int worker, uint64_t first, uint64_t end,
		   struct trfs_error *err)
{
	struct counts *counts = user;
	volatile uint64_t sum = 0;

	(void)err;
	atomic_fetch_add(&counts->calls[worker % 64], 1);
	for (uint64_t i = first * 2000; i < end * 2000; i++)
		sum += i;
	return 0;
}

static void work_that_does_not_wait_keeps_its_threads(void **state)
{
	struct counts *counts = new_counts(16, 64);

	(void)state;
	assert_int_equal(trfs_workers_run_waiting(2, 16, NR_ITEMS, 64, compute, counts,
						  "x", NULL, NULL),
			 0);
	assert_in_range(nr_used(counts), 1, 2);
	free(counts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_is_worked_on_once),
		cmocka_unit_test(several_threads_share_the_work),
		cmocka_unit_test(the_lowest_failing_item_gives_the_message),
		cmocka_unit_test(a_failure_stops_the_others),
		cmocka_unit_test(progress_comes_from_the_caller_until_all_is_done),
		cmocka_unit_test(a_failure_is_not_reported_as_done),
		cmocka_unit_test(no_items_are_no_work_but_a_beginning_and_an_end),
		cmocka_unit_test(without_threads_the_caller_does_it_all),
		cmocka_unit_test(the_number_of_threads_is_sane),
		cmocka_unit_test(work_that_waits_is_given_more_threads),
		cmocka_unit_test(work_that_does_not_wait_keeps_its_threads),
	};

	return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
