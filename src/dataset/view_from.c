/* SPDX-License-Identifier: MIT */
/*
 * from/R: what is trained on without its first R records, to go on in the middle of an
 * epoch.  Other splits stay whole: nobody resumes in the middle of a validation.
 */
#include "base/error.h"
#include "dataset/view_kind.h"

#include <errno.h>

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	(void)context;
	(void)i;
	return trfs_view_parse_number(text, UINT32_MAX, &step->numbers[0]);
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	bool any_left = false;

	for (uint32_t i = 0; i < b->nr_splits; i++) {
		if (!b->splits[i].training)
			continue;
		b->splits[i].from = step->numbers[0];
		any_left |= trfs_view_split_nr(&b->splits[i]) > 0;
	}
	return any_left ? 0 : trfs_fail(err, -ENOENT, "no record is left");
}

const struct trfs_view_kind trfs_view_from = {
	.name = "from",
	.stage = TRFS_VIEW_STAGE_FROM,
	.min_arguments = 1,
	.max_arguments = 1,
	.parse = parse,
	.apply = apply,
};
