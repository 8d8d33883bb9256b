/* SPDX-License-Identifier: MIT */
/*
 * A view that can be read: its plan, its schema, and where its records stand.  The root
 * is the view of no steps and borrows all from its generation.
 *
 * Lengths of records are the generation's (or, with another schema, found when they are
 * first asked for); offsets of a shard of a view are added up when the shard is first
 * asked for, in parallel, and kept for every TRFS_LAYOUT_BLOCK-th record: a quarter of a
 * byte a record, until the view is freed.
 */
#ifndef TRFS_INDEX_VIEW_H
#define TRFS_INDEX_VIEW_H

#include "dataset/view.h"
#include "index/generation.h"

struct trfs_view_layout;

/**
 * struct trfs_view - a view, immutable but for what it remembers
 * @generation: whose; outlives it
 * @catalog: of the generation
 * @options: of the generation; with another schema, as this schema's profile has them
 * @plan: its own, or the generation's for the root
 * @schema: its own, or the generation's
 * @spec: no steps for the root
 * @layout: private to view.c
 */
struct trfs_view {
	const struct trfs_generation *generation;
	const struct trfs_catalog *catalog;
	const struct trfs_options *options;
	const struct trfs_plan *plan;
	const struct trfs_schema *schema;
	struct trfs_view_spec spec;
	struct trfs_view_layout *layout;
};

/* What view paths of a generation are parsed for. */
struct trfs_view_context trfs_generation_view_context(const struct trfs_generation *g);

/**
 * trfs_view_open() - make a view
 * @spec: see trfs_view_path_parse(); NULL for the root
 *
 * Return: 0; -ENOENT when there is no such view, see trfs_view_plan_build(), or its
 *	schema does not suit the data set; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_view_open(const struct trfs_generation *g, const struct trfs_view_spec *spec,
		   struct trfs_view **ret, struct trfs_error *err);
struct trfs_view *trfs_view_free(struct trfs_view *view);
TRFS_DEFINE_FREEP(trfs_view)

/* Bytes of memory that it takes now, without what it shares; about. */
uint64_t trfs_view_memory(const struct trfs_view *view);

/* Whether it is the root, which borrows all. */
static inline bool trfs_view_is_root(const struct trfs_view *view)
{
	return view->spec.nr_steps == 0;
}

/**
 * struct trfs_record_place - one record of a shard
 * @record: number within the shard
 * @example: what it is made from
 * @copy: which augmented copy of it; 0: the example itself
 * @has_copies: there are other records of it
 * @offset: where it starts in the shard, in bytes
 * @size: with framing, in bytes
 */
struct trfs_record_place {
	uint64_t record;
	uint64_t example;
	uint32_t copy;
	bool has_copies;
	uint64_t offset;
	uint64_t size;
};

/**
 * struct trfs_view_cursor - the block of a shard that was looked at last
 * @nr: records in it; 0 before the first look-up, so zero it to start
 *
 * Whoever reads record after record keeps one, so that a block is looked up once.
 */
struct trfs_view_cursor {
	uint32_t shard;
	uint32_t nr;
	uint64_t first;
	uint32_t origins[TRFS_LAYOUT_BLOCK];
	uint64_t offsets[TRFS_LAYOUT_BLOCK + 1];
};

/*
 * All of the below take any number of threads, and a shard that exists.  -ENOMEM; with
 * another schema also what laying out a record fails with.
 */

/* The size of a shard in bytes, exact. */
TRFS_MUST_CHECK
int trfs_view_shard_size(const struct trfs_view *view, uint32_t shard, uint64_t *ret,
			 struct trfs_error *err);

/* Find the sizes of all shards at once, in parallel, so that each is known afterwards. */
TRFS_MUST_CHECK
int trfs_view_find_sizes(const struct trfs_view *view, struct trfs_error *err);

/* The record that holds byte @offset of @shard, which must be less than its size. */
TRFS_MUST_CHECK
int trfs_view_find(const struct trfs_view *view, struct trfs_view_cursor *cursor,
		   uint32_t shard, uint64_t offset, struct trfs_record_place *ret,
		   struct trfs_error *err);

/* Record @record of @shard, which must exist. */
TRFS_MUST_CHECK
int trfs_view_record(const struct trfs_view *view, struct trfs_view_cursor *cursor,
		     uint32_t shard, uint64_t record, struct trfs_record_place *ret,
		     struct trfs_error *err);

/*
 * Where records @first to @first + @nr - 1 of @shard start, and where the last one ends:
 * @nr + 1 offsets from the start of the shard.
 */
TRFS_MUST_CHECK
int trfs_view_offsets(const struct trfs_view *view, uint32_t shard, uint64_t first,
		      size_t nr, uint64_t *ret, struct trfs_error *err);

#endif
