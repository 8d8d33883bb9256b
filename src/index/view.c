/* SPDX-License-Identifier: MIT */
/* Making views, and looking up records in them; view_layout.c finds the offsets. */
#include "index/view.h"

#include "base/error.h"
#include "index/view_layout.h"
#include "index/view_schema.h"
#include <errno.h>
#include <stdlib.h>

struct trfs_view_context trfs_generation_view_context(const struct trfs_generation *g)
{
	return (struct trfs_view_context){ .catalog = g->catalog,
					   .plan = g->plan,
					   .options = &g->options };
}

static uint64_t record_size(void *user, uint64_t record)
{
	const struct trfs_generation *g = user;

	return trfs_layout_size(g->layout, trfs_layout_size_number(g->plan, record));
}

static int open_view(struct trfs_view *view, const struct trfs_view_spec *spec,
		     struct trfs_error *err)
{
	const struct trfs_generation *g = view->generation;
	struct trfs_view_context context = trfs_generation_view_context(g);
	const char *schema = trfs_view_spec_schema(spec);
	struct trfs_plan *plan = NULL;
	int rc = trfs_view_plan_build(&context, spec, record_size, (void *)g, &plan, err);

	if (rc < 0)
		return rc;
	view->spec = *spec;
	view->plan = plan;
	return schema ? trfs_view_schema_load(view, schema, err) : 0;
}

int trfs_view_open(const struct trfs_generation *g, const struct trfs_view_spec *spec,
		   struct trfs_view **ret, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_view_freep) struct trfs_view *view = calloc(1, sizeof(*view));
	int rc = 0;

	if (!view)
		return trfs_fail_memory(err, "a view");
	view->generation = g;
	view->catalog = g->catalog;
	view->options = &g->options;
	view->plan = g->plan;
	view->schema = g->schema;
	if (spec && spec->nr_steps > 0)
		rc = open_view(view, spec, err);
	if (rc == 0)
		rc = trfs_view_layout_new(view, &view->layout);
	if (trfs_generation_check(g, err) < 0)
		return -EIO;
	if (rc == -ENOMEM)
		return trfs_fail_memory(err, "a view");
	if (rc == 0)
		*ret = TRFS_STEAL(view);
	return rc;
}

struct trfs_view *trfs_view_free(struct trfs_view *view)
{
	if (view) {
		const struct trfs_generation *g = view->generation;

		trfs_view_layout_free(view->layout);
		if (view->plan != g->plan)
			trfs_plan_free((struct trfs_plan *)view->plan);
		trfs_view_schema_done(view);
		free(view);
	}
	return NULL;
}

static uint64_t plan_memory(const struct trfs_plan *plan)
{
	uint64_t memory =
		sizeof(*plan) +
		((uint64_t)plan->nr_shards + 1) * sizeof(*plan->shard_starts) +
		plan->nr_splits * (sizeof(*plan->splits) + sizeof(*plan->sources));

	for (uint32_t i = 0; plan->sources && i < plan->nr_splits; i++)
		if (plan->sources[i].records)
			memory += plan->splits[i].nr_records * sizeof(uint32_t);
	return memory;
}

uint64_t trfs_view_memory(const struct trfs_view *view)
{
	uint64_t memory = sizeof(*view) + trfs_view_layout_memory(view->layout);

	return trfs_view_is_root(view) ? memory : memory + plan_memory(view->plan);
}

/* Fill @cursor with block @block of @shard, which must exist. */
static int load_block(const struct trfs_view *view, struct trfs_view_cursor *cursor,
		      uint32_t shard, uint64_t block, const uint64_t *starts,
		      struct trfs_error *err)
{
	struct trfs_shard_range range = trfs_plan_shard_range(view->plan, shard);
	uint64_t first = block * TRFS_LAYOUT_BLOCK;
	uint64_t left = range.nr_records - first;
	uint32_t nr = left < TRFS_LAYOUT_BLOCK ? (uint32_t)left : TRFS_LAYOUT_BLOCK;
	uint32_t sizes[TRFS_LAYOUT_BLOCK];
	int rc;

