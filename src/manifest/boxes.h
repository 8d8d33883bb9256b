/* SPDX-License-Identifier: MIT */
/* The bounding boxes of ImageNet: lines of name.JPEG,xmin,ymin,xmax,ymax. */
#ifndef TRFS_MANIFEST_BOXES_H
#define TRFS_MANIFEST_BOXES_H

#include "manifest/inputs.h"
#include "manifest/objects.h"

/**
 * struct trfs_boxes - all boxes of a file, image by image
 * @names: of the images, interned
 * @boxes: as shares, as the file has them; those of image i are
 *	boxes[ends[i - 1] .. ends[i]), in the file's order; owned
 * @ends: one an image; owned
 */
struct trfs_boxes {
	struct trfs_string_table *names;
	struct trfs_box *boxes;
	uint32_t *ends;
};

/**
 * trfs_boxes_load() - read a file of boxes, line by line
 *
 * Every line must have a name and four finite numbers; blanks around the numbers do not
 * matter, and their range is the converter's business.  Messages name file and line.
 *
 * Memory: 40 bytes a box, and the names, each once.
 */
TRFS_MUST_CHECK
int trfs_boxes_load(const char *path, struct trfs_inputs *inputs, struct trfs_boxes *ret,
		    struct trfs_error *err);
/* Harmless on a zeroed struct. */
void trfs_boxes_done(struct trfs_boxes *boxes);

/* The boxes of the image @name, *@ret_nr of them; NULL and 0 where it has none. */
const struct trfs_box *trfs_boxes_find(const struct trfs_boxes *boxes,
				       struct trfs_bytes name, size_t *ret_nr);

#endif
