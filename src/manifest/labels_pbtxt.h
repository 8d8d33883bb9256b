/* SPDX-License-Identifier: MIT */
/* The Object Detection API's label map: a StringIntLabelMap as protobuf text. */
#ifndef TRFS_MANIFEST_LABELS_PBTXT_H
#define TRFS_MANIFEST_LABELS_PBTXT_H

#include "manifest/labels_build.h"

/* Whether a file is called as label maps are: "label_map.pbtxt". */
bool trfs_labels_pbtxt_named(const char *path);

/*
 * Add each item's name with its id: "item { id: 1 name: 'cat' }".  As that API holds it,
 * ids are not negative and 0 is for "background"; other fields of items are passed over.
 * -EBADMSG with @l->line set, or -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_labels_pbtxt_parse(struct trfs_labels_building *l, struct trfs_bytes text);

#endif
