/* SPDX-License-Identifier: MIT */
/*
 * Reads that the kernel waits for.  Storage may not answer for hours, and neither the
 * threads that serve nor whoever reads shall hang on it longer than needed.  So a read
 * belongs to no thread: whoever has its answer first gives it.
 *
 *	being read ---> answered by the thread that reads
 *	    |     ----> answered by an interrupt: a signal of the reader, EINTR
 *	    v
 *	set aside ----> being read again, once storage has moved, or after some seconds
 *
 * What the kernel reads ahead of a reader into its page cache is refused (EIO) after a
 * moment instead of being set aside: it locks pages that others want, and takes one of
 * the few places that the kernel has for such reads.  The kernel then asks for the pages
 * that somebody wants one by one, and these wait.
 */
#ifndef TRFS_FUSE_PENDING_H
#define TRFS_FUSE_PENDING_H

#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct trfs_handle;

/* The kernel's read-ahead waits so long for storage. */
#define TRFS_AHEAD_WAITS_MS UINT64_C(2000)

/* What was set aside is tried again so much later, whether or not storage has moved. */
#define TRFS_PENDING_RETRY_MS UINT64_C(5000)

enum trfs_pending_state {
	TRFS_PENDING_ENTERING,	  /* libfuse is told of it: not to be answered yet */
	TRFS_PENDING_INTERRUPTED, /* meanwhile */
	TRFS_PENDING_OPEN,
	TRFS_PENDING_ANSWERED,
};

/**
 * struct trfs_pending_read - one of them
 * @handle: kept
 * @inode: of the file
 * @is_ahead: the kernel's own idea, see above
 * @answered: somebody has the answer; the same as @state, for who only looks
 * @nr_users: one while it is not answered, and one for each thread that reads
 * @has_thread: somebody reads
 * @retry_ms: when it is tried again, without a thread
 */
struct trfs_pending_read {
	struct trfs_pending *all;
	fuse_req_t req;
	struct trfs_handle *handle;
	uint64_t offset;
	size_t size;
	uint64_t inode;
	bool is_ahead;
	_Atomic int state;
	_Atomic bool answered;
	uint64_t started_ms;
	unsigned int nr_users;
	bool has_thread;
	uint64_t retry_ms;
	struct trfs_pending_read *older;
	struct trfs_pending_read *newer;
};

#define TRFS_REFUSED_AHEAD_MAX 64

/* Bytes of a file that were refused to the kernel's read-ahead. */
struct trfs_refused_ahead {
	uint64_t inode;
	uint64_t start;
	uint64_t end;
};

/**
 * struct trfs_pending - all of them
 * @run: reads and answers, see trfs_pending_begin()
 * @lock: guards what follows
 * @idle: no thread tries again any more
 * @nr_retrying: threads that try again
 * @nr_slow_ended: of source_reads.h, when reads were last tried again for it
 * @refused: the last ones, as the kernel asks again for a part of them
 */
struct trfs_pending {
	void (*run)(struct trfs_pending_read *read);
	pthread_mutex_t lock;
	pthread_cond_t idle;
	struct trfs_pending_read *oldest;
	struct trfs_pending_read *latest;
	unsigned int nr;
	unsigned int nr_retrying;
	uint64_t nr_slow_ended;
	struct trfs_refused_ahead refused[TRFS_REFUSED_AHEAD_MAX];
	unsigned int next_refused;
};

void trfs_pending_init(struct trfs_pending *pending,
		       void (*run)(struct trfs_pending_read *read));
/* Refuse all that are not answered: the mount ends. */
void trfs_pending_refuse(struct trfs_pending *pending);
/* As above; and wait for threads. */
void trfs_pending_done(struct trfs_pending *pending);

/**
 * trfs_pending_begin() - serve a read
 * @inode: of the file
 * @is_ahead: it may be the kernel's read-ahead
 *
 * Calls @run, which has to end with trfs_pending_set_aside(), or with an answer, if
 * trfs_pending_claim() says so, and trfs_pending_leave().  Replies where there is no
 * memory for all that.
 */
void trfs_pending_begin(struct trfs_pending *pending, fuse_req_t req,
			struct trfs_handle *handle, uint64_t inode, uint64_t offset,
			size_t size, bool is_ahead);

/* Whether the caller is to answer, and must; else the request is gone already. */
bool trfs_pending_claim(struct trfs_pending_read *read);

/* It is to be tried again later; replaces trfs_pending_leave(). */
void trfs_pending_set_aside(struct trfs_pending_read *read);

/* The thread is done with it. */
void trfs_pending_leave(struct trfs_pending_read *read);

/* To be called every moment: refuse what was read ahead too long ago, try again what was
 * set aside; @nr_slow_ended: see source_reads.h. */
void trfs_pending_tick(struct trfs_pending *pending, uint64_t nr_slow_ended);

/* Reads that the kernel has waited for longer than that; @ret_nr: of all. */
unsigned int trfs_pending_nr_waiting(struct trfs_pending *pending,
				     uint64_t longer_than_ms, unsigned int *ret_nr);

#endif
