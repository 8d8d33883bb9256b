/* SPDX-License-Identifier: MIT */
/* Masks that belong to images by name: images/a/x.jpg and masks/a/x.png. */
#ifndef TRFS_DATASET_MASK_PAIRS_H
#define TRFS_DATASET_MASK_PAIRS_H

#include "dataset/rows.h"

/**
 * trfs_mask_pairs_add() - find the mask of each row's image in options->masks
 * @rows: read to its end; gets a column with the masks' paths
 * @roles: of its columns; the mask's is set
 * @inputs: receives the directories of masks
 *
 * A mask is called as its image is, but for the extension: ".png" before others.  Of the
 * image's folders as many as possible count: the mask of images/a/x.jpg is a/x.png
 * beneath the directory of masks before it is x.png.  Rows without one have no value.
 * Paths are relative to the source where the masks lie beneath it, else absolute.
 *
 * Does nothing where options->masks is NULL or @roles has a mask column already.
 * -ENOENT, ... for the directory; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_mask_pairs_add(struct trfs_rows *rows, struct trfs_roles *roles,
			const struct trfs_root *root, const struct trfs_options *options,
			struct trfs_inputs *inputs, struct trfs_error *err);

#endif
