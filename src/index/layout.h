/* SPDX-License-Identifier: MIT */
/* The layout of a plan: how long each record is, and so where it starts. */
#ifndef TRFS_INDEX_LAYOUT_H
#define TRFS_INDEX_LAYOUT_H

#include "dataset/plan.h"
#include "dataset/schema.h"

/* Records between two stored offsets: a look-up adds up at most this many lengths. */
#define TRFS_LAYOUT_BLOCK 32u

/**
 * struct trfs_layout - lengths and offsets; built in memory or mapped
 * @record_sizes: of each example's record with its framing, in bytes, in the order of
 *	the catalog: another plan over the same records finds the same lengths.  Where the
 *	plan has copies, of each record, in the order of the plan
 * @block_offsets: where every TRFS_LAYOUT_BLOCK-th record of a shard starts, in bytes
 *	from the start of the shard, shard after shard
 * @shard_sizes: in bytes
 * @first_blocks: where each shard's offsets begin in @block_offsets; owned, made anew
 *	from the plan each time
 */
struct trfs_layout {
	const uint32_t *record_sizes;
	const uint64_t *block_offsets;
	const uint64_t *shard_sizes;
	uint64_t *first_blocks;
	uint64_t nr_blocks;
	struct trfs_guard *guard;
	void (*release)(void *owner);
	void *owner;
};

/**
 * trfs_layout_build() - lay out every record of a plan
 *
 * Each record is laid out once, by the code that will lay it out when it is read, so
 * that a length cannot disagree with the bytes.  Cost: well below a microsecond a
 * record and thread; 4.25 bytes a record to keep.
 *
 * -EBADMSG where an example cannot be a record of @schema; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_layout_build(const struct trfs_catalog *catalog, const struct trfs_plan *plan,
		      const struct trfs_schema *schema, unsigned int nr_threads,
		      const struct trfs_progress *progress, struct trfs_layout **ret,
		      struct trfs_error *err);
struct trfs_layout *trfs_layout_free(struct trfs_layout *layout);
TRFS_DEFINE_FREEP(trfs_layout)

/* The number of the length of the root's record @origin among @record_sizes. */
static inline uint64_t trfs_layout_size_number(const struct trfs_plan *plan,
					       uint64_t origin)
{
	return plan->copies ? origin : trfs_plan_example(plan, origin);
}

/* Length @i of the record_sizes; 0 where it is damaged. */
static inline uint32_t trfs_layout_size(const struct trfs_layout *layout, uint64_t i)
{
	return trfs_guard_sound(layout->guard, &layout->record_sizes[i],
				sizeof(*layout->record_sizes))
		       ? layout->record_sizes[i]
		       : 0;
}

/* Of all shards together, in bytes. */
static inline uint64_t trfs_layout_total_size(const struct trfs_layout *layout,
					      const struct trfs_plan *plan)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < plan->nr_shards; i++)
		size += layout->shard_sizes[i];
	return size;
}

/* Fill @first_blocks and @nr_blocks from the plan.  -ENOMEM. */
TRFS_MUST_CHECK
int trfs_layout_number_blocks(struct trfs_layout *layout, const struct trfs_plan *plan);

#endif
