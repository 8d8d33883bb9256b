/* SPDX-License-Identifier: MIT */
/* Views are made by key: two spellings of one view show one thing. */
#include "fuse/served.h"

#include "base/error.h"
#include "fuse/view_nodes.h"
#include "index/same_shards.h"
#include <errno.h>
#include <stdlib.h>

/* The key of what every directory on the way to views shows: nothing. */
#define KEY_PARTIAL "partial"

static int make_shown(void *user, const char *key, const void *argument, void **ret,
		      struct trfs_error *err)
{
	struct trfs_served *served = user;
	struct trfs_shown *shown;
	int rc;

	(void)key;
	rc = trfs_shown_make(served->stream, argument, served->owner, &shown, err);
	if (rc == 0)
		*ret = shown;
	return rc;
}

static void destroy_shown(void *user, void *thing)
{
	(void)user;
	trfs_shown_free(thing);
}

static uint64_t memory_of_shown(void *user, const void *thing)
{
	(void)user;
	return trfs_shown_memory(thing);
}

static int make_parts(struct trfs_served *served, struct trfs_generation *generation,
		      struct trfs_error *err)
{
	static const struct trfs_cache_kind kind = { .make = make_shown,
						     .destroy = destroy_shown,
						     .memory = memory_of_shown };
	static const struct trfs_view_spec root = { .nr_steps = 0 };
	uint64_t budget = TRFS_VIEWS_BYTES_MAX +
			  generation->plan->nr_records * TRFS_VIEWS_BYTES_A_RECORD;
	int rc = trfs_stream_open(generation, &served->stream, err);

	if (rc < 0)
		return rc;
	/* What the kernel keeps of shards is the one copy there should be. */
	trfs_stream_leave_uncached(served->stream);
	trfs_stream_hold_to(served->stream, served->owner.promised);
	if (trfs_read_ahead_new(served->stream, &served->read_ahead) < 0 ||
	    trfs_cache_new(&kind, served, budget, &served->views) < 0)
		return trfs_fail_memory(err, "the mount");
	return trfs_shown_make(served->stream, &root, served->owner, &served->root, err);
}

static int64_t newest_ns(const struct trfs_catalog *catalog)
{
	int64_t newest = catalog->newest_mtime_ns;

	for (uint64_t i = 0; i < catalog->input_paths.nr; i++)
		if (catalog->input_stamps[i].mtime_ns > newest)
			newest = catalog->input_stamps[i].mtime_ns;
	return newest;
}

int trfs_served_new(struct trfs_generation *generation, struct trfs_shown_owner owner,
		    uint32_t number, struct trfs_served **ret, struct trfs_error *err)
{
	struct trfs_served *served = calloc(1, sizeof(*served));
	int rc;

	if (!served)
		return trfs_fail_memory(err, "the mount");
	served->owner = owner;
	if (newest_ns(generation->catalog) > owner.mtime_ns)
		served->owner.mtime_ns = newest_ns(generation->catalog);
	served->number = number;
	rc = make_parts(served, generation, err);
	if (rc < 0) {
		trfs_served_free(served);
		return rc;
	}
	served->generation = generation;
	*ret = served;
	return 0;
}

struct trfs_served *trfs_served_free(struct trfs_served *served)
{
	if (served) {
		trfs_read_ahead_free(served->read_ahead);
		trfs_cache_free(served->views);
		trfs_shown_free(served->root);
		trfs_stream_close(served->stream);
		trfs_generation_free(served->generation);
		free(served->kept);
		free(served->kept_by_shard);
		free(served);
	}
	return NULL;
}

static int compare_kept(const void *a, const void *b)
{
	const struct trfs_kept_shard *left = a, *right = b;

	return left->inode < right->inode ? -1 : left->inode > right->inode;
}

static struct trfs_kept_shard keep_shard(const struct trfs_served *before,
					 uint32_t same_as, uint32_t shard)
{
	uint64_t local = TRFS_INODE_SHARD + (uint64_t)same_as;

	return (struct trfs_kept_shard){ .inode = trfs_served_inode(before, local),
					 .mtime_ns = trfs_served_mtime_ns(before, local),
					 .shard = shard };
}

