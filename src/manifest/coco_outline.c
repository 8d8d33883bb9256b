/* SPDX-License-Identifier: MIT */
/* Segmentations, with the limits of those that pycocotools accepts. */
#include "manifest/coco_outline.h"

#include "base/error.h"
#include "image/segmentation.h"
#include "manifest/json_pick.h"
#include <errno.h>

static const char key[] = "segmentation";

static int add_polygon(json_t *polygon, struct trfs_polygon_writer *writer,
		       struct trfs_error *err)
{
	size_t nr = json_array_size(polygon);
	int rc;

	/* A last number without a partner is left out, as pycocotools does. */
	for (size_t i = 0; i + 1 < nr; i += 2) {
		json_t *x = json_array_get(polygon, i);
		json_t *y = json_array_get(polygon, i + 1);

		if (!json_is_number(x) || !json_is_number(y))
			return trfs_fail(err, -EBADMSG,
					 "\"%s\" has a polygon with something that is no "
					 "number",
					 key);
		rc = trfs_polygon_writer_add(writer, json_number_value(x),
					     json_number_value(y), err);
		if (rc < 0)
			return trfs_error_prefix(err, rc, "\"%s\"", key);
	}
	return 0;
}

static int put_polygons(json_t *polygons, struct trfs_buffer *ret, struct trfs_error *err)
{
	struct trfs_polygon_writer writer;
	json_t *polygon;
	size_t i;
	int rc;

	json_array_foreach(polygons, i, polygon)
	{
		if (!json_is_array(polygon))
			return trfs_fail(err, -EBADMSG,
					 "\"%s\" has something beside lists of numbers",
					 key);
		trfs_polygon_writer_start(&writer, ret);
		rc = add_polygon(polygon, &writer, err);
		if (rc < 0)
			return rc;
	}
	if (json_array_size(json_array_get(polygons, 0)) < 6)
		return trfs_fail(err, -EBADMSG,
				 "\"%s\" has no polygon of at least three corners: [[x, "
				 "y, x, y, x, y, ...]]",
				 key);
	return 0;
}

static bool is_count(const json_t *json)
{
	return json_is_integer(json) && json_integer_value(json) >= 0 &&
	       json_integer_value(json) <= UINT32_MAX;
}

static int put_runs(json_t *runs, struct trfs_buffer *ret, struct trfs_error *err)
{
	json_t *size = json_object_get(runs, "size");
	json_t *counts = json_object_get(runs, "counts");
	struct trfs_run_writer writer;
	json_t *count;
	size_t i;

	if (json_array_size(size) != 2 || !is_count(json_array_get(size, 0)) ||
	    !is_count(json_array_get(size, 1)))
		return trfs_fail(err, -EBADMSG, "\"%s\" has no \"size\": [height, width]",
				 key);
	trfs_run_writer_start(&writer, ret,
			      (uint32_t)json_integer_value(json_array_get(size, 0)),
			      (uint32_t)json_integer_value(json_array_get(size, 1)));
	if (json_is_string(counts))
		return trfs_run_writer_add_compressed(
			&writer,
			(struct trfs_bytes){ (const uint8_t *)json_string_value(counts),
					     json_string_length(counts) },
			err);
	if (!json_is_array(counts))
		return trfs_fail(err, -EBADMSG,
				 "\"%s\" has no \"counts\", a list or a text", key);
	json_array_foreach(counts, i, count)
	{
		if (!is_count(count))
			return trfs_fail(
				err, -EBADMSG,
				"\"%s\" has \"counts\" with something that is no "
				"integer from 0 on",
				key);
		trfs_run_writer_add(&writer, (uint32_t)json_integer_value(count));
	}
	return 0;
}

int trfs_coco_outline_put(struct trfs_bytes text, struct trfs_buffer *ret,
			  struct trfs_error *err)
{
	static const char what[] = "a list of polygons, or an object of run lengths";
	TRFS_CLEANUP(json_decrefp) json_t *json = NULL;
	int rc;

	rc = trfs_json_pick_value(key, text, what, &json, err);
	if (rc < 0)
		return rc;
	if (json_is_array(json))
		rc = put_polygons(json, ret, err);
	else if (json_is_object(json))
		rc = put_runs(json, ret, err);
	else
		return trfs_json_pick_fail(key, text, what, err);
	if (rc == 0 && ret->failed)
		return trfs_fail_memory(err, "an outline");
	return rc;
}
