/* SPDX-License-Identifier: MIT */
/*
 * epochs/E: every split in an order of its own, a function of the seed, the epoch and the
 * split's name, and of how many records it has.  Nothing is stored (base/permutation.h).
 */
#include "base/random.h"
#include "dataset/view_kind.h"

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	(void)context;
	(void)i;
	return trfs_view_parse_number(text, INT64_MAX, &step->numbers[0]);
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	(void)err;
	for (uint32_t i = 0; i < b->nr_splits; i++) {
		struct trfs_view_split *split = &b->splits[i];

		split->permuted = true;
		split->seed = b->context->options->seed;
		split->stream = trfs_random_hash(step->numbers[0], split->name);
	}
	return 0;
}

const struct trfs_view_kind trfs_view_epochs = {
	.name = "epochs",
	.stage = TRFS_VIEW_STAGE_ORDER,
	.min_arguments = 1,
	.max_arguments = 1,
	.parse = parse,
	.apply = apply,
};
