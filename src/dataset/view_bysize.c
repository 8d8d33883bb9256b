/* SPDX-License-Identifier: MIT */
/* bysize/128MB: as many shards as make each about that large, and no larger on average.
 */
#include "dataset/shard_counts.h"
#include "dataset/view_kind.h"

static const struct {
	const char *name;
	uint64_t bytes;
} units[] = {
	{ "KB", 1000 },
	{ "MB", 1000 * 1000 },
	{ "GB", 1000 * 1000 * 1000 },
	{ "TB", UINT64_C(1000) * 1000 * 1000 * 1000 },
	{ "KiB", UINT64_C(1) << 10 },
	{ "MiB", UINT64_C(1) << 20 },
	{ "GiB", UINT64_C(1) << 30 },
	{ "TiB", UINT64_C(1) << 40 },
};

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	uint64_t number;

	(void)context;
	(void)i;
	for (size_t u = 0; u < TRFS_COUNT(units); u++) {
		struct trfs_bytes digits = text;

		if (!trfs_bytes_ends_with(text, units[u].name))
			continue;
		digits.len -= strlen(units[u].name);
		if (!trfs_view_parse_number(digits, INT64_MAX / units[u].bytes,
					    &number) ||
		    number == 0)
			return false;
		step->numbers[0] = number * units[u].bytes;
		return true;
	}
	return false;
}

/* Of the records that the view has of the split: those in front that from/R leaves out
 * are taken off, and only they are looked up in the permutation. */
static uint64_t add_up(const struct trfs_view_builder *b,
		       const struct trfs_view_split *split)
{
	uint64_t from = split->from < split->nr ? split->from : split->nr, size = 0;
	struct trfs_permutation order;

	for (uint64_t i = 0; i < split->nr; i++)
		size += b->size(b->user, trfs_view_split_record(split, i));
	if (split->permuted)
		trfs_permutation_init(&order, split->nr, split->seed, split->stream);
	for (uint64_t i = 0; i < from; i++) {
		uint64_t place = split->permuted ? trfs_permutation_at(&order, i) : i;

		size -= b->size(b->user, trfs_view_split_record(split, place));
	}
	return size;
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	(void)err;
	for (uint32_t i = 0; i < b->nr_splits; i++) {
		struct trfs_view_split *split = &b->splits[i];
		uint64_t wanted = step->numbers[0];
		uint64_t size = add_up(b, split);
		uint64_t nr = size / wanted + (size % wanted > 0);

		split->nr_shards = nr < TRFS_SHARDS_MAX ? (uint32_t)nr : TRFS_SHARDS_MAX;
	}
	return 0;
}

const struct trfs_view_kind trfs_view_bysize = {
	.name = "bysize",
	.stage = TRFS_VIEW_STAGE_SIZE,
	.min_arguments = 1,
	.max_arguments = 1,
	.unless = &trfs_view_shards,
	.parse = parse,
	.apply = apply,
};
