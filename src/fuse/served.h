/* SPDX-License-Identifier: MIT */
/*
 * A generation that is served: what its root and its views show, and the inodes of its
 * root.  After a reload the new one is served; those before stay as long as files of
 * theirs are open.  Only the root directory itself is the same inode in all.
 */
#ifndef TRFS_FUSE_SERVED_H
#define TRFS_FUSE_SERVED_H

#include "base/cache.h"
#include "fuse/shown.h"
#include "stream/read_ahead.h"

/* Memory for views that nobody uses at the moment: as much, and so much for each record
 * of the root, of which a view that chooses records has four bytes. */
#define TRFS_VIEWS_BYTES_MAX	  (UINT64_C(48) << 20)
#define TRFS_VIEWS_BYTES_A_RECORD UINT64_C(8)

/* A shard that is one before, with inode and time: if that changed, the kernel would let
 * go of its pages. */
struct trfs_kept_shard {
	uint64_t inode;
	int64_t mtime_ns;
	uint32_t shard;
};

/**
 * struct trfs_served - one generation
 * @generation: its own
 * @root: what the root shows
 * @views: what other directories show, by the key of their view
 * @number: in the upper half of the inodes of all in the root
 * @kept: shards whose bytes are those of a generation before, by inode
 * @kept_by_shard: place of each shard in @kept, or TRFS_SHARD_NONE
 * @nr_uses, @next: for its owner
 */
struct trfs_served {
	struct trfs_generation *generation;
	struct trfs_stream *stream;
	struct trfs_read_ahead *read_ahead;
	struct trfs_shown *root;
	struct trfs_cache *views;
	struct trfs_shown_owner owner;
	uint32_t number;
	struct trfs_kept_shard *kept;
	uint32_t nr_kept;
	uint32_t *kept_by_shard;
	uint64_t nr_uses;
	struct trfs_served *next;
};

/**
 * trfs_served_new() - prepare to serve a generation
 * @generation: taken over, unless it fails
 * @owner: its time is the least that files have
 * @number: one that no inode has that the kernel may remember
 *
 * Files are as young as the youngest image, manifest or class folder.
 *
 * Return: 0; -EINVAL where names clash; -ENOMEM; the errno of opening the source.
 */
TRFS_MUST_CHECK
int trfs_served_new(struct trfs_generation *generation, struct trfs_shown_owner owner,
		    uint32_t number, struct trfs_served **ret, struct trfs_error *err);
/* Nothing of it may be in use.  Waits for loads, so no thread of its own may call it. */
struct trfs_served *trfs_served_free(struct trfs_served *served);

/*
 * Give shards of @served, which nobody uses yet, the inodes that they have in @before
 * where @same_as says which shard of @before has the same bytes; TRFS_SHARD_NONE: none.
 * -ENOMEM: it has none then.
 */
TRFS_MUST_CHECK
int trfs_served_keep(struct trfs_served *served, const struct trfs_served *before,
		     const uint32_t *same_as);

/* The inode of @local of the root's tree, as the kernel knows it. */
uint64_t trfs_served_inode(const struct trfs_served *served, uint64_t local);

/* Whether files of both have one owner and one mode. */
bool trfs_served_is_alike(const struct trfs_served *a, const struct trfs_served *b);

/* When @local of the root's tree changed last. */
int64_t trfs_served_mtime_ns(const struct trfs_served *served, uint64_t local);

/* Whether @inode is in the root's tree, and where. */
bool trfs_served_find(const struct trfs_served *served, uint64_t inode,
		      uint64_t *ret_local);

/*
 * What the directory of a view shows; @spec without steps: nothing.  Give it back to
 * @served->views.
 */
TRFS_MUST_CHECK
int trfs_served_take_view(struct trfs_served *served, const struct trfs_view_spec *spec,
			  struct trfs_shown **ret, struct trfs_error *err);

/* Forget what was not used since the last time; true where that freed something. */
bool trfs_served_age(struct trfs_served *served);

#endif
