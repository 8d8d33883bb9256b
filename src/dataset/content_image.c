/* SPDX-License-Identifier: MIT */
/* The image: its file, or what the recipe makes of it; its hash; its pixels. */
#include "dataset/augments.h"
#include "dataset/content.h"
#include "dataset/content_picture.h"
#include "dataset/source_file.h"

#include "image/transform.h"

#define SHA256_HEX_LEN 64
#define CHANNELS       3

static enum trfs_origin origin_of_image(const struct trfs_catalog *catalog,
					struct trfs_content_ref ref)
{
	return ref.copy > 0 || trfs_image_is_made(catalog, ref.example)
		       ? TRFS_ORIGIN_MADE
		       : TRFS_ORIGIN_FILE;
}

static bool length_of_image(const struct trfs_catalog *catalog,
			    struct trfs_content_ref ref, uint64_t *ret)
{
	*ret = trfs_catalog_example(catalog, ref.example)->size;
	return origin_of_image(catalog, ref) == TRFS_ORIGIN_FILE;
}

static int make_image(struct trfs_content_maker *maker, struct trfs_content_ref ref,
		      struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_catalog *catalog = maker->catalog;
	const struct trfs_source_file file = trfs_source_file_get(catalog, ref.example);
	struct trfs_image_info info = trfs_appearance_info(file.appearance);
	int rc;

	rc = trfs_source_file_read_all(&file, maker->root, &maker->file, err);
	if (rc < 0)
		return rc;
	return trfs_recipe_make(&catalog->presentation.recipe,
				trfs_augments_of_copy(catalog, ref.example, ref.copy),
				trfs_augments_random(catalog, ref.example, ref.copy),
				trfs_buffer_bytes(&maker->file), &info, &maker->scratch,
				out, err);
}

static bool made_by(const struct trfs_presentation *presentation)
{
	return trfs_presentation_makes_images(presentation);
}

const struct trfs_content_kind trfs_content_image = {
	.name = "an encoded image",
	.of_image = true,
	.origin = origin_of_image,
	.length = length_of_image,
	.make = make_image,
	.is_measured = made_by,
};

static enum trfs_origin origin_of_sha256(const struct trfs_catalog *catalog,
					 struct trfs_content_ref ref)
{
	(void)catalog;
	(void)ref;
	return TRFS_ORIGIN_HASH;
}

static bool length_of_sha256(const struct trfs_catalog *catalog,
			     struct trfs_content_ref ref, uint64_t *ret)
{
	(void)catalog;
	(void)ref;
	*ret = SHA256_HEX_LEN;
	return true;
}

const struct trfs_content_kind trfs_content_image_sha256 = {
	.name = "a hash",
	.origin = origin_of_sha256,
	.length = length_of_sha256,
};

static bool length_of_pixels(const struct trfs_catalog *catalog,
			     struct trfs_content_ref ref, uint64_t *ret)
{
	struct trfs_image_shown shown = trfs_image_shown(catalog, ref.example, ref.copy);

	*ret = trfs_picture_size(shown.height, shown.width, CHANNELS);
	return true;
}

/* Turned and resized as trfs_recipe_make() does, and augmented as it does. */
static int change_pixels(struct trfs_content_maker *maker, struct trfs_content_ref ref,
			 struct trfs_error *err)
{
	const struct trfs_catalog *catalog = maker->catalog;
	const struct trfs_recipe *recipe = &catalog->presentation.recipe;
	struct trfs_image_scratch *s = &maker->scratch;
	const struct trfs_augmentation *what =
		trfs_augments_of_copy(catalog, ref.example, ref.copy);
	struct trfs_image_shown shown = trfs_image_shown(catalog, ref.example, ref.copy);
	const struct trfs_example *example = trfs_catalog_example(catalog, ref.example);
	unsigned int orientation = trfs_catalog_appearance(catalog, example)->orientation;
	struct trfs_augmentation_draw draw;
	int rc = 0;

	if (recipe->apply_orientation && orientation > 1) {
		rc = trfs_pixels_turn(&s->pixels, orientation, &s->spare, err);
		if (rc == 0)
			trfs_picture_exchange(s);
	}
	if (rc == 0 &&
	    (shown.height != s->pixels.height || shown.width != s->pixels.width)) {
		rc = recipe->resize == TRFS_RESIZE_NEAREST
			     ? trfs_pixels_resize_nearest(&s->pixels, shown.height,
							  shown.width, &s->spare, err)
			     : trfs_pixels_resize(&s->pixels, shown.height, shown.width,
						  &s->spare, err);
		if (rc == 0)
			trfs_picture_exchange(s);
	}
	if (rc == 0 && what) {
		draw = trfs_augmentation_draw(
			what, trfs_augments_random(catalog, ref.example, ref.copy));
		rc = trfs_augmentation_apply(&draw, &s->pixels, &s->spare, err);
	}
	if (rc == 0 && recipe->swap_red_blue)
		trfs_pixels_swap_red_blue(&s->pixels);
	return rc;
}

static int make_pixels(struct trfs_content_maker *maker, struct trfs_content_ref ref,
		       struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_source_file file =
		trfs_source_file_get(maker->catalog, ref.example);
	int rc = trfs_picture_decode(maker, &file, CHANNELS, err);

	if (rc == 0)
		rc = change_pixels(maker, ref, err);
	if (rc == 0)
		trfs_picture_give(&maker->scratch.pixels, out);
	return rc;
}

static enum trfs_origin origin_of_pixels(const struct trfs_catalog *catalog,
					 struct trfs_content_ref ref)
{
	(void)catalog;
	(void)ref;
	return TRFS_ORIGIN_MADE;
}

const struct trfs_content_kind trfs_content_image_pixels = {
	.name = "pixels",
	.needs_pixels = true,
	.origin = origin_of_pixels,
	.length = length_of_pixels,
	.make = make_pixels,
};
