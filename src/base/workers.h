/* SPDX-License-Identifier: MIT */
/* Run a function over 0 .. n-1 on several threads. */
#ifndef TRFS_BASE_WORKERS_H
#define TRFS_BASE_WORKERS_H

#include "base/compiler.h"
#include <stdint.h>
#include <tfrecordfs/progress.h>

/*
 * Work on items [first, end).  @worker is 0 .. nr_threads-1, for scratch memory.
 * A negative errno stops all workers; the error of the lowest failing range wins, so
 * that the message does not depend on timing.
 */
typedef int trfs_work_fn(void *user, unsigned int worker, uint64_t first, uint64_t end,
			 struct trfs_error *err);

/* @wanted, or where that is 0 one per CPU we may run on; at least 1, at most 64. */
unsigned int trfs_workers_nr_threads(unsigned int wanted);

/*
 * How many threads may be needed where these wait for a disk: @wanted, or where that is 0
 * so many that a disk has enough to do; at least trfs_workers_nr_threads(@wanted).
 */
unsigned int trfs_workers_nr_waiting(unsigned int wanted);

/**
 * trfs_workers_run() - call @fn for ranges of at most @batch items on @nr_threads threads
 *
 * Progress is reported from the calling thread only, about ten times a second and at
 * the end.  Where threads cannot be created the calling thread does all the work.
 */
TRFS_MUST_CHECK
int trfs_workers_run(unsigned int nr_threads, uint64_t nr_items, uint64_t batch,
		     trfs_work_fn *fn, void *user, const char *what,
		     const struct trfs_progress *progress, struct trfs_error *err);

/*
 * The same for work that may wait for a disk: begins with @nr_threads, and each range
 * that was mostly waited for adds one, up to @nr_most.  Where all is in memory none is
 * added.
 */
TRFS_MUST_CHECK
int trfs_workers_run_waiting(unsigned int nr_threads, unsigned int nr_most,
			     uint64_t nr_items, uint64_t batch, trfs_work_fn *fn,
			     void *user, const char *what,
			     const struct trfs_progress *progress,
			     struct trfs_error *err);

#endif
