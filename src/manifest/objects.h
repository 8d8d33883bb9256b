/* SPDX-License-Identifier: MIT */
/* The columns in which every dialect tells of objects: boxes within 0..1, and classes. */
#ifndef TRFS_MANIFEST_OBJECTS_H
#define TRFS_MANIFEST_OBJECTS_H

#include "manifest/row_builder.h"

#define TRFS_OBJECTS_CLASS "objects/class"

/* Corners, in pixels or as shares of the image's sides. */
struct trfs_box {
	double xmin, ymin, xmax, ymax;
};

/* Numbers of the columns "objects/xmin" and so on; "objects/class" holds texts. */
struct trfs_object_columns {
	uint32_t xmin, xmax, ymin, ymax;
	uint32_t class_text;
};

/* Make the columns, so that they are there even if no row has an object. */
TRFS_MUST_CHECK
int trfs_objects_name_columns(struct trfs_object_columns *columns,
			      struct trfs_row_builder *rows, struct trfs_error *err);

/* Add one object; @box as shares. */
TRFS_MUST_CHECK
int trfs_objects_add(const struct trfs_object_columns *columns, struct trfs_box box,
		     struct trfs_bytes class_text, struct trfs_row_builder *rows,
		     struct trfs_error *err);

/* Only its box. */
TRFS_MUST_CHECK
int trfs_objects_add_box(const struct trfs_object_columns *columns, struct trfs_box box,
			 struct trfs_row_builder *rows, struct trfs_error *err);

/* Pixels as shares of an image's sides, which are not 0. */
struct trfs_box trfs_box_scaled(struct trfs_box pixels, double width, double height);

enum { TRFS_BOX_OBJECTION_SIZE = 128 };

/*
 * What is wrong with a box in pixels: "xmax 120 lies beyond the width of 100", in @buf of
 * TRFS_BOX_OBJECTION_SIZE bytes; NULL where it lies in the image, its edges included.
 */
const char *trfs_box_objection(struct trfs_box pixels, double width, double height,
			       char *buf);

#endif
