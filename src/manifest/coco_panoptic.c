/* SPDX-License-Identifier: MIT */
/* Captions, and the segments of panoptic pictures. */
#include "manifest/coco_reader.h"

#include "base/error.h"
#include "image/panoptic.h"
#include "manifest/json_pick.h"
#include <errno.h>
#include <inttypes.h>

static int add_caption(struct trfs_coco *coco, const struct trfs_coco_entry *entry,
		       struct trfs_row_builder *rows, struct trfs_error *err)
{
	static const char *const keys[] = { "caption" };
	TRFS_CLEANUP(json_decrefp) json_t *json = NULL;
	struct trfs_bytes text, value, caption;
	int rc;

	rc = trfs_coco_file_read(&coco->captions.file, entry, &text, err);
	if (rc == 0)
		rc = trfs_json_pick(text, keys, 1, &value, err);
	if (rc == 0)
		rc = trfs_json_pick_string(keys[0], value, &json, &caption, err);
	if (rc < 0)
		return rc;
	return trfs_row_builder_add_text(rows, coco->columns[TRFS_COCO_CAPTION], caption,
					 err);
}

int trfs_coco_captions_add(struct trfs_coco *coco, const struct trfs_coco_image *image,
			   struct trfs_row_builder *rows,
			   struct trfs_text_place *ret_place, struct trfs_error *err)
{
	size_t first = 0;
	size_t nr = trfs_coco_index_find(&coco->captions.index, image->id.bytes, &first);

	for (size_t i = 0; i < nr; i++) {
		const struct trfs_coco_entry *entry =
			trfs_coco_index_get(&coco->captions.index, first + i);
		int rc = add_caption(coco, entry, rows, err);

		if (rc < 0)
			return trfs_coco_file_place(&coco->captions.file, entry->line, rc,
						    ret_place, err);
	}
	return 0;
}

static int member_integer(json_t *segment, const char *key, int64_t *ret,
			  struct trfs_error *err)
{
	json_t *member = json_object_get(segment, key);

	if (!json_is_integer(member))
		return trfs_fail(err, -EBADMSG,
				 "\"segments_info\" has a segment whose \"%s\" is %s",
				 key, member ? "no integer" : "missing");
	*ret = json_integer_value(member);
	return 0;
}

/* @number: among all segments, those left out included, from 1. */
static int put_segment(struct trfs_coco *coco, json_t *segment, int64_t number,
		       struct trfs_error *err)
{
	const struct trfs_options *options = coco->request->options;
	int64_t id = 0, category = 0, is_crowd = 0;
	struct trfs_bytes name;
	bool thing;
	int rc;

	rc = member_integer(segment, "id", &id, err);
	if (rc == 0)
		rc = member_integer(segment, "category_id", &category, err);
	if (rc == 0)
		rc = member_integer(segment, "iscrowd", &is_crowd, err);
	if (rc < 0 || (options->panoptic_skip_crowd && is_crowd))
		return rc;
	if (!trfs_coco_categories_find(&coco->things, category, &name, &thing))
		return trfs_fail(err, -EBADMSG,
				 "segment %" PRId64 " (id %" PRId64
				 ") has \"category_id\" %" PRId64
				 ", which none of the \"categories\" has",
				 number, id, category);
	if (!trfs_panoptic_shows(category, thing ? number : 0))
		return trfs_fail(err, -EBADMSG,
				 "segment %" PRId64 " (id %" PRId64
				 ") of category %" PRId64
				 " cannot be shown in a mask of bytes: %s",
				 number, id, category,
				 thing ? "at most 255 segments and categories can"
				       : "stuff has the categories 90 to 255");
	trfs_buffer_printf(&coco->scratch, "%" PRId64 ",%" PRId64 ",%" PRId64 ";", id,
			   category, thing ? number : 0);
	return 0;
}

static int put_segments(struct trfs_coco *coco, struct trfs_bytes text,
			struct trfs_error *err)
{
	static const char what[] = "a list of objects";
	TRFS_CLEANUP(json_decrefp) json_t *segments = NULL;
	json_t *segment;
	size_t i;
	int rc;

	rc = trfs_json_pick_value("segments_info", text, what, &segments, err);
	if (rc == 0 && !json_is_array(segments))
		return trfs_json_pick_fail("segments_info", text, what, err);
	trfs_buffer_reset(&coco->scratch);
	trfs_buffer_put_u8(&coco->scratch, 's');
	if (rc == 0)
		json_array_foreach(segments, i, segment)
		{
			rc = put_segment(coco, segment, (int64_t)i + 1, err);
			if (rc < 0)
				return rc;
		}
	if (rc == 0 && coco->scratch.failed)
		return trfs_fail_memory(err, "the segments");
	return rc;
}

static int add_picture(struct trfs_coco *coco, const struct trfs_coco_entry *entry,
		       struct trfs_row_builder *rows, struct trfs_error *err)
{
	static const char *const keys[] = { "file_name", "segments_info" };
	TRFS_CLEANUP(json_decrefp) json_t *json = NULL;
	struct trfs_bytes text, name;
	struct trfs_bytes values[TRFS_COUNT(keys)];
	int rc;

	rc = trfs_coco_file_read(&coco->panoptic.file, entry, &text, err);
	if (rc == 0)
		rc = trfs_json_pick(text, keys, TRFS_COUNT(keys), values, err);
	if (rc == 0)
		rc = trfs_json_pick_string(keys[0], values[0], &json, &name, err);
	if (rc == 0)
		rc = put_segments(coco, values[1], err);
	if (rc == 0)
		rc = trfs_row_builder_add_text(rows,
					       coco->columns[TRFS_COCO_PANOPTIC_SEGMENTS],
					       trfs_buffer_bytes(&coco->scratch), err);
	if (rc < 0)
		return rc;
	trfs_buffer_reset(&coco->scratch);
	if (name.len == 0 || name.data[0] != '/')
		trfs_buffer_put(&coco->scratch, coco->masks.data, coco->masks.len);
	trfs_buffer_put(&coco->scratch, name.data, name.len);
	if (coco->scratch.failed)
		return trfs_fail_memory(err, "a path");
	return trfs_row_builder_add_text(rows, coco->columns[TRFS_COCO_PANOPTIC_FILE],
					 trfs_buffer_bytes(&coco->scratch), err);
}

/* Of several annotations of one image the last one counts. */
int trfs_coco_panoptic_add(struct trfs_coco *coco, const struct trfs_coco_image *image,
			   struct trfs_row_builder *rows,
			   struct trfs_text_place *ret_place, struct trfs_error *err)
{
	size_t first = 0;
	size_t nr = trfs_coco_index_find(&coco->panoptic.index, image->id.bytes, &first);
	const struct trfs_coco_entry *entry;
	int rc;

	if (nr == 0)
		return 0;
	entry = trfs_coco_index_get(&coco->panoptic.index, first + nr - 1);
	rc = add_picture(coco, entry, rows, err);
	if (rc < 0)
		return trfs_coco_file_place(&coco->panoptic.file, entry->line, rc,
					    ret_place, err);
	return 0;
}
