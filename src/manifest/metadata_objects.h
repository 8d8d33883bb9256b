/* SPDX-License-Identifier: MIT */
/* {"objects": {"bbox": [[x, y, width, height], ...], "categories": [...]}} into a row. */
#ifndef TRFS_MANIFEST_METADATA_OBJECTS_H
#define TRFS_MANIFEST_METADATA_OBJECTS_H

#include "base/file.h"
#include "manifest/objects.h"

/* Zeroed it has no columns yet: they are made for the first row that has objects. */
struct trfs_metadata_objects {
	bool has_columns;
	struct trfs_object_columns columns;
	uint32_t column_label;
};

/**
 * trfs_metadata_objects_add() - the objects of one row
 * @path: of its image beneath the root; NULL where it names none
 * @boxes: x, y, width and height of each, in pixels; NULL where there is no such column
 * @categories: names, or ids, which are names too; likewise
 *
 * What does not fit together or leaves the image is the row's problem.
 */
TRFS_MUST_CHECK
int trfs_metadata_objects_add(struct trfs_metadata_objects *o,
			      const struct trfs_root *root, const char *path,
			      const struct trfs_cell *boxes,
			      const struct trfs_cell *categories,
			      struct trfs_row_builder *rows, struct trfs_error *err);

#endif
