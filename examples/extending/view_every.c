/* SPDX-License-Identifier: MIT */
/* A view to begin with: every/N/ shows each N-th record of every split, in their order.
 */
#include "base/error.h"
#include "dataset/view_kind.h"

#include <errno.h>
#include <stdlib.h>

/* A step is "every" and one number, which is kept as it is. */
static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	(void)context;
	(void)i;
	return trfs_view_parse_number(text, UINT32_MAX, &step->numbers[0]) &&
	       step->numbers[0] > 0;
}

/* A split becomes a list of records, each by its number in the root's plan. */
static int keep_every(struct trfs_view_split *split, uint64_t n, struct trfs_error *err)
{
	uint64_t nr = split->nr / n;
	uint32_t *records = malloc((nr + 1) * sizeof(*records));

	if (!records)
		return trfs_fail_memory(err, "the records of a view");
	for (uint64_t i = 0; i < nr; i++)
		records[i] = (uint32_t)trfs_view_split_record(split, (i + 1) * n - 1);
	trfs_view_split_set(split, records, nr);
	return 0;
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	uint64_t most = 0;
	int rc = 0;

	for (uint32_t i = 0; i < b->nr_splits; i++)
		most = b->splits[i].nr > most ? b->splits[i].nr : most;
	if (most < step->numbers[0])
		return trfs_fail(err, -ENOENT, "it has fewer records");
	for (uint32_t i = 0; rc == 0 && i < b->nr_splits; i++)
		rc = keep_every(&b->splits[i], step->numbers[0], err);
	return rc;
}

const struct trfs_view_kind trfs_view_every = {
	.name = "every",
	/* Behind first/N, before anything is repeated, shuffled or cut. */
	.stage = TRFS_VIEW_STAGE_FIRST + 1,
	.min_arguments = 1,
	.max_arguments = 1,
	.parse = parse,
	.apply = apply,
};
