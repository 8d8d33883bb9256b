/* SPDX-License-Identifier: MIT */
/* bysize/128MB: as many shards as make each about that large, and no larger on average.
 */
#include "dataset/shard_counts.h"
#include "dataset/view_kind.h"

/* Places that are looked up in a permutation at a time. */
#define BATCH 1024u

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

/* Of the records at places [first, end) of the split, as it is permuted. */
static uint64_t add_up_places(const struct trfs_view_builder *b,
			      const struct trfs_view_split *split, uint64_t first,
			      uint64_t end)
{
	struct trfs_permutation order;
	uint32_t places[BATCH];
	uint64_t size = 0;

	trfs_permutation_init(&order, split->nr, split->seed, split->stream);
	while (first < end) {
		size_t nr = end - first < BATCH ? (size_t)(end - first) : BATCH;

		trfs_permutation_run(&order, first, nr, places);
		for (size_t i = 0; i < nr; i++)
			size += b->size(b->user,
					trfs_view_split_record(split, places[i]));
		first += nr;
	}
	return size;
}

static uint64_t add_up(const struct trfs_view_builder *b,
		       const struct trfs_view_split *split)
{
	uint64_t from = split->from < split->nr ? split->from : split->nr;
	uint64_t size = 0;

	/* Of few that are left, these alone. */
	if (split->permuted && from > split->nr / 2)
		return add_up_places(b, split, from, split->nr);
	for (uint64_t i = split->permuted ? 0 : from; i < split->nr; i++)
		size += b->size(b->user, trfs_view_split_record(split, i));
	return split->permuted ? size - add_up_places(b, split, 0, from) : size;
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