int trfs_served_keep(struct trfs_served *served, const struct trfs_served *before,
		     const uint32_t *same_as)
{
	uint32_t nr = served->root->tree.nr_shards;
	struct trfs_kept_shard *kept = calloc((size_t)nr + 1, sizeof(*kept));
	uint32_t *by_shard = calloc((size_t)nr + 1, sizeof(*by_shard));
	uint32_t nr_kept = 0;

	if (!kept || !by_shard) {
		free(kept);
		free(by_shard);
		return -ENOMEM;
	}
	for (uint32_t shard = 0; shard < nr; shard++) {
		by_shard[shard] = TRFS_SHARD_NONE;
		if (same_as[shard] != TRFS_SHARD_NONE)
			kept[nr_kept++] = keep_shard(before, same_as[shard], shard);
	}
	qsort(kept, nr_kept, sizeof(*kept), compare_kept);
	for (uint32_t i = 0; i < nr_kept; i++)
		by_shard[kept[i].shard] = i;
	served->kept = kept;
	served->nr_kept = nr_kept;
	served->kept_by_shard = by_shard;
	return 0;
}

/* NULL for what is of this generation. */
static const struct trfs_kept_shard *kept_of(const struct trfs_served *served,
					     uint64_t local)
{
	uint32_t shard;

	if (!served->kept_by_shard ||
	    !trfs_tree_shard(&served->root->tree, local, &shard) ||
	    served->kept_by_shard[shard] == TRFS_SHARD_NONE)
		return NULL;
	return &served->kept[served->kept_by_shard[shard]];
}

uint64_t trfs_served_inode(const struct trfs_served *served, uint64_t local)
{
	const struct trfs_kept_shard *kept = kept_of(served, local);

	if (local == TRFS_INODE_ROOT)
		return TRFS_INODE_ROOT;
	return kept ? kept->inode : trfs_inode_join(served->number, local);
}

int64_t trfs_served_mtime_ns(const struct trfs_served *served, uint64_t local)
{
	const struct trfs_kept_shard *kept = kept_of(served, local);

	return kept ? kept->mtime_ns : served->owner.mtime_ns;
}

bool trfs_served_is_alike(const struct trfs_served *a, const struct trfs_served *b)
{
	return a->owner.uid == b->owner.uid && a->owner.gid == b->owner.gid &&
	       a->owner.mode == b->owner.mode;
}

bool trfs_served_find(const struct trfs_served *served, uint64_t inode,
		      uint64_t *ret_local)
{
	const struct trfs_kept_shard wanted = { .inode = inode };
	const struct trfs_kept_shard *found = NULL;

	*ret_local = trfs_inode_local(inode);
	if (inode == TRFS_INODE_ROOT || trfs_inode_view(inode) == served->number)
		return true;
	if (served->nr_kept > 0)
		found = bsearch(&wanted, served->kept, served->nr_kept,
				sizeof(*served->kept), compare_kept);
	if (found)
		*ret_local = TRFS_INODE_SHARD + (uint64_t)found->shard;
	return found;
}

int trfs_served_take_view(struct trfs_served *served, const struct trfs_view_spec *spec,
			  struct trfs_shown **ret, struct trfs_error *err)
{
	char key[TRFS_VIEW_KEY_MAX] = KEY_PARTIAL;
	bool is_whole = spec->nr_steps > 0;
	void *thing = NULL;
	int rc;

	if (is_whole)
		trfs_view_spec_key(spec, key);
	rc = trfs_cache_take(served->views, key, is_whole ? spec : NULL, &thing, err);
	*ret = thing;
	return rc;
}

bool trfs_served_age(struct trfs_served *served)
{
	bool has_read_ahead = trfs_read_ahead_age(served->read_ahead);

	return trfs_cache_age(served->views) || has_read_ahead;
}
