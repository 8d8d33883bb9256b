/* SPDX-License-Identifier: MIT */
/*
 * shards/N: every split in N shards.  A split of fewer records has one record a shard:
 * no shard is empty, and a small validation split does not forbid many for train.
 */
#include "base/error.h"
#include "dataset/shard_counts.h"
#include "dataset/view_kind.h"

#include <errno.h>

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	(void)context;
	(void)i;
	return trfs_view_parse_number(text, TRFS_SHARDS_MAX, &step->numbers[0]) &&
	       step->numbers[0] > 0;
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	bool any_fills = false;

	for (uint32_t i = 0; i < b->nr_splits; i++) {
		b->splits[i].nr_shards = (uint32_t)step->numbers[0];
		any_fills |= trfs_view_split_nr(&b->splits[i]) >= step->numbers[0];
	}
	return any_fills ? 0
			 : trfs_fail(err, -ENOENT, "it has fewer records than shards");
}

const struct trfs_view_kind trfs_view_shards = {
	.name = "shards",
	.stage = TRFS_VIEW_STAGE_CUT,
	.min_arguments = 1,
	.max_arguments = 1,
	.unless = &trfs_view_bysize,
	.parse = parse,
	.apply = apply,
};
