/* SPDX-License-Identifier: MIT */
/*
 * The reads of source files that are under way.  Storage may take for ever to answer, and
 * whoever waits for it can do nothing else.  So a file that has not answered for a second
 * is not asked a second time: who wants it is told so at once, and comes back later.
 */
#ifndef TRFS_DATASET_SOURCE_READS_H
#define TRFS_DATASET_SOURCE_READS_H

#include "base/buffer.h"
#include "dataset/source_file.h"
#include <pthread.h>
#include <stdatomic.h>

/* A read that takes longer is slow. */
#define TRFS_SLOW_READ_MS UINT64_C(1000)

/* So many read one file at a time, and so many at all, which is fewer than there are
 * threads; others wait for one of them, a second at most. */
#define TRFS_READS_A_FILE_MAX 2u
#define TRFS_READS_MAX	      112u

/* What trfs_source_reads_begin() says of a file that has to be waited for. */
#define TRFS_READ_LATER (-EINPROGRESS)

/**
 * struct trfs_source_reading - one of them, on its thread's stack
 * @is_slow: it was found to be
 * @was_told: see trfs_source_reads_next_stuck()
 */
struct trfs_source_reading {
	struct trfs_source_file file;
	uint64_t started_ms;
	bool is_slow;
	bool was_told;
	struct trfs_source_reading *older;
	struct trfs_source_reading *newer;
};

/**
 * struct trfs_source_watch - who is told of reads when they are over
 * @failed: a file could not be opened or read
 * @answered: a read that was told of as stuck is over
 * @succeeded: what was asked of it was read; called only while @wants_successes
 */
struct trfs_source_watch {
	void (*failed)(void *user, const struct trfs_source_file *file,
		       const struct trfs_error *err);
	void (*answered)(void *user, const struct trfs_source_file *file, uint64_t ms);
	void (*succeeded)(void *user, const struct trfs_source_file *file);
	_Atomic bool wants_successes;
	void *user;
};

/**
 * struct trfs_source_reads - all of them
 * @lock: guards what follows
 * @changed: a read is over
 * @oldest, @latest: in the order in which they began; @nr of them
 * @nr_slow_ended: slow reads that are over
 */
struct trfs_source_reads {
	struct trfs_source_watch *watch;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct trfs_source_reading *oldest;
	struct trfs_source_reading *latest;
	unsigned int nr;
	uint64_t nr_slow_ended;
};

/* @watch must outlive it. */
void trfs_source_reads_init(struct trfs_source_reads *reads,
			    struct trfs_source_watch *watch);
void trfs_source_reads_done(struct trfs_source_reads *reads);

/**
 * trfs_source_reads_begin() - a file is about to be opened or read
 * @reads: NULL: nobody watches
 *
 * End with trfs_source_reads_end().
 *
 * Return: 0; TRFS_READ_LATER where it has to be waited for: nothing has begun then.
 */
TRFS_MUST_CHECK
int trfs_source_reads_begin(struct trfs_source_reads *reads,
			    struct trfs_source_reading *reading,
			    const struct trfs_source_file *file, struct trfs_error *err);

/* @rc: how it went; @err says why not.  @is_whole: what was asked for has been read. */
void trfs_source_reads_end(struct trfs_source_reads *reads,
			   struct trfs_source_reading *reading, int rc, bool is_whole,
			   const struct trfs_error *err);

/* Slow reads that are over by now: while this stays as it is, so do those that wait. */
uint64_t trfs_source_reads_nr_slow_ended(struct trfs_source_reads *reads);

/**
 * struct trfs_stuck_reads - those that take longer than some time
 * @oldest_ms: how long the oldest of them takes; 0 without any
 */
struct trfs_stuck_reads {
	unsigned int nr;
	uint64_t oldest_ms;
};

struct trfs_stuck_reads trfs_source_reads_stuck(struct trfs_source_reads *reads,
						uint64_t longer_than_ms);

/*
 * Append the path of the oldest read that takes longer, and was not asked for before;
 * false where there is none.  @ret_ms: how long it takes.
 */
bool trfs_source_reads_next_stuck(struct trfs_source_reads *reads,
				  uint64_t longer_than_ms, struct trfs_buffer *path,
				  uint64_t *ret_ms);

/* Call @each with the path of every read that takes longer, the oldest first. */
void trfs_source_reads_each_stuck(
	struct trfs_source_reads *reads, uint64_t longer_than_ms,
	void (*each)(void *user, struct trfs_bytes path, uint64_t ms), void *user);

#endif
