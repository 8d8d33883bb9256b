/* SPDX-License-Identifier: MIT */
/* The "segmentation" of an annotation as the text that image/segmentation.h draws. */
#ifndef TRFS_MANIFEST_COCO_OUTLINE_H
#define TRFS_MANIFEST_COCO_OUTLINE_H

#include "base/buffer.h"
#include "base/compiler.h"

/*
 * @json: a list of polygons, or {"size": [h, w], "counts": ...} with run lengths,
 *compressed or not.  A list of four numbers is not taken for a box.
 * @ret: empty; -EBADMSG with a sentence that names the key
 */
TRFS_MUST_CHECK
int trfs_coco_outline_put(struct trfs_bytes json, struct trfs_buffer *ret,
			  struct trfs_error *err);

#endif
