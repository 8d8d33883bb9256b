/* SPDX-License-Identifier: MIT */
/* One line of a YOLO label file. */
#ifndef TRFS_MANIFEST_YOLO_LABEL_H
#define TRFS_MANIFEST_YOLO_LABEL_H

#include "manifest/objects.h"

/**
 * struct trfs_yolo_label - one object
 * @class_number: not negative
 * @box: within 0..1
 * @is_polygon: it was a polygon, of which @box is what bounds it
 * @is_clipped: the box left the image by more than rounding does
 */
struct trfs_yolo_label {
	int64_t class_number;
	struct trfs_box box;
	bool is_polygon;
	bool is_clipped;
};

/*
 * Read "class x y width height" or "class x y x y x y ..." (a polygon).  NULL, or what is
 * wrong, for a message; static.
 */
const char *trfs_yolo_label_parse(struct trfs_bytes line, struct trfs_yolo_label *ret);

#endif
