/* SPDX-License-Identifier: MIT */
/* What records need of a catalog beyond the images' headers. */
#ifndef TRFS_DATASET_NEEDS_H
#define TRFS_DATASET_NEEDS_H

#include "dataset/catalog.h"
#include "dataset/part.h"
#include "dataset/schema.h"

/**
 * struct trfs_needs - of a schema and a presentation; all zeroes: nothing
 * @presentation: NULL: images as they are
 * @contents: bit k: contents of enum trfs_content k
 * @masks: each example has a mask, of the image's size
 * @masks_required: without any the schema makes no sense; else its features are absent
 * @panoptic: these masks are panoptic pictures, which an example can lack
 * @unlabelled: no feature shows labels, so that an image without objects, whose classes
 *	are its labels, is an example
 * @pixels, @mask_pixels: all images, or masks, can be decoded
 * @measuring: some contents are to be made to know how long they are
 */
struct trfs_needs {
	const struct trfs_presentation *presentation;
	uint32_t contents;
	bool masks;
	bool masks_required;
	bool panoptic;
	bool unlabelled;
	bool pixels;
	bool mask_pixels;
	bool measuring;
};

/* @presentation is borrowed.  -EINVAL where both do not go together. */
TRFS_MUST_CHECK
int trfs_needs_find(const struct trfs_schema *schema,
		    const struct trfs_presentation *presentation, enum trfs_check check,
		    struct trfs_needs *ret, struct trfs_error *err);

/*
 * trfs_catalog_load() for records that need more: rows whose masks or images do not
 * suffice are problems, too.  The catalog shows its images as the presentation says.
 * Files that @known has and that did not change are not opened; NULL: all are.  Of @part
 * only its share is looked at, and the catalog is of that; NULL: all is.
 */
TRFS_MUST_CHECK
int trfs_catalog_load_for(const struct trfs_options *options,
			  const struct trfs_needs *needs, struct trfs_earlier *known,
			  struct trfs_part *part, const struct trfs_progress *progress,
			  struct trfs_catalog **ret, struct trfs_error *err);

#endif
