/* SPDX-License-Identifier: MIT */
/*
 * The augmented copies of an image.  Copy 0 is the image itself; copy k is changed by the
 * k-th --augment of its classes.
 */
#ifndef TRFS_DATASET_AUGMENTS_H
#define TRFS_DATASET_AUGMENTS_H

#include "dataset/catalog.h"

/*
 * Look up the classes of @presentation's augments in @catalog, which shows its images so
 * from then on.  -EINVAL names a class that there is not, and the nearest one.
 */
TRFS_MUST_CHECK
int trfs_catalog_present(struct trfs_catalog *catalog,
			 const struct trfs_presentation *presentation,
			 const struct trfs_options *options, struct trfs_error *err);

/* How many copies an example can have beside itself; whether it has is the plan's. */
uint32_t trfs_augments_count(const struct trfs_catalog *catalog, uint64_t example);

/* What is done to a copy; NULL for copy 0 and for those that there are not. */
const struct trfs_augmentation *trfs_augments_of_copy(const struct trfs_catalog *catalog,
						      uint64_t example, uint32_t copy);

/* The key of a copy's random changes: of the seed, the image's path and the copy. */
uint64_t trfs_augments_random(const struct trfs_catalog *catalog, uint64_t example,
			      uint32_t copy);

#endif
