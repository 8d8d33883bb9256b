/* SPDX-License-Identifier: MIT */
/* A side file to begin with: counts.txt, a line a split, its name and its records. */
#include "stream/side_file.h"

#include <inttypes.h>

static int make_counts(const struct trfs_side_request *request, struct trfs_buffer *out,
		       struct trfs_error *err)
{
	const struct trfs_plan *plan = request->view->plan;

	/* Whether @out had memory is looked at by who asked. */
	(void)err;
	for (uint32_t i = 0; i < plan->nr_splits; i++)
		trfs_buffer_printf(
			out, "%.*s %" PRIu64 "\n",
			TRFS_BYTES_ARG(trfs_strings_get(&plan->split_names, i)),
			plan->splits[i].nr_records);
	return 0;
}

const struct trfs_side_kind trfs_side_split_counts = {
	.set = "standard",
	.path = "counts.txt",
	.flags = TRFS_SIDE_IN_VIEWS,
	.make = make_counts,
};
