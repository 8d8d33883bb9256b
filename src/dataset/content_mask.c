/* SPDX-License-Identifier: MIT */
/* The mask: its file, its pixels, and these one-hot. */
#include "dataset/content.h"
#include "dataset/content_picture.h"
#include "dataset/source_file.h"

#include "base/error.h"
#include "manifest/text.h"

#include <errno.h>

#define IGNORED 255 /* of no class: all zeroes */

static struct trfs_source_file mask_of(const struct trfs_catalog *catalog,
				       uint64_t example)
{
	return trfs_source_file_get(catalog, trfs_source_file_of_mask(catalog, example));
}

static enum trfs_origin origin_of_mask(const struct trfs_catalog *catalog,
				       struct trfs_content_ref ref)
{
	(void)catalog;
	(void)ref;
	return TRFS_ORIGIN_FILE;
}

static bool length_of_mask(const struct trfs_catalog *catalog,
			   struct trfs_content_ref ref, uint64_t *ret)
{
	*ret = trfs_catalog_mask(catalog, ref.example)->size;
	return true;
}

const struct trfs_content_kind trfs_content_mask = {
	.name = "a mask",
	.needs_masks = true,
	.origin = origin_of_mask,
	.length = length_of_mask,
};

static enum trfs_origin origin_of_pixels(const struct trfs_catalog *catalog,
					 struct trfs_content_ref ref)
{
	(void)catalog;
	(void)ref;
	return TRFS_ORIGIN_MADE;
}

/* Of what is shown for each pixel. */
static uint32_t pixel_size(const struct trfs_presentation *p)
{
	if (p->one_hot == 0)
		return 1;
	return p->one_hot_floats ? p->one_hot * (uint32_t)sizeof(float) : p->one_hot;
}

static bool length_of_pixels(const struct trfs_catalog *catalog,
			     struct trfs_content_ref ref, uint64_t *ret)
{
	const struct trfs_appearance *mask =
		trfs_catalog_appearance(catalog, trfs_catalog_mask(catalog, ref.example));

	*ret = trfs_picture_size(mask->height, mask->width,
				 pixel_size(&catalog->presentation));
	return true;
}

static int fail_value(const struct trfs_presentation *p, const struct trfs_pixels *pixels,
		      size_t pixel, struct trfs_error *err)
{
	return trfs_fail(err, -EBADMSG,
			 "has value %u at column %zu, row %zu; with --one-hot %u values "
			 "are 0 to %u, or 255 for pixels of no class",
			 pixels->data[pixel], pixel % pixels->width,
			 pixel / pixels->width, p->one_hot, p->one_hot - 1);
}

/* Each pixel as @p->one_hot numbers, of which that of its class is 1. */
static int put_one_hot(const struct trfs_presentation *p,
		       const struct trfs_pixels *pixels, struct trfs_buffer *out,
		       struct trfs_error *err)
{
	static const float one = 1;
	size_t size = pixel_size(p);
	size_t nr = trfs_pixels_size(pixels);
	uint64_t len = trfs_picture_size(pixels->height, pixels->width, pixel_size(p));
	uint8_t *at = len <= SIZE_MAX ? trfs_buffer_extend(out, (size_t)len) : NULL;

	if (!at)
		return trfs_fail_memory(err, "a one-hot mask");
	memset(at, 0, (size_t)len);
	for (size_t i = 0; i < nr; i++, at += size) {
		uint8_t value = pixels->data[i];

		if (value >= p->one_hot && value != IGNORED)
			return fail_value(p, pixels, i, err);
		if (value >= p->one_hot)
			continue;
		if (p->one_hot_floats)
			memcpy(at + value * sizeof(one), &one, sizeof(one));
		else
			at[value] = 1;
	}
	return 0;
}

static int make_pixels(struct trfs_content_maker *maker, struct trfs_content_ref ref,
		       struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_presentation *p = &maker->catalog->presentation;
	struct trfs_source_file file = mask_of(maker->catalog, ref.example);
	struct trfs_pixels *pixels = &maker->scratch.pixels;
	char name[TRFS_PRINTABLE_SIZE];
	struct trfs_name room;
	int rc = trfs_picture_decode(maker, &file, 1, err);

	if (rc == 0 && p->one_hot > 0)
		rc = put_one_hot(p, pixels, out, err);
	else if (rc == 0)
		trfs_picture_give(pixels, out);
	if (rc == -EBADMSG)
		return trfs_error_prefix(
			err, rc, "mask %s",
			trfs_text_printable(trfs_source_file_name(&file, &room), name,
					    sizeof(name)));
	return rc;
}

const struct trfs_content_kind trfs_content_mask_pixels = {
	.name = "pixels of a mask",
	.needs_masks = true,
	.needs_pixels = true,
	.origin = origin_of_pixels,
	.length = length_of_pixels,
	.make = make_pixels,
};
