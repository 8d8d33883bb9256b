/* SPDX-License-Identifier: MIT */
/* An object of "images" as a row. */
#include "manifest/coco_reader.h"

#include "base/error.h"
#include "manifest/json_pick.h"
#include "manifest/json_values.h"
#include <errno.h>

enum key { KEY_FILE_NAME, KEY_ID, KEY_HEIGHT, KEY_WIDTH, KEY_LABEL, NR_KEYS };

static const char *const keys[] = { "file_name", "id", "height", "width", "label" };

/* Columns that are ours whatever keys the images have. */
static const char *const reserved[] = { "path", "caption", "split" };

static bool is_reserved(const char *key)
{
	if (strncmp(key, "objects/", 8) == 0 || strncmp(key, "panoptic/", 9) == 0)
		return true;
	for (size_t i = 0; i < TRFS_COUNT(reserved); i++)
		if (strcmp(key, reserved[i]) == 0)
			return true;
	return false;
}

/* All plain members but those that have been added. */
static int add_others(const struct trfs_coco *coco, struct trfs_bytes text,
		      struct trfs_text_place begins, struct trfs_row_builder *rows,
		      struct trfs_text_place *ret_place, struct trfs_error *err)
{
	TRFS_CLEANUP(json_decrefp) json_t *image = NULL;
	struct trfs_text_place place = begins;
	const char *key;
	json_t *member;
	void *next;
	int rc;

	rc = trfs_json_parse(text, begins, &image, &place, err);
	if (rc < 0) {
		*ret_place = place;
		return rc;
	}
	for (size_t i = 0; i < NR_KEYS; i++)
		if (i != KEY_LABEL || coco->style->labelled)
			json_object_del(image, keys[i]);
	json_object_foreach_safe(image, next, key, member)
	{
		if (json_is_array(member) || json_is_object(member) || is_reserved(key))
			json_object_del(image, key);
	}
	return trfs_json_values_add(image, rows, err);
}

/* A size is as it is given: an integer or a real. */
static int add_size(const struct trfs_coco *coco, const char *key, struct trfs_bytes text,
		    enum trfs_coco_column column, double *ret,
		    struct trfs_row_builder *rows, struct trfs_error *err)
{
	TRFS_CLEANUP(json_decrefp) json_t *json = NULL;
	struct trfs_value value;
	int rc = trfs_json_pick_value(key, text, "a number", &json, err);

	if (rc < 0)
		return rc;
	if (!json_is_number(json))
		return trfs_json_pick_fail(key, text, "a number", err);
	*ret = json_number_value(json);
	/* The classification variant takes it, and drops the box. */
	if (*ret < 0 && !coco->style->single)
		return trfs_json_pick_fail(key, text, "a size", err);
	if (json_is_integer(json))
		value = (struct trfs_value){ .kind = TRFS_VALUE_INTEGER,
					     .integer = json_integer_value(json) };
	else
		value = (struct trfs_value){ .kind = TRFS_VALUE_REAL, .real = *ret };
	return trfs_row_builder_add(rows, coco->columns[column], &value, err);
}

static int add_path(struct trfs_coco *coco, struct trfs_bytes name,
		    struct trfs_row_builder *rows, struct trfs_error *err)
{
	struct trfs_bytes path;
	int rc;

	if (name.len == 0)
		return trfs_fail(err, -EBADMSG, "\"file_name\" is empty");
	if (coco->prefix) {
		trfs_buffer_reset(&coco->scratch);
		trfs_buffer_printf(&coco->scratch, "%s%.*s", coco->prefix,
				   TRFS_BYTES_ARG(name));
		if (coco->scratch.failed)
			return trfs_fail_memory(err, "a path");
		path = trfs_buffer_bytes(&coco->scratch);
	} else {
		rc = trfs_coco_directories_find(&coco->directories, name, &path, err);
		if (rc < 0)
			return rc;
	}
	return trfs_row_builder_add_text(rows, coco->columns[TRFS_COCO_PATH], path, err);
}

static int add_label(const struct trfs_coco *coco, struct trfs_bytes text,
		     struct trfs_row_builder *rows, struct trfs_error *err)
{
	struct trfs_value label = { .kind = TRFS_VALUE_INTEGER };
	int rc;

	if (!coco->style->labelled)
		return 0;
	rc = trfs_json_pick_integer("label", text, &label.integer, err);
	if (rc < 0)
		return rc;
	return trfs_row_builder_add(rows, coco->columns[TRFS_COCO_LABEL], &label, err);
}

static int add_name(struct trfs_coco *coco, struct trfs_bytes text, json_t **ret_json,
		    struct trfs_coco_image *image, struct trfs_row_builder *rows,
		    struct trfs_error *err)
{
	int rc = trfs_json_pick_string("file_name", text, ret_json, &image->name, err);

	if (rc == 0)
		rc = add_path(coco, image->name, rows, err);
	if (rc == 0)
		rc = trfs_row_builder_add_text(rows, coco->columns[TRFS_COCO_FILE_NAME],
					       image->name, err);
	return rc;
}

int trfs_coco_image_add(struct trfs_coco *coco, struct trfs_bytes text,
			struct trfs_text_place begins, struct trfs_coco_image *image,
			struct trfs_row_builder *rows, struct trfs_text_place *ret_place,
			struct trfs_error *err)
{
	struct trfs_bytes values[NR_KEYS];
	int rc;

	rc = trfs_json_pick(text, keys, NR_KEYS, values, err);
	if (rc == 0)
		rc = add_name(coco, values[KEY_FILE_NAME], &image->name_json, image, rows,
			      err);
	if (rc == 0)
		rc = trfs_coco_id_read(&image->id, "id", values[KEY_ID], err);
	if (rc == 0)
		rc = trfs_row_builder_add(rows, coco->columns[TRFS_COCO_ID],
					  &image->id.value, err);
	if (rc == 0)
		rc = add_size(coco, "height", values[KEY_HEIGHT], TRFS_COCO_HEIGHT,
			      &image->height, rows, err);
	if (rc == 0)
		rc = add_size(coco, "width", values[KEY_WIDTH], TRFS_COCO_WIDTH,
			      &image->width, rows, err);
	if (rc == 0)
		rc = add_label(coco, values[KEY_LABEL], rows, err);
	if (rc < 0)
		return rc;
	return add_others(coco, text, begins, rows, ret_place, err);
}
