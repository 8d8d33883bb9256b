/* SPDX-License-Identifier: MIT */
/*
 * A shard of a view is a walk through the generation's lengths in an order of its own.
 * It is taken once, by several threads where it is long, and what it finds (the start of
 * each block and the size) is published with one store: who comes second and did the
 * same work throws his own away.
 */
#include "index/view_layout.h"

#include "base/error.h"
#include "base/workers.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Shards of fewer records are walked by the thread that asks. */
#define RECORDS_PARALLEL 65536u
/* Blocks a thread takes at once, and of these measures side by side: so many that the
 * processor has other lengths to fetch while it waits for memory. */
#define BLOCKS_BATCH	256u
#define BLOCKS_ABREAST	8u
#define RECORDS_ABREAST (BLOCKS_ABREAST * TRFS_LAYOUT_BLOCK)

/**
 * struct trfs_view_layout - what is known so far
 * @starts: of each shard its blocks' starts and, behind them, its size; NULL: unknown
 * @record_sizes: with a schema of the view's own: by trfs_layout_size_number(), 0 where
 *	unknown; else NULL
 * @memory: bytes behind both
 */
struct trfs_view_layout {
	uint32_t nr_shards;
	_Atomic(uint64_t *) *starts;
	_Atomic uint32_t *record_sizes;
	_Atomic uint64_t memory;
};

static uint64_t nr_blocks_of(const struct trfs_view *view, uint32_t shard)
{
	uint64_t nr = trfs_plan_shard_range(view->plan, shard).nr_records;

	return (nr + TRFS_LAYOUT_BLOCK - 1) / TRFS_LAYOUT_BLOCK;
}

int trfs_view_layout_new(const struct trfs_view *view, struct trfs_view_layout **ret)
{
	struct trfs_view_layout *layout = calloc(1, sizeof(*layout));
	size_t nr_shards = view->plan->nr_shards;
	size_t nr =
		view->plan->copies ? view->plan->nr_ordered : view->catalog->nr_examples;

	if (!layout)
		return -ENOMEM;
	*ret = layout;
	if (trfs_view_is_root(view))
		return 0;
	layout->nr_shards = (uint32_t)nr_shards;
	layout->starts = calloc(nr_shards + 1, sizeof(*layout->starts));
	layout->memory = (nr_shards + 1) * sizeof(*layout->starts);
	if (layout->starts && view->schema != view->generation->schema) {
		layout->record_sizes = calloc(nr + 1, sizeof(*layout->record_sizes));
		layout->memory += (nr + 1) * sizeof(*layout->record_sizes);
		if (!layout->record_sizes)
			return -ENOMEM;
	}
	return layout->starts ? 0 : -ENOMEM;
}

void trfs_view_layout_free(struct trfs_view_layout *layout)
{
	if (!layout)
		return;
	for (uint32_t i = 0; layout->starts && i < layout->nr_shards; i++)
		free(atomic_load_explicit(&layout->starts[i], memory_order_relaxed));
	free(layout->starts);
	free(layout->record_sizes);
	free(layout);
}

uint64_t trfs_view_layout_memory(const struct trfs_view_layout *layout)
{
	return sizeof(*layout) +
	       atomic_load_explicit(&layout->memory, memory_order_relaxed);
}

/* Lay the root's record @origin out by the view's own schema. */
static int measure(const struct trfs_view *view, struct trfs_example_builder *builder,
		   uint64_t origin, uint32_t *ret, struct trfs_error *err)
{
	const struct trfs_plan *plan = view->plan;
	int rc;

	builder->has_copies = trfs_plan_has_copies(plan, origin);
	rc = trfs_example_builder_layout(builder, trfs_plan_example(plan, origin),
					 trfs_plan_copy(plan, origin), err);
	/* At most 2^31 + 15: trfs_record_layout() refuses longer ones. */
	if (rc == 0)
		*ret = (uint32_t)builder->record.len;
	return rc;
}

/* Lengths by the view's own schema; those that are not known yet are made. */
static int find_own_sizes(const struct trfs_view *view,
			  struct trfs_example_builder *builder, const uint32_t *origins,
			  uint32_t nr, uint32_t *ret, struct trfs_error *err)
{
	_Atomic uint32_t *known = view->layout->record_sizes;
	struct trfs_example_builder own = { .schema = NULL };
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < nr; i++) {
		_Atomic uint32_t *place =
			&known[trfs_layout_size_number(view->plan, origins[i])];

		ret[i] = atomic_load_explicit(place, memory_order_relaxed);
		if (ret[i] > 0)
			continue;
		if (!builder) {
			rc = trfs_example_builder_init(&own, view->schema, view->catalog);
			if (rc < 0)
				return trfs_fail_memory(err, "laying out a record");
			builder = &own;
		}
		rc = measure(view, builder, origins[i], &ret[i], err);
		atomic_store_explicit(place, rc == 0 ? ret[i] : 0, memory_order_relaxed);
	}
	if (own.schema)
		trfs_example_builder_done(&own);
	return rc;
}

