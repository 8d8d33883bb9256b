/* SPDX-License-Identifier: MIT */
/* The boxes of an image; those that the converters drop are remarks. */
#include "manifest/coco_reader.h"

#include "base/error.h"
#include "manifest/coco_outline.h"
#include "manifest/json_pick.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

const struct trfs_coco_style trfs_coco_style_boxes = { .marker = "bbox" };

const struct trfs_coco_style trfs_coco_style_od = {
	.marker = "bbox",
	.own_directory = true,
};

const struct trfs_coco_style trfs_coco_style_classification = {
	.marker = "xmin",
	.single = true,
	.labelled = true,
};

/**
 * struct object - one annotation
 * @dropped: why it is, or NULL
 * @name: of its class; @name_json keeps it where it stands in the annotation
 * @segmentation: its JSON text; empty where it has none
 */
struct object {
	const char *dropped;
	double xmin, xmax, ymin, ymax;
	double area;
	int64_t category;
	int64_t is_crowd;
	struct trfs_bytes name;
	json_t *name_json;
	struct trfs_bytes segmentation;
	struct trfs_coco_id id;
};

static void object_done(struct object *object)
{
	json_decref(object->name_json);
	trfs_coco_id_done(&object->id);
}

static int find_category(const struct trfs_coco *coco, struct object *object,
			 struct trfs_error *err)
{
	bool thing;

	if (trfs_coco_categories_find(&coco->categories, object->category, &object->name,
				      &thing))
		return 0;
	return trfs_fail(err, -EBADMSG,
			 "\"category_id\" is %" PRId64
			 ", which none of the \"categories\" has",
			 object->category);
}

/* As create_coco_tf_record has them; what it drops may be wrong in everything else. */
static int read_box(const struct trfs_coco *coco, const struct trfs_coco_image *image,
		    struct trfs_bytes text, struct object *object, struct trfs_error *err)
{
	static const char *const keys[] = { "id",      "bbox", "category_id",
					    "iscrowd", "area", "segmentation" };
	struct trfs_bytes values[TRFS_COUNT(keys)];
	double box[4];
	int rc;

	rc = trfs_json_pick(text, keys, TRFS_COUNT(keys), values, err);
	if (rc == 0 && values[0].len > 0)
		rc = trfs_coco_id_read(&object->id, keys[0], values[0], err);
	if (rc == 0)
		rc = trfs_json_pick_numbers(keys[1], values[1], "[x, y, width, height]",
					    box, TRFS_COUNT(box), err);
	if (rc < 0)
		return rc;
	if (box[2] <= 0 || box[3] <= 0)
		object->dropped = "its width or height is not above 0";
	else if (box[0] + box[2] > image->width || box[1] + box[3] > image->height)
		object->dropped = "it leaves the image on the right or at the bottom";
	else if (image->width <= 0 || image->height <= 0)
		object->dropped = "the image has no size";
	if (object->dropped)
		return 0;
	object->xmin = box[0] / image->width;
	object->xmax = (box[0] + box[2]) / image->width;
	object->ymin = box[1] / image->height;
	object->ymax = (box[1] + box[3]) / image->height;
	object->segmentation = values[5];
	rc = trfs_json_pick_integer(keys[2], values[2], &object->category, err);
	if (rc == 0)
		rc = find_category(coco, object, err);
	if (rc == 0)
		rc = trfs_json_pick_flag(keys[3], values[3], &object->is_crowd, err);
	if (rc == 0)
		rc = trfs_json_pick_number(keys[4], values[4], &object->area, err);
	return rc;
}

/* As the image classification variant has them: nothing is divided or looked up. */
static int read_corners(const struct trfs_coco_image *image, struct trfs_bytes text,
			struct object *object, struct trfs_error *err)
{
	static const char *const keys[] = { "xmin", "xmax",	      "ymin",
					    "ymax", "area",	      "is_crowd",
					    "id",   "category_names", "category_id" };
	double *const numbers[] = { &object->xmin, &object->xmax, &object->ymin,
				    &object->ymax, &object->area };
	struct trfs_bytes values[TRFS_COUNT(keys)];
	int rc;

	rc = trfs_json_pick(text, keys, TRFS_COUNT(keys), values, err);
	for (size_t i = 0; rc == 0 && i < 4; i++)
		rc = trfs_json_pick_number(keys[i], values[i], numbers[i], err);
	if (rc == 0 && values[6].len > 0)
		rc = trfs_coco_id_read(&object->id, keys[6], values[6], err);
	if (rc < 0)
		return rc;
	if (image->width <= 0 || image->height <= 0)
		object->dropped = "the image has no size";
	else if (object->xmax - object->xmin > image->width ||
		 object->ymax - object->ymin > image->height)
		object->dropped = "it is larger than the image";
	if (object->dropped)
		return 0;
	rc = trfs_json_pick_number(keys[4], values[4], numbers[4], err);
	if (rc == 0)
		rc = trfs_json_pick_flag(keys[5], values[5], &object->is_crowd, err);
	if (rc == 0)
		rc = trfs_json_pick_string(keys[7], values[7], &object->name_json,
					   &object->name, err);
	if (rc == 0)
		rc = trfs_json_pick_integer(keys[8], values[8], &object->category, err);
	return rc;
}

