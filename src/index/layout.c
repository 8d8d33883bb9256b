/* SPDX-License-Identifier: MIT */
/*
 * Lengths are made once per example, in parallel; offsets are sums of lengths, kept for
 * every 32nd record only.  Look-ups are in view.c, as views have offsets of their own.
 */
#include "index/layout.h"

#include "base/error.h"
#include "base/workers.h"
#include <errno.h>
#include <stdlib.h>

/* What a built layout owns. */
struct layout_memory {
	uint32_t *record_sizes;
	uint64_t *block_offsets;
	uint64_t *shard_sizes;
};

struct measure_work {
	const struct trfs_catalog *catalog;
	const struct trfs_plan *plan;
	struct trfs_example_builder *builders; /* one a worker */
	struct layout_memory *memory;
	const uint64_t *first_blocks;
};

static void release_memory(void *owner)
{
	struct layout_memory *m = owner;

	free(m->record_sizes);
	free(m->block_offsets);
	free(m->shard_sizes);
	free(m);
}

struct trfs_layout *trfs_layout_free(struct trfs_layout *layout)
{
	if (layout) {
		if (layout->release)
			layout->release(layout->owner);
		free(layout->first_blocks);
		free(layout);
	}
	return NULL;
}

int trfs_layout_number_blocks(struct trfs_layout *layout, const struct trfs_plan *plan)
{
	uint64_t next = 0;

	layout->first_blocks = calloc((size_t)plan->nr_shards + 1, sizeof(uint64_t));
	if (!layout->first_blocks)
		return -ENOMEM;
	for (uint32_t shard = 0; shard < plan->nr_shards; shard++) {
		uint64_t nr = trfs_plan_shard_range(plan, shard).nr_records;

		layout->first_blocks[shard] = next;
		next += (nr + TRFS_LAYOUT_BLOCK - 1) / TRFS_LAYOUT_BLOCK;
	}
	layout->nr_blocks = next;
	return 0;
}

/* How many lengths there are. */
static uint64_t nr_sizes(const struct trfs_catalog *catalog, const struct trfs_plan *plan)
{
	return plan->copies ? plan->nr_records : catalog->nr_examples;
}

static int measure_records(void *user, unsigned int worker, uint64_t first, uint64_t end,
			   struct trfs_error *err)
{
	struct measure_work *work = user;
	struct trfs_example_builder *builder = &work->builders[worker];

	for (uint64_t i = first; i < end; i++) {
		bool by_record = work->plan->copies;
		uint64_t example = by_record ? trfs_plan_example(work->plan, i) : i;
		uint32_t copy = by_record ? trfs_plan_copy(work->plan, i) : 0;
		int rc;

		builder->has_copies = by_record && trfs_plan_has_copies(work->plan, i);
		rc = trfs_example_builder_layout(builder, example, copy, err);
		if (rc < 0)
			return rc;
		/* At most 2^31 + 15: trfs_record_layout() refuses longer ones. */
		work->memory->record_sizes[i] = (uint32_t)builder->record.len;
	}
	return 0;
}

static int add_up_shards(void *user, unsigned int worker, uint64_t first, uint64_t end,
			 struct trfs_error *err)
{
	struct measure_work *work = user;
	const struct layout_memory *m = work->memory;

	(void)worker;
	(void)err;
	for (uint64_t shard = first; shard < end; shard++) {
		struct trfs_shard_range range =
			trfs_plan_shard_range(work->plan, (uint32_t)shard);
		uint64_t *blocks = m->block_offsets + work->first_blocks[shard];
		uint64_t size = 0;

		for (uint64_t i = 0; i < range.nr_records; i++) {
			if (i % TRFS_LAYOUT_BLOCK == 0)
				blocks[i / TRFS_LAYOUT_BLOCK] = size;
			size += m->record_sizes[trfs_layout_size_number(work->plan,
									range.first + i)];
		}
		m->shard_sizes[shard] = size;
	}
	return 0;
}

static int measure(struct measure_work *work, unsigned int nr_threads,
		   const struct trfs_schema *schema, const struct trfs_progress *progress,
		   struct trfs_error *err)
{
	unsigned int nr_ready = 0;
	int rc = 0;

	work->builders = calloc(nr_threads, sizeof(*work->builders));
	if (!work->builders)
		return trfs_fail_memory(err, "laying out records");
	while (nr_ready < nr_threads && rc == 0) {
		rc = trfs_example_builder_init(&work->builders[nr_ready], schema,
					       work->catalog);
		if (rc == 0)
			nr_ready++;
	}
	if (rc < 0)
		trfs_fail_errno(err, rc, "laying out records");
	if (rc == 0)
		rc = trfs_workers_run(nr_threads, nr_sizes(work->catalog, work->plan),
				      1024, measure_records, work, "Laying out records",
				      progress, err);
	if (rc == 0)
		rc = trfs_workers_run(nr_threads, work->plan->nr_shards, 1, add_up_shards,
				      work, "Adding up shards", progress, err);
	while (nr_ready > 0)
		trfs_example_builder_done(&work->builders[--nr_ready]);
	free(work->builders);
	return rc;
}

int trfs_layout_build(const struct trfs_catalog *catalog, const struct trfs_plan *plan,
		      const struct trfs_schema *schema, unsigned int nr_threads,
		      const struct trfs_progress *progress, struct trfs_layout **ret,
		      struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_layout_freep) struct trfs_layout *layout = NULL;
	struct layout_memory *m;
	struct measure_work work;
	int rc;

	layout = calloc(1, sizeof(*layout));
	m = calloc(1, sizeof(*m));
	if (!layout || !m) {
		free(m);
		return trfs_fail_memory(err, "the layout");
	}
	layout->release = release_memory;
	layout->owner = m;
	rc = trfs_layout_number_blocks(layout, plan);
	if (rc < 0)
		return trfs_fail_memory(err, "the layout");

	m->record_sizes = calloc((size_t)nr_sizes(catalog, plan) + 1, sizeof(uint32_t));
	m->block_offsets = calloc((size_t)layout->nr_blocks + 1, sizeof(uint64_t));
	m->shard_sizes = calloc((size_t)plan->nr_shards + 1, sizeof(uint64_t));
	if (!m->record_sizes || !m->block_offsets || !m->shard_sizes)
		return trfs_fail_memory(err, "the layout");

	work = (struct measure_work){ .catalog = catalog,
				      .plan = plan,
				      .memory = m,
				      .first_blocks = layout->first_blocks };
	rc = measure(&work, trfs_workers_nr_threads(nr_threads), schema, progress, err);
	if (rc < 0)
		return rc;

	layout->record_sizes = m->record_sizes;
	layout->block_offsets = m->block_offsets;
	layout->shard_sizes = m->shard_sizes;
	*ret = TRFS_STEAL(layout);
	return 0;
}
