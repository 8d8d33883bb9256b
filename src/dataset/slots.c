/* SPDX-License-Identifier: MIT */
/* Entries: when problems are among them, and how the manifest has them all. */
#include "dataset/slots.h"

static bool is_python(const struct trfs_options *options)
{
	return options->order == TRFS_ORDER_PYTHON ||
	       options->order == TRFS_ORDER_PYTHON_TRAIN ||
	       (options->take && options->order == TRFS_ORDER_SHUFFLED);
}

uint64_t trfs_slots_nr_problems(const struct trfs_catalog *catalog,
				const struct trfs_options *options)
{
	bool counted =
		options->cut == TRFS_CUT_LINSPACE || options->cut == TRFS_CUT_ROUND_ROBIN;

	if (options->split || options->validation_size || options->test_size)
		return 0;
	if (is_python(options) || (counted && options->order == TRFS_ORDER_MANIFEST))
		return catalog->problems.nr;
	return 0;
}

void trfs_slots_list(const struct trfs_catalog *catalog, uint64_t nr_problems,
		     uint32_t *ret)
{
	uint64_t nr = catalog->nr_examples + nr_problems;
	uint64_t example = 0, problem = 0;

	for (uint64_t row = 0; row < nr; row++) {
		bool left_out = problem < nr_problems &&
				(catalog->problems.items[problem].row <= row ||
				 example == catalog->nr_examples);

		ret[row] = (uint32_t)(left_out ? catalog->nr_examples + problem++
					       : example++);
	}
}
