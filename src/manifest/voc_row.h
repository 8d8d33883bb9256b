/* SPDX-License-Identifier: MIT */
/* Annotations of Pascal VOC into rows; what the dialects voc, pascal and pet share. */
#ifndef TRFS_MANIFEST_VOC_ROW_H
#define TRFS_MANIFEST_VOC_ROW_H

#include "manifest/beneath.h"
#include "manifest/objects.h"
#include "manifest/remarks.h"
#include "manifest/voc_xml.h"

/**
 * struct trfs_voc_rows - columns, and memory that is used again for each row
 * @keeps_odd_boxes: boxes that leave their image stay as they are, with a remark; else
 *	they make the image a problem
 * @drops_difficult: objects that are called difficult are left out
 * @only_box: the box of every object, in pixels, instead of its own; NULL: its own
 * @annotation: the one read last
 * @xml: scratch: the bytes of an annotation
 */
struct trfs_voc_rows {
	const struct trfs_root *root;
	struct trfs_inputs *inputs;
	struct trfs_remarks *remarks;
	bool keeps_odd_boxes;
	bool drops_difficult;
	const struct trfs_box *only_box;
	struct trfs_object_columns objects;
	uint32_t column_path, column_filename, column_height, column_width;
	uint32_t column_difficult, column_truncated, column_view;
	struct trfs_voc_annotation annotation;
	struct trfs_buffer xml;
};

/* Make the columns.  @r needs done() after failures too. */
TRFS_MUST_CHECK
int trfs_voc_rows_init(struct trfs_voc_rows *r, const struct trfs_root *root,
		       struct trfs_inputs *inputs, struct trfs_remarks *remarks,
		       struct trfs_row_builder *rows, struct trfs_error *err);
void trfs_voc_rows_done(struct trfs_voc_rows *r);

/*
 * Read the annotation at @path beneath the root.  1; 0 where there is no sound one, which
 * the row then has for its problem; or -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_voc_rows_read(struct trfs_voc_rows *r, const char *path,
		       struct trfs_row_builder *rows, struct trfs_error *err);

/**
 * trfs_voc_rows_add() - the annotation read last into the row
 * @image: the image's path, for the row
 * @class_text: the class of all objects; NULL: each has its own
 * @xml_path: for messages
 */
TRFS_MUST_CHECK
int trfs_voc_rows_add(struct trfs_voc_rows *r, struct trfs_bytes image,
		      const struct trfs_bytes *class_text, const char *xml_path,
		      struct trfs_row_builder *rows, struct trfs_error *err);

/* The row's image alone, for rows that are problems. */
TRFS_MUST_CHECK
int trfs_voc_rows_add_path(const struct trfs_voc_rows *r, struct trfs_bytes image,
			   struct trfs_row_builder *rows, struct trfs_error *err);

#endif