/*
 * The next two begin to fetch for all records what they will read for each: a permuted
 * view's are anywhere in columns of gigabytes, and to wait for one after the other takes
 * twice as long.  Each loop's addresses are what the one before it fetched.
 */
static int own_sizes(const struct trfs_view *view, struct trfs_example_builder *builder,
		     const uint32_t *origins, uint32_t nr, uint32_t *ret,
		     struct trfs_error *err)
{
	const _Atomic uint32_t *known = view->layout->record_sizes;
	const struct trfs_catalog *catalog = view->catalog;
	const struct trfs_plan *plan = view->plan;

	for (uint32_t i = 0; i < nr; i++)
		__builtin_prefetch(&plan->order[origins[i]]);
	for (uint32_t i = 0; i < nr; i++) {
		uint64_t example = trfs_plan_example(plan, origins[i]);

		__builtin_prefetch(
			(const void *)&known[trfs_layout_size_number(plan, origins[i])]);
		__builtin_prefetch(&catalog->examples[example]);
		__builtin_prefetch(trfs_numbers_at(&catalog->labels, example));
		__builtin_prefetch(&catalog->names.starts[example / TRFS_NAMES_BLOCK]);
	}
	for (uint32_t i = 0; i < nr; i++)
		trfs_names_prefetch(&catalog->names, trfs_plan_example(plan, origins[i]));
	return find_own_sizes(view, builder, origins, nr, ret, err);
}

static void common_sizes(const struct trfs_view *view, const uint32_t *origins,
			 uint32_t nr, uint32_t *ret)
{
	const struct trfs_layout *layout = view->generation->layout;

	for (uint32_t i = 0; i < nr; i++)
		__builtin_prefetch(&view->plan->order[origins[i]]);
	for (uint32_t i = 0; i < nr; i++) {
		ret[i] = (uint32_t)trfs_layout_size_number(view->plan, origins[i]);
		__builtin_prefetch(&layout->record_sizes[ret[i]]);
	}
	for (uint32_t i = 0; i < nr; i++)
		ret[i] = trfs_layout_size(layout, ret[i]);
}

int trfs_view_record_sizes(const struct trfs_view *view,
			   struct trfs_example_builder *builder, const uint32_t *origins,
			   uint32_t nr, uint32_t *ret, struct trfs_error *err)
{
	if (view->layout->record_sizes)
		return own_sizes(view, builder, origins, nr, ret, err);
	common_sizes(view, origins, nr, ret);
	return 0;
}

/**
 * struct walk - through the records of one shard
 * @blocks: receives the length of each block
 * @builders: one a worker, of the view's own schema; NULL without one
 */
struct walk {
	const struct trfs_view *view;
	struct trfs_shard_range range;
	uint64_t *blocks;
	struct trfs_example_builder *builders;
};

/* The lengths of blocks @first to @end - 1, no more than BLOCKS_ABREAST. */
static int walk_abreast(const struct walk *w, struct trfs_example_builder *builder,
			uint64_t first, uint64_t end, struct trfs_error *err)
{
	uint64_t record = first * TRFS_LAYOUT_BLOCK;
	uint64_t most = (end - first) * TRFS_LAYOUT_BLOCK;
	uint64_t left = w->range.nr_records - record;
	uint32_t nr = (uint32_t)(left < most ? left : most);
	uint32_t origins[RECORDS_ABREAST], sizes[RECORDS_ABREAST];
	int rc;

	trfs_plan_origins(w->view->plan, w->range.first + record, nr, origins);
	rc = trfs_view_record_sizes(w->view, builder, origins, nr, sizes, err);
	if (rc < 0)
		return rc;
	for (uint64_t block = first; block < end; block++)
		w->blocks[block] = 0;
	for (uint32_t i = 0; i < nr; i++)
		w->blocks[first + i / TRFS_LAYOUT_BLOCK] += sizes[i];
	return 0;
}

static int walk_blocks(void *user, unsigned int worker, uint64_t first, uint64_t end,
		       struct trfs_error *err)
{
	const struct walk *w = user;
	struct trfs_example_builder *builder = w->builders ? &w->builders[worker] : NULL;
	int rc = 0;

	while (rc == 0 && first < end) {
		uint64_t nr = end - first < BLOCKS_ABREAST ? end - first : BLOCKS_ABREAST;

		rc = walk_abreast(w, builder, first, first + nr, err);
		first += nr;
	}
	return rc;
}

static int init_builders(struct walk *w, unsigned int nr, struct trfs_error *err)
{
	if (!w->view->layout->record_sizes)
		return 0;
	w->builders = calloc(nr, sizeof(*w->builders));
	if (!w->builders)
		return trfs_fail_memory(err, "laying out records");
	for (unsigned int i = 0; i < nr; i++)
		if (trfs_example_builder_init(&w->builders[i], w->view->schema,
					      w->view->catalog) < 0)
			return trfs_fail_memory(err, "laying out records");
	return 0;
}

static void done_builders(struct walk *w, unsigned int nr)
{
	for (unsigned int i = 0; w->builders && i < nr; i++)
		if (w->builders[i].schema)
			trfs_example_builder_done(&w->builders[i]);
	free(w->builders);
}

