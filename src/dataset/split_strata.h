/* SPDX-License-Identifier: MIT */
/* Strata: examples that are split by themselves, because they have the same classes. */
#ifndef TRFS_DATASET_SPLIT_STRATA_H
#define TRFS_DATASET_SPLIT_STRATA_H

#include "dataset/catalog.h"

/**
 * struct trfs_strata - which stratum each label set belongs to
 * @of_set: by number of the label set; NULL where all examples are one stratum
 * @sizes: examples of each stratum
 */
struct trfs_strata {
	uint32_t nr;
	uint32_t *of_set;
	uint64_t *sizes;
};

/**
 * trfs_strata_build() - one stratum for each set of classes, however a cell orders them
 * @min_size: sets with fewer examples than this are put together in one last stratum:
 *	each of them alone would be rounded away to the largest split
 *
 * Strata are in the order of their class numbers, so that a new class or set leaves the
 * order of the others as it was.
 */
TRFS_MUST_CHECK
int trfs_strata_build(const struct trfs_catalog *catalog, bool stratify,
		      uint64_t min_size, struct trfs_strata *ret, struct trfs_error *err);
void trfs_strata_done(struct trfs_strata *strata);

static inline uint32_t trfs_strata_of_example(const struct trfs_strata *strata,
					      const struct trfs_catalog *catalog,
					      uint64_t example)
{
	return strata->of_set ? strata->of_set[trfs_catalog_label_set(catalog, example)]
			      : 0;
}

#endif