static int remark_dropped(const struct trfs_coco *coco,
			  const struct trfs_coco_image *image,
			  const struct object *object, size_t number,
			  struct trfs_error *err)
{
	const struct trfs_value *id = &object->id.value;
	char shown[64] = "";
	char reason[256];

	if (id->kind == TRFS_VALUE_INTEGER)
		snprintf(shown, sizeof(shown), "%" PRId64, id->integer);
	else if (id->kind == TRFS_VALUE_TEXT)
		trfs_text_printable(id->text, shown, sizeof(shown));
	snprintf(reason, sizeof(reason), "box %zu%s%s%s is dropped: %s", number,
		 shown[0] ? " (id " : "", shown, shown[0] ? ")" : "", object->dropped);
	if (trfs_remarks_add(coco->request->remarks, image->name, image->line,
			     trfs_bytes_of(reason)) < 0)
		return trfs_fail_memory(err, "the remarks");
	return 0;
}

static int add_values(struct trfs_coco *coco, const struct object *object,
		      struct trfs_row_builder *rows, struct trfs_error *err)
{
	const struct {
		enum trfs_coco_column column;
		struct trfs_value value;
	} cells[] = {
		{ TRFS_COCO_XMIN, { TRFS_VALUE_REAL, .real = object->xmin } },
		{ TRFS_COCO_XMAX, { TRFS_VALUE_REAL, .real = object->xmax } },
		{ TRFS_COCO_YMIN, { TRFS_VALUE_REAL, .real = object->ymin } },
		{ TRFS_COCO_YMAX, { TRFS_VALUE_REAL, .real = object->ymax } },
		{ TRFS_COCO_CATEGORY,
		  { TRFS_VALUE_INTEGER, .integer = object->category } },
		{ TRFS_COCO_CLASS, { TRFS_VALUE_TEXT, .text = object->name } },
		{ TRFS_COCO_IS_CROWD,
		  { TRFS_VALUE_INTEGER, .integer = object->is_crowd } },
		{ TRFS_COCO_AREA, { TRFS_VALUE_REAL, .real = object->area } },
		{ TRFS_COCO_OBJECT_ID, object->id.value },
	};
	size_t nr = TRFS_COUNT(cells) - coco->objects.index.lacks_ids;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < nr; i++)
		rc = trfs_row_builder_add(rows, coco->columns[cells[i].column],
					  &cells[i].value, err);
	return rc;
}

static int add_outline(struct trfs_coco *coco, const struct object *object,
		       struct trfs_row_builder *rows, struct trfs_error *err)
{
	int rc;

	trfs_buffer_reset(&coco->scratch);
	rc = trfs_coco_outline_put(object->segmentation, &coco->scratch, err);
	if (rc < 0)
		return rc;
	return trfs_row_builder_add_text(rows, coco->columns[TRFS_COCO_SEGMENTATION],
					 trfs_buffer_bytes(&coco->scratch), err);
}

static int add_object(struct trfs_coco *coco, const struct trfs_coco_image *image,
		      const struct trfs_coco_entry *entry, size_t number,
		      struct trfs_row_builder *rows, struct trfs_error *err)
{
	TRFS_CLEANUP(object_done) struct object object = { .dropped = NULL };
	const struct trfs_options *options = coco->request->options;
	struct trfs_bytes text;
	int rc;

	rc = trfs_coco_file_read(&coco->objects.file, entry, &text, err);
	if (rc < 0)
		return rc;
	rc = coco->style->single ? read_corners(image, text, &object, err)
				 : read_box(coco, image, text, &object, err);
	if (rc < 0)
		return rc;
	if (object.dropped)
		return remark_dropped(coco, image, &object, number, err);
	rc = add_values(coco, &object, rows, err);
	if (rc == 0 && options && options->include_masks && !coco->style->single)
		rc = add_outline(coco, &object, rows, err);
	return rc;
}

int trfs_coco_objects_add(struct trfs_coco *coco, const struct trfs_coco_image *image,
			  struct trfs_row_builder *rows,
			  struct trfs_text_place *ret_place, struct trfs_error *err)
{
	size_t first = 0;
	size_t nr = trfs_coco_index_find(&coco->objects.index, image->id.bytes, &first);
	size_t i = coco->style->single && nr > 0 ? nr - 1 : 0;

	for (; i < nr; i++) {
		const struct trfs_coco_entry *entry =
			trfs_coco_index_get(&coco->objects.index, first + i);
		int rc = add_object(coco, image, entry, i + 1, rows, err);

		if (rc < 0)
			return trfs_coco_file_place(&coco->objects.file, entry->line, rc,
						    ret_place, err);
	}
	return 0;
}
