/* SPDX-License-Identifier: MIT */
/*
 * An annotation becomes a row: sizes as the XML has them, boxes divided by them in double
 * and without taking off the 1 that VOC counts from, as create_pascal_tf_record does.
 */
#include "manifest/voc_row.h"

#include "base/error.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define REMARK_SIZE (TRFS_BOX_OBJECTION_SIZE + TRFS_PRINTABLE_SIZE + 64)

int trfs_voc_rows_init(struct trfs_voc_rows *r, const struct trfs_root *root,
		       struct trfs_inputs *inputs, struct trfs_remarks *remarks,
		       struct trfs_row_builder *rows, struct trfs_error *err)
{
	const struct {
		const char *name;
		uint32_t *column;
	} wanted[] = {
		{ "path", &r->column_path },
		{ "filename", &r->column_filename },
		{ "height", &r->column_height },
		{ "width", &r->column_width },
		{ "objects/difficult", &r->column_difficult },
		{ "objects/truncated", &r->column_truncated },
		{ "objects/view", &r->column_view },
	};
	int rc = 0;

	*r = (struct trfs_voc_rows){ .root = root, .inputs = inputs, .remarks = remarks };
	trfs_voc_annotation_init(&r->annotation);
	trfs_buffer_init(&r->xml, TRFS_VOC_FILE_MAX);
	for (size_t i = 0; rc == 0 && i < TRFS_COUNT(wanted); i++)
		rc = trfs_row_builder_column(rows, trfs_bytes_of(wanted[i].name),
					     wanted[i].column, err);
	return rc < 0 ? rc : trfs_objects_name_columns(&r->objects, rows, err);
}

void trfs_voc_rows_done(struct trfs_voc_rows *r)
{
	trfs_voc_annotation_done(&r->annotation);
	trfs_buffer_done(&r->xml);
}

int trfs_voc_rows_read(struct trfs_voc_rows *r, const char *path,
		       struct trfs_row_builder *rows, struct trfs_error *err)
{
	struct trfs_error why = { 0 };
	uint64_t line = 0;
	int rc;

	rc = trfs_beneath_read(r->root, path, TRFS_VOC_FILE_MAX, &r->xml, r->inputs);
	if (trfs_is_shortage(rc))
		return trfs_fail_errno(err, rc, "cannot read %s", path);
	if (rc == -ENOENT || rc == -ENOTDIR) {
		trfs_row_builder_problem(rows, "has no annotation %s", path);
		return 0;
	}
	if (rc < 0) {
		trfs_fail_errno(&why, rc, "%s", path);
		trfs_row_builder_problem(
			rows, "has an annotation that cannot be read: %s", why.message);
		return 0;
	}
	rc = trfs_voc_parse(trfs_buffer_bytes(&r->xml), &r->annotation, &line, &why);
	if (rc == -ENOMEM)
		return trfs_fail_memory(err, "an annotation");
	if (rc == 0)
		return 1;
	trfs_row_builder_problem(rows, "is badly annotated: %s:%" PRIu64 ": %s", path,
				 line ? line : 1, why.message);
	return 0;
}

int trfs_voc_rows_add_path(const struct trfs_voc_rows *r, struct trfs_bytes image,
			   struct trfs_row_builder *rows, struct trfs_error *err)
{
	return trfs_row_builder_add_text(rows, r->column_path, image, err);
}

static int add_integer(struct trfs_row_builder *rows, uint32_t column, int64_t integer,
		       struct trfs_error *err)
{
	const struct trfs_value value = { .kind = TRFS_VALUE_INTEGER,
					  .integer = integer };

	return trfs_row_builder_add(rows, column, &value, err);
}

/* A box that leaves its image: a remark or a problem.  -ENOMEM. */
static int tell_odd_box(const struct trfs_voc_rows *r, struct trfs_bytes image,
			const char *xml_path, const struct trfs_voc_object *object,
			const char *objection, struct trfs_row_builder *rows,
			struct trfs_error *err)
{
	char remark[REMARK_SIZE];

	if (!r->keeps_odd_boxes) {
		trfs_row_builder_problem(rows, "has a bad box: %s:%" PRIu64 ": %s",
					 xml_path, object->line, objection);
		return 0;
	}
	snprintf(remark, sizeof(remark),
		 "has an odd box, kept as it is: line %" PRIu64 ": %s", object->line,
		 objection);
	if (trfs_remarks_add(r->remarks, image, 0, trfs_bytes_of(remark)) < 0)
		return trfs_fail_memory(err, "a remark");
	return 0;
}

static int add_object(const struct trfs_voc_rows *r, struct trfs_bytes image,
		      struct trfs_bytes class_text, const char *xml_path,
		      const struct trfs_voc_object *object, struct trfs_row_builder *rows,
		      struct trfs_error *err)
{
	const struct trfs_voc_annotation *a = &r->annotation;
	const struct trfs_box own = { object->xmin, object->ymin, object->xmax,
				      object->ymax };
	const struct trfs_box pixels = r->only_box ? *r->only_box : own;
	double width = (double)a->width, height = (double)a->height;
	char buf[TRFS_BOX_OBJECTION_SIZE];
	const char *objection = trfs_box_objection(pixels, width, height, buf);
	int rc = 0;

	if (objection)
		rc = tell_odd_box(r, image, xml_path, object, objection, rows, err);
	if (rc == 0)
		rc = trfs_objects_add_box(
			&r->objects, trfs_box_scaled(pixels, width, height), rows, err);
	if (rc == 0)
		rc = trfs_row_builder_add_text(rows, r->objects.class_text, class_text,
					       err);
	if (rc == 0)
		rc = add_integer(rows, r->column_difficult, object->difficult, err);
	if (rc == 0)
		rc = add_integer(rows, r->column_truncated, object->truncated, err);
	if (rc == 0)
		rc = trfs_row_builder_add_text(rows, r->column_view,
					       trfs_voc_get(a, object->pose), err);
	return rc;
}

int trfs_voc_rows_add(struct trfs_voc_rows *r, struct trfs_bytes image,
		      const struct trfs_bytes *class_text, const char *xml_path,
		      struct trfs_row_builder *rows, struct trfs_error *err)
{
	const struct trfs_voc_annotation *a = &r->annotation;
	int rc = trfs_voc_rows_add_path(r, image, rows, err);

	if (rc == 0)
		rc = trfs_row_builder_add_text(rows, r->column_filename,
					       trfs_voc_get(a, a->filename), err);
	if (rc < 0)
		return rc;
	if (a->width <= 0 || a->height <= 0) {
		trfs_row_builder_problem(
			rows,
			"is badly annotated: %s:%" PRIu64
			": has no <size> with a width and a height above 0",
			xml_path, a->size_line ? a->size_line : 1);
		return 0;
	}
	rc = add_integer(rows, r->column_height, a->height, err);
	if (rc == 0)
		rc = add_integer(rows, r->column_width, a->width, err);
	for (size_t i = 0; rc == 0 && i < a->nr_objects; i++) {
		if (r->drops_difficult && a->objects[i].difficult)
			continue;
		rc = add_object(r, image,
				class_text ? *class_text
					   : trfs_voc_get(a, a->objects[i].name),
				xml_path, &a->objects[i], rows, err);
	}
	return rc;
}
