/* SPDX-License-Identifier: MIT */
/*
 * Things that take memory and can be made again, by name: as many as a budget of bytes
 * allows, the longest unused going first, and all of them after a while without use.
 */
#ifndef TRFS_BASE_CACHE_H
#define TRFS_BASE_CACHE_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * struct trfs_cache_kind - what is cached
 * @make: make the thing called @key; *@ret is the cache's; called without any lock, for
 *	one key by one thread at a time
 * @destroy: free it
 * @memory: bytes that it takes now; may grow while it is used
 */
struct trfs_cache_kind {
	int (*make)(void *user, const char *key, const void *argument, void **ret,
		    struct trfs_error *err);
	void (*destroy)(void *user, void *thing);
	uint64_t (*memory)(void *user, const void *thing);
};

struct trfs_cache;

/*
 * @budget: bytes for what nobody uses at the moment; what is in use stays regardless, and
 * what was used last: else, larger than the budget, it would be made for each use.
 */
TRFS_MUST_CHECK
int trfs_cache_new(const struct trfs_cache_kind *kind, void *user, uint64_t budget,
		   struct trfs_cache **ret);
/* Nothing may be in use. */
struct trfs_cache *trfs_cache_free(struct trfs_cache *cache);

/*
 * The thing called @key, made if it is not there (@argument is for make); a second thread
 * that wants it meanwhile waits.  Give it back with trfs_cache_give().  What make fails
 * with, which is not remembered; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_cache_take(struct trfs_cache *cache, const char *key, const void *argument,
		    void **ret, struct trfs_error *err);
void trfs_cache_give(struct trfs_cache *cache, const void *thing);

/*
 * Let go of what was not used since the last call of this: call it every so many seconds
 * and things live for one to two such spans.  Whether there was anything.
 */
bool trfs_cache_age(struct trfs_cache *cache);

/* How many things there are, and their memory when each was last given back. */
void trfs_cache_count(struct trfs_cache *cache, uint64_t *ret_nr, uint64_t *ret_memory);

#endif