/* The lengths of all blocks of @shard, by one thread or by several. */
static int measure_blocks(const struct trfs_view *view, uint32_t shard, uint64_t *blocks,
			  bool alone, struct trfs_error *err)
{
	struct walk w = { .view = view,
			  .range = trfs_plan_shard_range(view->plan, shard),
			  .blocks = blocks };
	bool parallel = !alone && w.range.nr_records >= RECORDS_PARALLEL;
	unsigned int nr_threads =
		parallel ? trfs_workers_nr_threads(view->options->threads) : 1;
	uint64_t nr_blocks = nr_blocks_of(view, shard);
	int rc = init_builders(&w, nr_threads, err);

	if (rc == 0 && parallel)
		rc = trfs_workers_run(nr_threads, nr_blocks, BLOCKS_BATCH, walk_blocks,
				      &w, "Adding up a shard", NULL, err);
	else if (rc == 0)
		rc = walk_blocks(&w, 0, 0, nr_blocks, err);
	done_builders(&w, nr_threads);
	return rc;
}

/* Lengths become starts; the place behind the last block gets the size. */
static void add_up(uint64_t *blocks, uint64_t nr_blocks)
{
	uint64_t at = 0;

	for (uint64_t i = 0; i < nr_blocks; i++) {
		uint64_t len = blocks[i];

		blocks[i] = at;
		at += len;
	}
	blocks[nr_blocks] = at;
}

static int find_starts(const struct trfs_view *view, uint32_t shard, bool alone,
		       const uint64_t **ret, struct trfs_error *err)
{
	struct trfs_view_layout *layout = view->layout;
	uint64_t nr_blocks = nr_blocks_of(view, shard);
	uint64_t *found =
		atomic_load_explicit(&layout->starts[shard], memory_order_acquire);
	uint64_t *mine;
	int rc;

	*ret = found;
	if (found)
		return 0;
	mine = malloc(((size_t)nr_blocks + 1) * sizeof(*mine));
	if (!mine)
		return trfs_fail_memory(err, "the offsets of a shard");
	rc = measure_blocks(view, shard, mine, alone, err);
	if (trfs_generation_check(view->generation, err) < 0)
		rc = -EIO;
	if (rc < 0) {
		free(mine);
		return rc;
	}
	add_up(mine, nr_blocks);
	if (!atomic_compare_exchange_strong(&layout->starts[shard], &found, mine)) {
		free(mine);
		*ret = found;
		return 0;
	}
	atomic_fetch_add_explicit(&layout->memory, (nr_blocks + 1) * sizeof(*mine),
				  memory_order_relaxed);
	*ret = mine;
	return 0;
}

int trfs_view_block_starts(const struct trfs_view *view, uint32_t shard,
			   const uint64_t **ret, struct trfs_error *err)
{
	const struct trfs_layout *layout = view->generation->layout;

	if (!trfs_view_is_root(view))
		return find_starts(view, shard, false, ret, err);
	*ret = layout->block_offsets + layout->first_blocks[shard];
	if (!trfs_guard_sound(layout->guard, *ret,
			      nr_blocks_of(view, shard) * sizeof(**ret)))
		return trfs_fail(err, -EIO, "%s", TRFS_GUARD_DAMAGED);
	return 0;
}

int trfs_view_shard_size(const struct trfs_view *view, uint32_t shard, uint64_t *ret,
			 struct trfs_error *err)
{
	const uint64_t *starts;
	int rc;

	if (trfs_view_is_root(view)) {
		*ret = view->generation->layout->shard_sizes[shard];
		return 0;
	}
	rc = find_starts(view, shard, false, &starts, err);
	if (rc == 0)
		*ret = starts[nr_blocks_of(view, shard)];
	return rc;
}

static int find_some_starts(void *user, unsigned int worker, uint64_t first, uint64_t end,
			    struct trfs_error *err)
{
	const struct trfs_view *view = user;
	const uint64_t *unused;
	int rc = 0;

	(void)worker;
	for (uint64_t shard = first; rc == 0 && shard < end; shard++)
		rc = find_starts(view, (uint32_t)shard, true, &unused, err);
	return rc;
}

int trfs_view_find_sizes(const struct trfs_view *view, struct trfs_error *err)
{
	uint32_t nr = view->plan->nr_shards;
	unsigned int nr_threads = trfs_workers_nr_threads(view->options->threads);
	uint64_t size;
	int rc = 0;

	if (trfs_view_is_root(view))
		return 0;
	/* Enough shards for every thread: a shard a thread; else all threads to each. */
	if (nr >= 2 * nr_threads && view->plan->nr_records >= RECORDS_PARALLEL)
		return trfs_workers_run(nr_threads, nr, 1, find_some_starts, (void *)view,
					"Adding up shards", NULL, err);
	for (uint32_t shard = 0; rc == 0 && shard < nr; shard++)
		rc = trfs_view_shard_size(view, shard, &size, err);
	return rc;
}
