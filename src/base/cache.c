/* SPDX-License-Identifier: MIT */
/*
 * A list in the order of last use, under one lock that is never held while something is
 * made or destroyed.  There are few things at a time, each of them costly, so that a walk
 * along the list is the look-up.
 */
#include "base/cache.h"

#include "base/error.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct item - one thing, or one in the making
 * @thing: NULL while it is made
 * @memory: when it was last given back
 * @nr_users: who took it, or waits for it
 * @is_old: not used since trfs_cache_age()
 */
struct item {
	struct item *newer, *older;
	char *key;
	void *thing;
	uint64_t memory;
	unsigned int nr_users;
	bool is_old;
};

/**
 * struct trfs_cache - all items
 * @ends: a ring: its newer is the oldest item, its older the newest one
 * @unused: bytes of the items that nobody uses
 */
struct trfs_cache {
	struct trfs_cache_kind kind;
	void *user;
	uint64_t budget;
	pthread_mutex_t lock;
	pthread_cond_t made;
	struct item ends;
	uint64_t unused;
};

int trfs_cache_new(const struct trfs_cache_kind *kind, void *user, uint64_t budget,
		   struct trfs_cache **ret)
{
	struct trfs_cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		return -ENOMEM;
	cache->kind = *kind;
	cache->user = user;
	cache->budget = budget;
	cache->ends.newer = cache->ends.older = &cache->ends;
	pthread_mutex_init(&cache->lock, NULL);
	pthread_cond_init(&cache->made, NULL);
	*ret = cache;
	return 0;
}

static void unlink_item(struct item *item)
{
	item->newer->older = item->older;
	item->older->newer = item->newer;
}

static void link_newest(struct trfs_cache *cache, struct item *item)
{
	item->newer = &cache->ends;
	item->older = cache->ends.older;
	item->older->newer = item;
	cache->ends.older = item;
}

/* Without the lock, as it may take long; the item is in the list no more. */
static void destroy(struct trfs_cache *cache, struct item *item)
{
	if (item->thing)
		cache->kind.destroy(cache->user, item->thing);
	free(item->key);
	free(item);
}

static void destroy_chain(struct trfs_cache *cache, struct item *chain)
{
	while (chain) {
		struct item *item = chain;

		chain = item->newer;
		destroy(cache, item);
	}
}

struct trfs_cache *trfs_cache_free(struct trfs_cache *cache)
{
	if (cache) {
		while (cache->ends.newer != &cache->ends) {
			struct item *item = cache->ends.newer;

			unlink_item(item);
			destroy(cache, item);
		}
		pthread_cond_destroy(&cache->made);
		pthread_mutex_destroy(&cache->lock);
		free(cache);
	}
	return NULL;
}

static struct item *find(struct trfs_cache *cache, const char *key)
{
	struct item *item = cache->ends.older;

	while (item != &cache->ends && strcmp(item->key, key) != 0)
		item = item->older;
	return item == &cache->ends ? NULL : item;
}

/* Take unused items but the newest out of the list, the oldest first, until they fit the
 * budget. */
static struct item *take_surplus(struct trfs_cache *cache)
{
	struct item *item = cache->ends.newer, *chain = NULL;

	while (item != cache->ends.older && cache->unused > cache->budget) {
		struct item *next = item->newer;

		if (item->nr_users == 0) {
			cache->unused -= item->memory;
			unlink_item(item);
			item->newer = chain;
			chain = item;
		}
		item = next;
	}
	return chain;
}

/* The caller holds the lock, and one use of @item, which this ends. */
static struct item *drop_use(struct trfs_cache *cache, struct item *item)
{
	if (--item->nr_users > 0)
		return NULL;
	item->memory = cache->kind.memory(cache->user, item->thing);
	cache->unused += item->memory;
	return take_surplus(cache);
}

static struct item *add(struct trfs_cache *cache, const char *key)
{
	struct item *item = calloc(1, sizeof(*item));

	if (!item)
		return NULL;
	item->key = strdup(key);
	if (!item->key) {
		free(item);
		return NULL;
	}
	item->nr_users = 1;
	link_newest(cache, item);
	return item;
}

/* Make the thing of @item, which the caller just added; the lock is held but for that. */
static int make(struct trfs_cache *cache, struct item *item, const void *argument,
		void **ret, struct trfs_error *err)
{
	void *thing = NULL;
	int rc;

	pthread_mutex_unlock(&cache->lock);
	rc = cache->kind.make(cache->user, item->key, argument, &thing, err);
	pthread_mutex_lock(&cache->lock);
	if (rc < 0)
		unlink_item(item);
	else
		*ret = item->thing = thing;
	/* Who waits for it finds it, or tries by himself and has his own error. */
	pthread_cond_broadcast(&cache->made);
	pthread_mutex_unlock(&cache->lock);
	if (rc < 0)
		destroy(cache, item);
	return rc;
}

int trfs_cache_take(struct trfs_cache *cache, const char *key, const void *argument,
		    void **ret, struct trfs_error *err)
{
	struct item *item;

	pthread_mutex_lock(&cache->lock);
	while ((item = find(cache, key)) != NULL && !item->thing)
		pthread_cond_wait(&cache->made, &cache->lock);
	if (!item) {
		item = add(cache, key);
		if (item)
			return make(cache, item, argument, ret, err);
		pthread_mutex_unlock(&cache->lock);
		return trfs_fail_memory(err, "a cache");
	}
	if (item->nr_users++ == 0)
		cache->unused -= item->memory;
	item->is_old = false;
	unlink_item(item);
	link_newest(cache, item);
	*ret = item->thing;
	pthread_mutex_unlock(&cache->lock);
	return 0;
}

void trfs_cache_give(struct trfs_cache *cache, const void *thing)
{
	struct item *item, *chain = NULL;

	pthread_mutex_lock(&cache->lock);
	for (item = cache->ends.older; item != &cache->ends; item = item->older) {
		if (item->thing == thing) {
			chain = drop_use(cache, item);
			break;
		}
	}
	pthread_mutex_unlock(&cache->lock);
	destroy_chain(cache, chain);
}

bool trfs_cache_age(struct trfs_cache *cache)
{
	struct item *chain = NULL;
	bool any;

	pthread_mutex_lock(&cache->lock);
	for (struct item *item = cache->ends.newer, *next; item != &cache->ends;
	     item = next) {
		next = item->newer;
		if (item->nr_users == 0 && item->is_old) {
			cache->unused -= item->memory;
			unlink_item(item);
			item->newer = chain;
			chain = item;
		}
		item->is_old = true;
	}
	pthread_mutex_unlock(&cache->lock);
	any = chain != NULL;
	destroy_chain(cache, chain);
	return any;
}

void trfs_cache_count(struct trfs_cache *cache, uint64_t *ret_nr, uint64_t *ret_memory)
{
	*ret_nr = 0;
	*ret_memory = 0;
	pthread_mutex_lock(&cache->lock);
	for (const struct item *item = cache->ends.newer; item != &cache->ends;
	     item = item->newer) {
		++*ret_nr;
		*ret_memory += item->memory;
	}
	pthread_mutex_unlock(&cache->lock);
}
