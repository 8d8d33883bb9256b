/* SPDX-License-Identifier: MIT */
/* Whether a JSON file is COCO, from its beginning. */
#ifndef TRFS_MANIFEST_COCO_RECOGNISE_H
#define TRFS_MANIFEST_COCO_RECOGNISE_H

#include "base/bytes.h"

/*
 * Its outermost object has "images" whose first one has file_name, id, height and width,
 * or "annotations" whose first one has image_id.  What lies behind the head cannot count.
 */
bool trfs_coco_recognise(struct trfs_bytes head);

#endif
