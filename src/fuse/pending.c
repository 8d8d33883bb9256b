/* SPDX-License-Identifier: MIT */
/*
 * Who answers is decided by an atomic exchange of the state; who may still look at a read
 * is counted.  libfuse calls interrupt() under a lock of the request that
 * fuse_req_interrupt_func() takes too: nothing of ours is locked around the latter.
 */
#include "fuse/pending.h"

#include "base/clock.h"
#include "fuse/handle.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#define RETRYING_MAX 8u

void trfs_pending_init(struct trfs_pending *pending,
		       void (*run)(struct trfs_pending_read *read))
{
	*pending = (struct trfs_pending){ .run = run };
	pthread_mutex_init(&pending->lock, NULL);
	pthread_cond_init(&pending->idle, NULL);
}

/* Under the lock. */
static void add(struct trfs_pending *pending, struct trfs_pending_read *read)
{
	read->older = pending->latest;
	if (read->older)
		read->older->newer = read;
	else
		pending->oldest = read;
	pending->latest = read;
	pending->nr++;
}

/* Under the lock. */
static void take_out(struct trfs_pending *pending, struct trfs_pending_read *read)
{
	if (read->older)
		read->older->newer = read->newer;
	else
		pending->oldest = read->newer;
	if (read->newer)
		read->newer->older = read->older;
	else
		pending->latest = read->older;
	pending->nr--;
}

/* One user less. */
static void drop(struct trfs_pending_read *read)
{
	struct trfs_pending *pending = read->all;
	bool is_last;

	pthread_mutex_lock(&pending->lock);
	is_last = --read->nr_users == 0;
	if (is_last)
		take_out(pending, read);
	pthread_mutex_unlock(&pending->lock);
	if (!is_last)
		return;
	trfs_handle_drop(read->handle);
	free(read);
}

static bool change_state(struct trfs_pending_read *read, int from, int to)
{
	bool changed = atomic_compare_exchange_strong(&read->state, &from, to);

	if (changed && to == TRFS_PENDING_ANSWERED)
		atomic_store(&read->answered, true);
	return changed;
}

/* The reader has got a signal, and is told at once, whatever any thread is doing. */
static void interrupt(fuse_req_t req, void *user)
{
	struct trfs_pending_read *read = user;

	if (change_state(read, TRFS_PENDING_ENTERING, TRFS_PENDING_INTERRUPTED) ||
	    !change_state(read, TRFS_PENDING_OPEN, TRFS_PENDING_ANSWERED))
		return;
	fuse_reply_err(req, EINTR);
	drop(read);
}

bool trfs_pending_claim(struct trfs_pending_read *read)
{
	if (!change_state(read, TRFS_PENDING_OPEN, TRFS_PENDING_ANSWERED))
		return false;
	/* Waits for an interrupt() that has come too late. */
	fuse_req_interrupt_func(read->req, NULL, NULL);
	drop(read);
	return true;
}

/* Answering from within fuse_req_interrupt_func() would free what it works on. */
static void enter(struct trfs_pending_read *read)
{
	fuse_req_interrupt_func(read->req, interrupt, read);
	if (change_state(read, TRFS_PENDING_ENTERING, TRFS_PENDING_OPEN))
		return;
	change_state(read, TRFS_PENDING_INTERRUPTED, TRFS_PENDING_ANSWERED);
	fuse_req_interrupt_func(read->req, NULL, NULL);
	fuse_reply_err(read->req, EINTR);
	drop(read);
}

/* Under the lock: whether the kernel asks for that again, and so needs it. */
static bool was_refused(const struct trfs_pending *pending, uint64_t inode,
			uint64_t offset, size_t size)
{
	for (unsigned int i = 0; i < TRFS_REFUSED_AHEAD_MAX; i++) {
		const struct trfs_refused_ahead *r = &pending->refused[i];

		if (r->inode == inode && offset >= r->start && offset + size <= r->end)
			return true;
	}
	return false;
}

void trfs_pending_begin(struct trfs_pending *pending, fuse_req_t req,
			struct trfs_handle *handle, uint64_t inode, uint64_t offset,
			size_t size, bool is_ahead)
{
	struct trfs_pending_read *read = malloc(sizeof(*read));

	if (!read) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	*read = (struct trfs_pending_read){ .all = pending,
					    .req = req,
					    .handle = handle,
					    .inode = inode,
					    .offset = offset,
					    .size = size,
					    .state = TRFS_PENDING_ENTERING,
					    .started_ms = trfs_clock_ms(),
					    .nr_users = 2,
					    .has_thread = true };
	trfs_handle_keep(handle);
	pthread_mutex_lock(&pending->lock);
	read->is_ahead = is_ahead && !was_refused(pending, inode, offset, size);
	add(pending, read);
	pthread_mutex_unlock(&pending->lock);
	enter(read);
	pending->run(read);
}

void trfs_pending_set_aside(struct trfs_pending_read *read)
{
	struct trfs_pending *pending = read->all;

	pthread_mutex_lock(&pending->lock);
	read->has_thread = false;
	read->retry_ms = trfs_clock_ms() + TRFS_PENDING_RETRY_MS;
	pthread_mutex_unlock(&pending->lock);
	drop(read);
}

