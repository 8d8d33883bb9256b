/* SPDX-License-Identifier: MIT */
/* The last step to a catalog: rows that are kept, packed into its columns. */
#ifndef TRFS_DATASET_CATALOG_BUILD_H
#define TRFS_DATASET_CATALOG_BUILD_H

#include "dataset/catalog_memory.h"
#include "dataset/judge.h"

/**
 * struct trfs_catalog_parts - all that loading has gathered
 *
 * @masks: the masks were looked at
 * @droppable: examples may still be dropped from the catalog, by trfs_catalog_finish()
 *
 * Zeroed before, and to be done() whether or not a catalog was built from it.
 */
struct trfs_catalog_parts {
	struct trfs_root root;
	struct trfs_inputs inputs;
	struct trfs_rows rows;
	struct trfs_roles roles;
	struct trfs_classes classes;
	struct trfs_files files;
	struct trfs_scan scan;
	struct trfs_files mask_files;
	struct trfs_scan mask_scan;
	struct trfs_judgement judgement;
	bool masks;
	bool droppable;
};

void trfs_catalog_parts_done(struct trfs_catalog_parts *parts);

/* Moves what the catalog keeps out of @parts, even where it fails.  -ENOMEM. */
TRFS_MUST_CHECK
int trfs_catalog_build(struct trfs_catalog_parts *parts, struct trfs_catalog **ret,
		       struct trfs_error *err);

#endif
