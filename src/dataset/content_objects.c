/* SPDX-License-Identifier: MIT */
/*
 * Masks out of COCO's annotations, as PNG of one byte a pixel: one of each object, drawn
 * from its outline, and three of a panoptic picture.
 */
#include "dataset/content.h"
#include "dataset/content_picture.h"
#include "dataset/source_file.h"

#include "base/error.h"
#include "dataset/cell.h"
#include "image/panoptic.h"
#include "image/png_encode.h"
#include "image/segmentation.h"

#include <errno.h>
#include <inttypes.h>

/* Columns that the dialect makes, see manifest/coco_reader.h. */
#define OUTLINES "objects/segmentation"
#define SEGMENTS "panoptic/segments"

/* An example's cell of a column by name; empty where there is no such column. */
static struct trfs_bytes cell_of(const struct trfs_catalog *catalog, const char *name,
				 uint64_t example)
{
	uint32_t number = trfs_catalog_find_column(catalog, trfs_bytes_of(name));

	if (number == TRFS_NO_COLUMN || !trfs_column_is_stored(&catalog->columns[number]))
		return (struct trfs_bytes){ NULL, 0 };
	return trfs_catalog_cell(catalog, number, example, NULL);
}

/* Text @item of a cell; false where it has none. */
static bool text_in(struct trfs_bytes cell, uint32_t item, struct trfs_bytes *ret)
{
	struct trfs_cell_reader reader;
	struct trfs_value value;

	trfs_cell_reader_init(&reader, cell);
	for (uint32_t i = 0; trfs_cell_reader_next(&reader, &value); i++) {
		if (i < item || value.kind != TRFS_VALUE_TEXT)
			continue;
		*ret = value.text;
		return true;
	}
	return false;
}

static enum trfs_origin origin_made(const struct trfs_catalog *catalog,
				    struct trfs_content_ref ref)
{
	(void)catalog;
	(void)ref;
	return TRFS_ORIGIN_MADE;
}

static bool length_unknown(const struct trfs_catalog *catalog,
			   struct trfs_content_ref ref, uint64_t *ret)
{
	(void)catalog;
	(void)ref;
	(void)ret;
	return false;
}

static bool always_measured(const struct trfs_presentation *presentation)
{
	(void)presentation;
	return true;
}

static uint32_t nr_objects(const struct trfs_catalog *catalog, uint64_t example)
{
	size_t nr = trfs_cell_nr_values(cell_of(catalog, OUTLINES, example));

	return nr < TRFS_CONTENT_ITEMS_MAX ? (uint32_t)nr : TRFS_CONTENT_ITEMS_MAX - 1;
}

static int make_object(struct trfs_content_maker *maker, struct trfs_content_ref ref,
		       struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_catalog *catalog = maker->catalog;
	const struct trfs_appearance *image = trfs_catalog_appearance(
		catalog, trfs_catalog_example(catalog, ref.example));
	uint32_t item = trfs_content_item_of(ref.hole);
	struct trfs_pixels *mask = &maker->scratch.pixels;
	uint64_t max_pixels = catalog->presentation.recipe.max_pixels;
	struct trfs_bytes outline;
	int rc;

	if ((uint64_t)image->height * image->width > max_pixels)
		return trfs_fail(err, -EBADMSG,
				 "has %" PRIu32 " x %" PRIu32
				 " pixels, too many for masks (--max-pixels %" PRIu64 ")",
				 image->width, image->height, max_pixels);
	if (!text_in(cell_of(catalog, OUTLINES, ref.example), item, &outline))
		return trfs_fail(err, -EBADMSG, "has no outline of object %" PRIu32,
				 item + 1);
	rc = trfs_pixels_shape(mask, image->height, image->width, 1, err);
	if (rc == 0)
		rc = trfs_object_mask_draw(outline, image->height, image->width,
					   mask->data, err);
	if (rc == -EBADMSG)
		return trfs_error_prefix(err, rc, "has an object %" PRIu32, item + 1);
	return rc < 0 ? rc : trfs_png_encode_grey(mask, out, err);
}

const struct trfs_content_kind trfs_content_object_mask = {
	.name = "a mask of an object",
	.several = true,
	.origin = origin_made,
	.is_measured = always_measured,
	.nr_items = nr_objects,
	.length = length_unknown,
	.make = make_object,
};

/* Not every image needs to have a picture. */
static uint32_t nr_pictures(const struct trfs_catalog *catalog, uint64_t example)
{
	return trfs_catalog_mask(catalog, example)->size > 0;
}

static int make_panoptic(struct trfs_content_maker *maker, struct trfs_content_ref ref,
			 struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_catalog *catalog = maker->catalog;
	enum trfs_content kind = trfs_content_kind_of(ref.hole);
	struct trfs_source_file file = trfs_source_file_get(
		catalog, trfs_source_file_of_mask(catalog, ref.example));
	struct trfs_pixels *mask = &maker->scratch.spare;
	struct trfs_panoptic_masks masks = { NULL };
	struct trfs_bytes segments;
	struct trfs_name room;
	int rc;

	if (file.appearance->channels < 3)
		return trfs_fail(err, -EBADMSG,
				 "has a panoptic mask, %.*s, that is grey; it must be "
				 "RGB, its colours being the ids of segments",
				 TRFS_BYTES_ARG(trfs_source_file_name(&file, &room)));
	if (!text_in(cell_of(catalog, SEGMENTS, ref.example), 0, &segments))
		return trfs_fail(err, -EBADMSG, "has no panoptic segments");
	rc = trfs_picture_decode(maker, &file, 3, err);
	if (rc == 0)
		rc = trfs_pixels_shape(mask, file.appearance->height,
				       file.appearance->width, 1, err);
	if (rc < 0)
		return rc;
	if (kind == TRFS_CONTENT_PANOPTIC_CLASS)
		masks.semantic = mask->data;
	else if (kind == TRFS_CONTENT_PANOPTIC_CATEGORY)
		masks.category = mask->data;
	else
		masks.instance = mask->data;
	rc = trfs_panoptic_draw(segments, maker->scratch.pixels.data,
				trfs_pixels_size(mask), &masks, err);
	return rc < 0 ? rc : trfs_png_encode_grey(mask, out, err);
}

const struct trfs_content_kind trfs_content_panoptic = {
	.name = "a panoptic mask",
	.needs_masks = true,
	.needs_pixels = true,
	.is_panoptic = true,
	.origin = origin_made,
	.is_measured = always_measured,
	.nr_items = nr_pictures,
	.length = length_unknown,
	.make = make_panoptic,
};