	cursor->nr = 0;
	trfs_plan_origins(view->plan, range.first + first, nr, cursor->origins);
	rc = trfs_view_record_sizes(view, NULL, cursor->origins, nr, sizes, err);
	if (rc < 0)
		return rc;
	cursor->offsets[0] = starts[block];
	for (uint32_t i = 0; i < nr; i++)
		cursor->offsets[i + 1] = cursor->offsets[i] + sizes[i];
	cursor->shard = shard;
	cursor->first = first;
	cursor->nr = nr;
	return 0;
}

/* The last block that starts at or before @offset. */
static uint64_t find_block(const uint64_t *starts, uint64_t nr_blocks, uint64_t offset)
{
	uint64_t low = 0;
	uint64_t high = nr_blocks;

	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static struct trfs_record_place place_at(const struct trfs_view *view,
					 const struct trfs_view_cursor *cursor,
					 uint32_t i)
{
	const struct trfs_plan *plan = view->plan;
	uint64_t origin = cursor->origins[i];

	return (struct trfs_record_place){
		.record = cursor->first + i,
		.example = trfs_plan_example(plan, origin),
		.copy = trfs_plan_copy(plan, origin),
		.has_copies = trfs_plan_has_copies(plan, origin),
		.offset = cursor->offsets[i],
		.size = cursor->offsets[i + 1] - cursor->offsets[i],
	};
}

static bool holds_offset(const struct trfs_view_cursor *cursor, uint32_t shard,
			 uint64_t offset)
{
	return cursor->nr > 0 && cursor->shard == shard && offset >= cursor->offsets[0] &&
	       offset < cursor->offsets[cursor->nr];
}

int trfs_view_find(const struct trfs_view *view, struct trfs_view_cursor *cursor,
		   uint32_t shard, uint64_t offset, struct trfs_record_place *ret,
		   struct trfs_error *err)
{
	uint32_t i = 0;

	if (!holds_offset(cursor, shard, offset)) {
		uint64_t nr = trfs_plan_shard_range(view->plan, shard).nr_records;
		uint64_t nr_blocks = (nr + TRFS_LAYOUT_BLOCK - 1) / TRFS_LAYOUT_BLOCK;
		const uint64_t *starts;
		int rc = trfs_view_block_starts(view, shard, &starts, err);

		if (rc == 0)
			rc = load_block(view, cursor, shard,
					find_block(starts, nr_blocks, offset), starts,
					err);
		if (rc < 0)
			return rc;
	}
	/* Only an index that lies makes the last comparison matter. */
	while (i + 1 < cursor->nr && offset >= cursor->offsets[i + 1])
		i++;
	*ret = place_at(view, cursor, i);
	return 0;
}

static int seek(const struct trfs_view *view, struct trfs_view_cursor *cursor,
		uint32_t shard, uint64_t record, struct trfs_error *err)
{
	const uint64_t *starts;
	int rc;

	if (cursor->nr > 0 && cursor->shard == shard && record >= cursor->first &&
	    record - cursor->first < cursor->nr)
		return 0;
	rc = trfs_view_block_starts(view, shard, &starts, err);
	if (rc < 0)
		return rc;
	return load_block(view, cursor, shard, record / TRFS_LAYOUT_BLOCK, starts, err);
}

int trfs_view_record(const struct trfs_view *view, struct trfs_view_cursor *cursor,
		     uint32_t shard, uint64_t record, struct trfs_record_place *ret,
		     struct trfs_error *err)
{
	int rc = seek(view, cursor, shard, record, err);

	if (rc == 0)
		*ret = place_at(view, cursor, (uint32_t)(record - cursor->first));
	return rc;
}

int trfs_view_offsets(const struct trfs_view *view, uint32_t shard, uint64_t first,
		      size_t nr, uint64_t *ret, struct trfs_error *err)
{
	struct trfs_view_cursor cursor = { .nr = 0 };
	size_t done = 0;

	ret[0] = 0;
	while (done < nr) {
		uint32_t i;
		int rc = seek(view, &cursor, shard, first + done, err);

		if (rc < 0)
			return rc;
		i = (uint32_t)(first + done - cursor.first);
		for (; i < cursor.nr && done < nr; i++, done++) {
			ret[done] = cursor.offsets[i];
			ret[done + 1] = cursor.offsets[i + 1];
		}
	}
	return 0;
}
