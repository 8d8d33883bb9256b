/* SPDX-License-Identifier: MIT */
/* Objects of ImageFolder's metadata: boxes in pixels, of images whose size is looked up.
 */
#include "manifest/metadata_objects.h"

#include "manifest/image_size.h"
#include <inttypes.h>
#include <stdio.h>

static double as_real(const struct trfs_value *value)
{
	return value->kind == TRFS_VALUE_INTEGER ? (double)value->integer : value->real;
}

static int add_boxes(struct trfs_metadata_objects *o, const struct trfs_root *root,
		     const char *path, const struct trfs_cell *cell,
		     struct trfs_row_builder *rows, struct trfs_error *err)
{
	char buf[TRFS_BOX_OBJECTION_SIZE];
	uint32_t height, width;
	int rc = 0;

	if (cell->nr_values == 0)
		return 0;
	if (cell->nr_values % 4 != 0 || cell->values[0].kind == TRFS_VALUE_TEXT) {
		trfs_row_builder_problem(rows, "has boxes that are not of four numbers: "
					       "x, y, width, height");
		return 0;
	}
	/* An image that cannot be looked at here is found bad when all are. */
	if (!path || trfs_image_size_read(root, path, &height, &width) < 0)
		return 0;
	for (size_t i = 0; rc == 0 && i < cell->nr_values; i += 4) {
		double x = as_real(&cell->values[i]), y = as_real(&cell->values[i + 1]);
		struct trfs_box pixels = { x, y, x + as_real(&cell->values[i + 2]),
					   y + as_real(&cell->values[i + 3]) };
		const char *objection = trfs_box_objection(pixels, width, height, buf);

		if (objection)
			trfs_row_builder_problem(rows, "has a bad box: box %zu: %s",
						 i / 4 + 1, objection);
		rc = trfs_objects_add_box(
			&o->columns, trfs_box_scaled(pixels, width, height), rows, err);
	}
	return rc;
}

/* Categories are class names, or ids that are their own names. */
static int add_categories(struct trfs_metadata_objects *o, const struct trfs_cell *cell,
			  struct trfs_row_builder *rows, struct trfs_error *err)
{
	char number[24];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < cell->nr_values; i++) {
		const struct trfs_value *value = &cell->values[i];
		struct trfs_bytes text = value->text;

		if (value->kind == TRFS_VALUE_REAL) {
			trfs_row_builder_problem(
				rows, "has a category that is no id and no name");
			return 0;
		}
		if (value->kind == TRFS_VALUE_INTEGER) {
			snprintf(number, sizeof(number), "%" PRId64, value->integer);
			text = trfs_bytes_of(number);
			rc = trfs_row_builder_add(rows, o->column_label, value, err);
		}
		if (rc == 0)
			rc = trfs_row_builder_add_text(rows, o->columns.class_text, text,
						       err);
	}
	return rc;
}

int trfs_metadata_objects_add(struct trfs_metadata_objects *o,
			      const struct trfs_root *root, const char *path,
			      const struct trfs_cell *boxes,
			      const struct trfs_cell *categories,
			      struct trfs_row_builder *rows, struct trfs_error *err)
{
	static const struct trfs_cell none;
	bool has_categories = categories != NULL;
	int rc = 0;

	if (!boxes && !categories)
		return 0;
	boxes = boxes ? boxes : &none;
	categories = categories ? categories : &none;
	if (!o->has_columns) {
		rc = trfs_objects_name_columns(&o->columns, rows, err);
		if (rc == 0)
			rc = trfs_row_builder_column(rows, trfs_bytes_of("objects/label"),
						     &o->column_label, err);
		o->has_columns = true;
	}
	if (boxes->nr_values > 0 && has_categories &&
	    boxes->nr_values != 4 * categories->nr_values)
		trfs_row_builder_problem(rows, "has %zu boxes, but %zu categories",
					 boxes->nr_values / 4, categories->nr_values);
	if (rc == 0)
		rc = add_boxes(o, root, path, boxes, rows, err);
	if (rc == 0)
		rc = add_categories(o, categories, rows, err);
	return rc;
}
