/* SPDX-License-Identifier: MIT */
/*
 * A function over a range of items on several threads.  Ranges are handed out in
 * ascending order from one counter, and a range once taken is always worked on: so the
 * lowest range that fails is reached whatever the timing, and its error is the one kept.
 */
#include "base/workers.h"
#include "base/clock.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define NR_THREADS_MAX 64
/* What a disk with several queues wants; more gains little on any. */
#define NR_WAITING_WANTED 32
/* A range that slept once in so many of its items waited for a disk. */
#define ITEMS_A_SLEEP	   4
#define REPORT_INTERVAL_MS 100

/**
 * struct work - one call of trfs_workers_run()
 * @next_range: the first range nobody has taken
 * @nr_done: items worked on
 * @stopped: some range failed: take no more
 * @lock: protects the fields below it, and starting threads
 * @workers: @nr_most of them, of which @nr_started were started
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
	bool may_grow;

	pthread_mutex_t lock;
	pthread_cond_t all_ended;
	struct worker *workers;
	unsigned int nr_most;
	unsigned int nr_started;
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
	uint64_t last_ms;
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

unsigned int trfs_workers_nr_waiting(unsigned int wanted)
{
	unsigned int nr = trfs_workers_nr_threads(wanted);

	return wanted == 0 && nr < NR_WAITING_WANTED ? NR_WAITING_WANTED : nr;
}

static void report(struct listener *listener, uint64_t done, uint64_t total)
{
	const struct trfs_progress *progress = listener->progress;

	if (progress && progress->report)
		progress->report(progress->user, listener->what, done, total);
	listener->last_ms = trfs_clock_ms();
}

static bool is_due(const struct listener *listener)
{
	return trfs_clock_ms() - listener->last_ms >= REPORT_INTERVAL_MS;
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

/* How often this thread has gone to sleep of itself, which a disk makes it do. */
static long nr_sleeps(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw : 0;
}

static void *run_worker(void *user);

/* One more, unless there are enough or it cannot be created; @lock is held. */
static bool start_thread(struct work *work)
{
	struct worker *worker = &work->workers[work->nr_started];

	if (work->nr_started == work->nr_most)
		return false;
	*worker = (struct worker){ .work = work, .number = work->nr_started };
	if (pthread_create(&worker->thread, NULL, run_worker, worker)) {
		work->nr_most = work->nr_started;
		return false;
	}
	work->nr_started++;
	work->nr_running++;
	return true;
}

/* Processors are idle while this thread sleeps: give them another one's work. */
static void note_sleeps(struct work *work, long nr)
{
	if (nr < (long)(work->batch / ITEMS_A_SLEEP) || nr == 0)
		return;
	pthread_mutex_lock(&work->lock);
	if (atomic_load(&work->next_range) < work->nr_ranges)
		start_thread(work);
	pthread_mutex_unlock(&work->lock);
}

static void *run_worker(void *user)
{
	struct worker *worker = user;
	struct work *work = worker->work;
	bool may_grow = work->may_grow;
	long before = may_grow ? nr_sleeps() : 0;

	while (work_on_next(work, worker->number)) {
		long now = may_grow ? nr_sleeps() : 0;

		if (may_grow)
			note_sleeps(work, now - before);
		before = now;
	}
	pthread_mutex_lock(&work->lock);
	work->nr_running--;
	if (work->nr_running == 0)
		pthread_cond_signal(&work->all_ended);
	pthread_mutex_unlock(&work->lock);
	return NULL;
}

/* Threads that cannot be created are not missed. */
static void start_threads(struct work *work, unsigned int nr_threads)
{
	/* Held, so that no worker ends before all are counted. */
	pthread_mutex_lock(&work->lock);
	while (work->nr_started < nr_threads && start_thread(work))
		;
	pthread_mutex_unlock(&work->lock);
}

static void wait_for_threads(struct work *work, struct listener *listener)
{
	uint64_t until = trfs_clock_ms() + REPORT_INTERVAL_MS;

	pthread_mutex_lock(&work->lock);
	while (work->nr_running > 0) {
		if (trfs_clock_wait_until(&work->all_ended, &work->lock, until))
			continue;
		/* The listener may be slow; no worker waits for it. */
		pthread_mutex_unlock(&work->lock);
		report(listener, atomic_load(&work->nr_done), work->nr_items);
		until = trfs_clock_ms() + REPORT_INTERVAL_MS;
		pthread_mutex_lock(&work->lock);
	}
	pthread_mutex_unlock(&work->lock);
}

/* False where no thread could be created: nothing was worked on then. */
static bool run_on_threads(struct work *work, unsigned int nr_threads,
			   struct listener *listener)
{
	work->workers = calloc(work->nr_most, sizeof(*work->workers));
	if (!work->workers)
		return false;
	start_threads(work, nr_threads);
	wait_for_threads(work, listener);
	/* None runs, so that none is started any more. */
	for (unsigned int i = 0; i < work->nr_started; i++)
		pthread_join(work->workers[i].thread, NULL);
	free(work->workers);
	return work->nr_started > 0;
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
	pthread_mutex_init(&work->lock, NULL);
	trfs_clock_cond_init(&work->all_ended);
}

int trfs_workers_run(unsigned int nr_threads, uint64_t nr_items, uint64_t batch,
		     trfs_work_fn *fn, void *user, const char *what,
		     const struct trfs_progress *progress, struct trfs_error *err)
{
	return trfs_workers_run_waiting(nr_threads, nr_threads, nr_items, batch, fn, user,
					what, progress, err);
}

int trfs_workers_run_waiting(unsigned int nr_threads, unsigned int nr_most,
			     uint64_t nr_items, uint64_t batch, trfs_work_fn *fn,
			     void *user, const char *what,
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
	work.nr_most = nr_most > nr_threads ? nr_most : nr_threads;
	work.may_grow = nr_most > nr_threads;
	init_lock(&work);
	listener.last_ms = trfs_clock_ms();
	report(&listener, 0, nr_items);

	if ((nr_threads <= 1 && !work.may_grow) ||
	    !run_on_threads(&work, nr_threads, &listener))
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