void trfs_pending_leave(struct trfs_pending_read *read)
{
	drop(read);
}

/* Under the lock. */
static struct trfs_pending_read *take_due(struct trfs_pending *pending)
{
	uint64_t now = trfs_clock_ms();

	for (struct trfs_pending_read *r = pending->oldest; r; r = r->newer) {
		if (r->has_thread || atomic_load(&r->answered) || r->retry_ms > now)
			continue;
		r->has_thread = true;
		r->nr_users++;
		return r;
	}
	return NULL;
}

static void *retry(void *user)
{
	struct trfs_pending *pending = user;
	struct trfs_pending_read *read;

	pthread_mutex_lock(&pending->lock);
	while ((read = take_due(pending))) {
		pthread_mutex_unlock(&pending->lock);
		pending->run(read);
		pthread_mutex_lock(&pending->lock);
	}
	if (--pending->nr_retrying == 0)
		pthread_cond_signal(&pending->idle);
	pthread_mutex_unlock(&pending->lock);
	return NULL;
}

/* Under the lock.  Where no thread can be made, at the next tick. */
static void start_retrying(struct trfs_pending *pending)
{
	sigset_t all, before;
	pthread_t thread;

	if (pending->nr_retrying == RETRYING_MAX)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&thread, NULL, retry, pending) == 0) {
		pthread_detach(thread);
		pending->nr_retrying++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Under the lock: what storage has moved for is due now. */
static void look_for_due(struct trfs_pending *pending, bool has_moved)
{
	uint64_t now = trfs_clock_ms();
	bool any = false;

	for (struct trfs_pending_read *r = pending->oldest; r; r = r->newer) {
		if (r->has_thread || atomic_load(&r->answered))
			continue;
		if (has_moved)
			r->retry_ms = now;
		any |= r->retry_ms <= now;
	}
	if (any)
		start_retrying(pending);
}

/* Under the lock: the oldest read-ahead that has waited too long, kept; or NULL. */
static struct trfs_pending_read *take_ahead(struct trfs_pending *pending)
{
	uint64_t now = trfs_clock_ms();

	for (struct trfs_pending_read *r = pending->oldest;
	     r && now - r->started_ms > TRFS_AHEAD_WAITS_MS; r = r->newer) {
		if (!r->is_ahead || atomic_load(&r->answered))
			continue;
		r->nr_users++;
		r->is_ahead = false;
		pending->refused[pending->next_refused++ % TRFS_REFUSED_AHEAD_MAX] =
			(struct trfs_refused_ahead){ r->inode, r->offset,
						     r->offset + r->size };
		return r;
	}
	return NULL;
}

static void refuse(struct trfs_pending_read *read)
{
	fuse_req_t req = read->req;

	if (trfs_pending_claim(read))
		fuse_reply_err(req, EIO);
	drop(read);
}

void trfs_pending_tick(struct trfs_pending *pending, uint64_t nr_slow_ended)
{
	struct trfs_pending_read *read;

	pthread_mutex_lock(&pending->lock);
	while ((read = take_ahead(pending))) {
		pthread_mutex_unlock(&pending->lock);
		refuse(read);
		pthread_mutex_lock(&pending->lock);
	}
	look_for_due(pending, pending->nr_slow_ended != nr_slow_ended);
	pending->nr_slow_ended = nr_slow_ended;
	pthread_mutex_unlock(&pending->lock);
}

unsigned int trfs_pending_nr_waiting(struct trfs_pending *pending,
				     uint64_t longer_than_ms, unsigned int *ret_nr)
{
	uint64_t now = trfs_clock_ms();
	unsigned int nr = 0;

	pthread_mutex_lock(&pending->lock);
	for (const struct trfs_pending_read *r = pending->oldest;
	     r && now - r->started_ms > longer_than_ms; r = r->newer)
		nr += !atomic_load(&r->answered);
	*ret_nr = pending->nr;
	pthread_mutex_unlock(&pending->lock);
	return nr;
}

/* Under the lock: any that nobody has answered, kept; or NULL. */
static struct trfs_pending_read *take_unanswered(struct trfs_pending *pending)
{
	for (struct trfs_pending_read *r = pending->oldest; r; r = r->newer) {
		if (!atomic_load(&r->answered)) {
			r->nr_users++;
			return r;
		}
	}
	return NULL;
}

void trfs_pending_refuse(struct trfs_pending *pending)
{
	struct trfs_pending_read *read;

	pthread_mutex_lock(&pending->lock);
	while ((read = take_unanswered(pending))) {
		pthread_mutex_unlock(&pending->lock);
		refuse(read);
		pthread_mutex_lock(&pending->lock);
	}
	pthread_mutex_unlock(&pending->lock);
}

void trfs_pending_done(struct trfs_pending *pending)
{
	trfs_pending_refuse(pending);
	pthread_mutex_lock(&pending->lock);
	while (pending->nr_retrying > 0)
		pthread_cond_wait(&pending->idle, &pending->lock);
	pthread_mutex_unlock(&pending->lock);
	pthread_cond_destroy(&pending->idle);
	pthread_mutex_destroy(&pending->lock);
}
