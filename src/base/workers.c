/* SPDX-License-Identifier: MIT */
/*
 * A function over a range of items on several threads.  Ranges are handed out in
 * ascending order from one counter, and a range once taken is always worked on: so the
 * lowest range that fails is reached whatever the timing, and its error is the one kept.
 */
#include "base/workers.h"
#include "base/error.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define NR_THREADS_MAX	   64
#define REPORT_INTERVAL_NS 100000000

/**
 * struct work - one call of trfs_workers_run()
 * @next_range: the first range nobody has taken
 * @nr_done: items worked on
 * @stopped: some range failed: take no more
 * @lock: protects the fields below it
 * @all_ended: signalled when @nr_running becomes 0
 * @rc, @err: of @failed_range, the lowest that failed so far
 */
struct work {
	uint64_t nr_items;
	uint64_t batch;
	uint64_t nr_ranges;
	trfs_work_fn *fn;
	void *user;

	_Atomic uint64_t next_range;
	_Atomic uint64_t nr_done;
	atomic_bool stopped;

	pthread_mutex_t lock;
	pthread_cond_t all_ended;
	unsigned int nr_running;
	int rc;
	uint64_t failed_range;
	struct trfs_error err;
};

struct worker {
	struct work *work;
	unsigned int number;
	pthread_t thread;
};

/* Who listens, and when it was last told something. */
struct listener {
	const struct trfs_progress *progress;
	const char *what;
	struct timespec last;
};

unsigned int trfs_workers_nr_threads(unsigned int wanted)
{
	unsigned int nr = wanted;
	cpu_set_t cpus;

	if (nr == 0 && sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		nr = (unsigned int)CPU_COUNT(&cpus);
	/* More CPUs than the set has bits for. */
	if (nr == 0)
		nr = NR_THREADS_MAX;
	return nr < NR_THREADS_MAX ? nr : NR_THREADS_MAX;
}

static void report(struct listener *listener, uint64_t done, uint64_t total)
{
	const struct trfs_progress *progress = listener->progress;

	if (progress && progress->report)
		progress->report(progress->user, listener->what, done, total);
	clock_gettime(CLOCK_MONOTONIC, &listener->last);
}

static bool is_due(const struct listener *listener)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - listener->last.tv_sec) * INT64_C(1000000000) +
		       (now.tv_nsec - listener->last.tv_nsec) >=
	       REPORT_INTERVAL_NS;
}

static void note_failure(struct work *work, uint64_t range, int rc,
			 const struct trfs_error *err)
{
	atomic_store(&work->stopped, true);
	pthread_mutex_lock(&work->lock);
	if (work->rc == 0 || range < work->failed_range) {
		work->rc = rc;
		work->failed_range = range;
		work->err = *err;
	}
	pthread_mutex_unlock(&work->lock);
}

/* Take one range and work on it; false when there is none left to take. */
static bool work_on_next(struct work *work, unsigned int worker)
{
	struct trfs_error err = { 0 };
	uint64_t range, first, len;
	int rc;

	if (atomic_load(&work->stopped))
		return false;
	range = atomic_fetch_add(&work->next_range, 1);
	if (range >= work->nr_ranges)
		return false;

	first = range * work->batch;
	len = work->nr_items - first < work->batch ? work->nr_items - first : work->batch;
	rc = work->fn(work->user, worker, first, first + len, &err);
	if (rc < 0)
		note_failure(work, range, rc, &err);
	else
		atomic_fetch_add(&work->nr_done, len);
	return true;
}

static void *run_worker(void *user)
{
	struct worker *worker = user;
	struct work *work = worker->work;

	while (work_on_next(work, worker->number))
		;
	pthread_mutex_lock(&work->lock);
	work->nr_running--;
	if (work->nr_running == 0)
		pthread_cond_signal(&work->all_ended);
	pthread_mutex_unlock(&work->lock);
	return NULL;
}

/* Threads that could be created; those that could not are not missed. */
static unsigned int start_threads(struct work *work, struct worker *workers,
				  unsigned int nr_threads)
{
	unsigned int nr = 0;

	/* Held, so that no worker ends before all are counted. */
	pthread_mutex_lock(&work->lock);
	for (; nr < nr_threads; nr++) {
		workers[nr] = (struct worker){ .work = work, .number = nr };
		if (pthread_create(&workers[nr].thread, NULL, run_worker, &workers[nr]))
			break;
	}
	work->nr_running = nr;
	pthread_mutex_unlock(&work->lock);
	return nr;
}

static struct timespec interval_from_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += REPORT_INTERVAL_NS;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

static void wait_for_threads(struct work *work, struct listener *listener)
{
	struct timespec until = interval_from_now();

	pthread_mutex_lock(&work->lock);
	while (work->nr_running > 0) {
		if (pthread_cond_timedwait(&work->all_ended, &work->lock, &until) !=
		    ETIMEDOUT)
			continue;
		/* The listener may be slow; no worker waits for it. */
		pthread_mutex_unlock(&work->lock);
		report(listener, atomic_load(&work->nr_done), work->nr_items);
		until = interval_from_now();
		pthread_mutex_lock(&work->lock);
	}
	pthread_mutex_unlock(&work->lock);
}

/* False where no thread could be created: nothing was worked on then. */
static bool run_on_threads(struct work *work, unsigned int nr_threads,
			   struct listener *listener)
{
	struct worker *workers = calloc(nr_threads, sizeof(*workers));
	unsigned int nr_started;

	if (!workers)
		return false;
	nr_started = start_threads(work, workers, nr_threads);
	wait_for_threads(work, listener);
	for (unsigned int i = 0; i < nr_started; i++)
		pthread_join(workers[i].thread, NULL);
	free(workers);
	return nr_started > 0;
}

static void run_alone(struct work *work, struct listener *listener)
{
	while (work_on_next(work, 0)) {
		if (is_due(listener))
			report(listener, atomic_load(&work->nr_done), work->nr_items);
	}
}

static void init_lock(struct work *work)
{
	pthread_condattr_t attributes;

	/* None of these can fail: they are given valid arguments and allocate nothing. */
	pthread_mutex_init(&work->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&work->all_ended, &attributes);
	pthread_condattr_destroy(&attributes);
}

int trfs_workers_run(unsigned int nr_threads, uint64_t nr_items, uint64_t batch,
		     trfs_work_fn *fn, void *user, const char *what,
		     const struct trfs_progress *progress, struct trfs_error *err)
{
	struct listener listener = { .progress = progress, .what = what };
	struct work work = {
		.nr_items = nr_items,
		.batch = batch ? batch : 1,
		.fn = fn,
		.user = user,
	};

	work.nr_ranges = nr_items / work.batch + (nr_items % work.batch != 0);
	if (nr_threads > work.nr_ranges)
		nr_threads = (unsigned int)work.nr_ranges;
	init_lock(&work);
	clock_gettime(CLOCK_MONOTONIC, &listener.last);
	report(&listener, 0, nr_items);

	if (nr_threads <= 1 || !run_on_threads(&work, nr_threads, &listener))
		run_alone(&work, &listener);

	pthread_cond_destroy(&work.all_ended);
	pthread_mutex_destroy(&work.lock);
	if (work.rc < 0) {
		if (err)
			*err = work.err;
		return work.rc;
	}
	report(&listener, nr_items, nr_items);
	return 0;
}
