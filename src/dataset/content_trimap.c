/* SPDX-License-Identifier: MIT */
/*
 * Masks out of a trimap: 2 is the background, all else the animal.  Every object of an
 * image has the whole of it, as the Object Detection API's pets do.
 */
#include "dataset/content.h"
#include "dataset/content_picture.h"
#include "dataset/source_file.h"

#include "base/error.h"
#include "image/png_encode.h"
#include "manifest/text.h"

#include <errno.h>

#define BACKGROUND 2

static enum trfs_origin origin_made(const struct trfs_catalog *catalog,
				    struct trfs_content_ref ref)
{
	(void)catalog;
	(void)ref;
	return TRFS_ORIGIN_MADE;
}

/* Of which each has its label. */
static uint32_t nr_objects(const struct trfs_catalog *catalog, uint64_t example)
{
	size_t nr;

	trfs_catalog_labels(catalog, example, &nr);
	return nr < TRFS_CONTENT_ITEMS_MAX ? (uint32_t)nr : TRFS_CONTENT_ITEMS_MAX - 1;
}

/* The mask as 1 and 0, in the maker's pixels. */
static int decode(struct trfs_content_maker *maker, uint64_t example,
		  struct trfs_error *err)
{
	const struct trfs_source_file file = trfs_source_file_get(
		maker->catalog, trfs_source_file_of_mask(maker->catalog, example));
	struct trfs_pixels *pixels = &maker->scratch.pixels;
	char name[TRFS_PRINTABLE_SIZE];
	struct trfs_name room;
	size_t nr;
	int rc = trfs_picture_decode(maker, &file, 1, err);

	if (rc == -EBADMSG)
		return trfs_error_prefix(
			err, rc, "mask %s",
			trfs_text_printable(trfs_source_file_name(&file, &room), name,
					    sizeof(name)));
	if (rc < 0)
		return rc;
	nr = trfs_pixels_size(pixels);
	for (size_t i = 0; i < nr; i++)
		pixels->data[i] = pixels->data[i] != BACKGROUND;
	return 0;
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

static int make_mask(struct trfs_content_maker *maker, struct trfs_content_ref ref,
		     struct trfs_buffer *out, struct trfs_error *err)
{
	int rc = decode(maker, ref.example, err);

	return rc < 0 ? rc : trfs_png_encode_grey(&maker->scratch.pixels, out, err);
}

const struct trfs_content_kind trfs_content_trimap_masks = {
	.name = "a mask of a trimap",
	.needs_masks = true,
	.needs_pixels = true,
	.several = true,
	.origin = origin_made,
	.is_measured = always_measured,
	.nr_items = nr_objects,
	.length = length_unknown,
	.make = make_mask,
};

/* Those of all objects are one list, so one content. */
static uint32_t nr_lists(const struct trfs_catalog *catalog, uint64_t example)
{
	return nr_objects(catalog, example) > 0;
}

static bool length_of_numbers(const struct trfs_catalog *catalog,
			      struct trfs_content_ref ref, uint64_t *ret)
{
	const struct trfs_appearance *mask =
		trfs_catalog_appearance(catalog, trfs_catalog_mask(catalog, ref.example));
	uint64_t size = trfs_picture_size(mask->height, mask->width, sizeof(float));

	if (__builtin_mul_overflow(size, nr_objects(catalog, ref.example), ret))
		*ret = UINT64_MAX;
	return true;
}

static int make_numbers(struct trfs_content_maker *maker, struct trfs_content_ref ref,
			struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_pixels *pixels = &maker->scratch.pixels;
	size_t nr = 0;
	uint64_t len;
	uint8_t *at;
	int rc = decode(maker, ref.example, err);

	if (rc < 0)
		return rc;
	length_of_numbers(maker->catalog, ref, &len);
	at = len <= SIZE_MAX ? trfs_buffer_extend(out, (size_t)len) : NULL;
	if (!at)
		return trfs_fail_memory(err, "the numbers of a mask");
	nr = trfs_pixels_size(pixels);
	/* Little-endian, as on every machine that this builds for: see base/bytes.h. */
	for (uint32_t object = nr_objects(maker->catalog, ref.example); object > 0;
	     object--)
		for (size_t i = 0; i < nr; i++, at += sizeof(float)) {
			const float value = pixels->data[i];

			memcpy(at, &value, sizeof(value));
		}
	return 0;
}

const struct trfs_content_kind trfs_content_trimap_numbers = {
	.name = "numbers of a trimap",
	.needs_masks = true,
	.needs_pixels = true,
	.several = true,
	.origin = origin_made,
	.nr_items = nr_lists,
	.length = length_of_numbers,
	.make = make_numbers,
};
