/* SPDX-License-Identifier: MIT */
/* Columns of objects, and boxes that are judged before they are scaled. */
#include "manifest/objects.h"

#include <stdio.h>

int trfs_objects_name_columns(struct trfs_object_columns *columns,
			      struct trfs_row_builder *rows, struct trfs_error *err)
{
	const struct {
		const char *name;
		uint32_t *column;
	} wanted[] = {
		{ "objects/xmin", &columns->xmin },
		{ "objects/xmax", &columns->xmax },
		{ "objects/ymin", &columns->ymin },
		{ "objects/ymax", &columns->ymax },
		{ TRFS_OBJECTS_CLASS, &columns->class_text },
	};

	for (size_t i = 0; i < TRFS_COUNT(wanted); i++) {
		int rc = trfs_row_builder_column(rows, trfs_bytes_of(wanted[i].name),
						 wanted[i].column, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int add_real(struct trfs_row_builder *rows, uint32_t column, double real,
		    struct trfs_error *err)
{
	const struct trfs_value value = { .kind = TRFS_VALUE_REAL, .real = real };

	return trfs_row_builder_add(rows, column, &value, err);
}

int trfs_objects_add_box(const struct trfs_object_columns *columns, struct trfs_box box,
			 struct trfs_row_builder *rows, struct trfs_error *err)
{
	int rc = add_real(rows, columns->xmin, box.xmin, err);

	if (rc == 0)
		rc = add_real(rows, columns->xmax, box.xmax, err);
	if (rc == 0)
		rc = add_real(rows, columns->ymin, box.ymin, err);
	if (rc == 0)
		rc = add_real(rows, columns->ymax, box.ymax, err);
	return rc;
}

int trfs_objects_add(const struct trfs_object_columns *columns, struct trfs_box box,
		     struct trfs_bytes class_text, struct trfs_row_builder *rows,
		     struct trfs_error *err)
{
	int rc = trfs_objects_add_box(columns, box, rows, err);

	if (rc < 0)
		return rc;
	return trfs_row_builder_add_text(rows, columns->class_text, class_text, err);
}

struct trfs_box trfs_box_scaled(struct trfs_box pixels, double width, double height)
{
	return (struct trfs_box){ .xmin = pixels.xmin / width,
				  .ymin = pixels.ymin / height,
				  .xmax = pixels.xmax / width,
				  .ymax = pixels.ymax / height };
}

/* Along one axis; @axis is 'x' or 'y'. */
static const char *axis_objection(char axis, double min, double max, double size,
				  char *buf)
{
	if (min < 0)
		snprintf(buf, TRFS_BOX_OBJECTION_SIZE,
			 "%cmin %.10g lies outside the image", axis, min);
	else if (max > size)
		snprintf(buf, TRFS_BOX_OBJECTION_SIZE,
			 "%cmax %.10g lies beyond the %s of %.10g", axis, max,
			 axis == 'x' ? "width" : "height", size);
	else if (min > max)
		snprintf(buf, TRFS_BOX_OBJECTION_SIZE,
			 "%cmin %.10g is beyond %cmax %.10g", axis, min, axis, max);
	else
		return NULL;
	return buf;
}

const char *trfs_box_objection(struct trfs_box pixels, double width, double height,
			       char *buf)
{
	const char *objection = axis_objection('x', pixels.xmin, pixels.xmax, width, buf);

	return objection ? objection
			 : axis_objection('y', pixels.ymin, pixels.ymax, height, buf);
}
