/* SPDX-License-Identifier: MIT */
/*
 * by-index/SPLIT/N: record N of a split by itself, counted in the order of the view.  Its
 * directory shows files for ordinary tools instead of shards (stream/side_record.c).
 */
#include "dataset/view_kind.h"

static const char *const made_by_folds[] = { TRFS_VIEW_TRAIN, TRFS_VIEW_VALIDATION };

/* Splits by number; those that only folds may make stand behind the root's own. */
static bool parse_split(const struct trfs_view_context *context, struct trfs_bytes text,
			uint64_t *ret)
{
	const struct trfs_plan *plan = context->plan;

	for (uint32_t i = 0; i < plan->nr_splits; i++) {
		if (trfs_bytes_equal(trfs_strings_get(&plan->split_names, i), text)) {
			*ret = i;
			return true;
		}
	}
	for (unsigned int i = 0; i < TRFS_COUNT(made_by_folds); i++) {
		char buf[TRFS_SPLIT_NAME_MAX];

		*ret = plan->nr_splits + i;
		if (trfs_bytes_equal(
			    text, trfs_view_split_shown(context, made_by_folds[i], buf)))
			return true;
	}
	return false;
}

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	if (i == 0)
		return parse_split(context, text, &step->numbers[0]);
	return trfs_view_parse_number(text, UINT32_MAX, &step->numbers[1]);
}

static struct trfs_bytes split_name(const struct trfs_view_builder *b, uint64_t number)
{
	const struct trfs_plan *plan = b->context->plan;

	if (number < plan->nr_splits)
		return trfs_strings_get(&plan->split_names, number);
	return trfs_bytes_of(number == plan->nr_splits ? b->train : b->validation);
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	struct trfs_bytes name = split_name(b, step->numbers[0]);
	uint64_t number = step->numbers[1];

	for (uint32_t i = 0; i < b->nr_splits; i++) {
		struct trfs_view_split *split = &b->splits[i];

		if (!trfs_bytes_equal(split->name, name) ||
		    number >= trfs_view_split_nr(split)) {
			trfs_view_split_drop(split);
			continue;
		}
		split->from += number;
		split->nr_most = 1;
		split->nr_shards = 1;
	}
	(void)err;
	return 0;
}

const struct trfs_view_kind trfs_view_by_index = {
	.name = "by-index",
	.stage = TRFS_VIEW_STAGE_INDEX,
	.min_arguments = 2,
	.max_arguments = 2,
	.parse = parse,
	.apply = apply,
};
