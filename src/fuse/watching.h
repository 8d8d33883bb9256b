/* SPDX-License-Identifier: MIT */
/* When a source that changes has been quiet for long enough to be looked at again. */
#ifndef TRFS_FUSE_WATCHING_H
#define TRFS_FUSE_WATCHING_H

#include "base/watch.h"
#include "index/generation.h"

/**
 * struct trfs_watching - of one thread
 * @watch: NULL: nothing is watched
 * @changed_first, @changed_last: in ms of the clock; 0: nothing was since it was due
 */
struct trfs_watching {
	struct trfs_watch *watch;
	uint64_t changed_first, changed_last;
};

/*
 * Watch the source, and the manifest and its like where they are elsewhere.  -ENOSPC or
 * another errno where not all of it can be watched; what can, is.
 */
TRFS_MUST_CHECK
int trfs_watching_start(struct trfs_watching *watching, const struct trfs_generation *g);
void trfs_watching_stop(struct trfs_watching *watching);

/* For poll(): -1 where nothing is watched. */
int trfs_watching_fd(const struct trfs_watching *watching);

/* For poll(): how long to wait; -1: until something happens. */
int trfs_watching_ms_left(const struct trfs_watching *watching);

/* Take note of what happened; true once for all of it, when it has been quiet since. */
bool trfs_watching_is_due(struct trfs_watching *watching);

#endif
