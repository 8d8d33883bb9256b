/* SPDX-License-Identifier: MIT */
/* Images made anew: one step after the other, each from one memory into the other. */
#include "image/recipe.h"
#include "base/count_text.h"
#include "base/error.h"
#include "image/imagenet.h"
#include "image/jpeg_encode.h"
#include "image/pixels_wanted.h"
#include "image/transform.h"
#include <errno.h>

#define QUALITY_DEFAULT 100

static bool is_turned(const struct trfs_recipe *recipe,
		      const struct trfs_image_info *info)
{
	return recipe->apply_orientation && info->orientation > 1;
}

static bool needs_fix(const struct trfs_recipe *recipe, struct trfs_bytes file_name,
		      const struct trfs_image_info *info)
{
	unsigned int fixes = recipe->fixes;

	return (fixes & TRFS_FIX_PNG_TO_JPEG && info->format == TRFS_IMAGE_PNG) ||
	       (fixes & TRFS_FIX_CMYK && info->oddities & TRFS_IMAGE_CMYK) ||
	       (fixes & TRFS_FIX_PNG_NAMES && trfs_bytes_ends_with(file_name, ".png")) ||
	       (fixes & TRFS_FIX_IMAGENET && trfs_imagenet_is_faulty(file_name));
}

/* Before resizing. */
static void upright_size(const struct trfs_recipe *recipe,
			 const struct trfs_image_info *info, uint32_t *height,
			 uint32_t *width)
{
	bool swapped = is_turned(recipe, info) &&
		       trfs_orientation_swaps_sides(info->orientation);

	*height = swapped ? info->width : info->height;
	*width = swapped ? info->height : info->width;
}

/* @side * @to / @from to the nearest, halves up, but at least 1. */
static uint32_t in_proportion(uint32_t side, uint32_t to, uint32_t from)
{
	unsigned __int128 scaled;

	if (from == 0)
		return 1;
	scaled = ((unsigned __int128)side * to * 2 + from) / (2 * (uint64_t)from);
	if (scaled > UINT32_MAX)
		return UINT32_MAX;
	return scaled > 0 ? (uint32_t)scaled : 1;
}

void trfs_recipe_size(const struct trfs_recipe *recipe,
		      const struct trfs_image_info *info, uint32_t *ret_height,
		      uint32_t *ret_width)
{
	uint32_t height, width;

	upright_size(recipe, info, &height, &width);
	*ret_height = height;
	*ret_width = width;
	switch (recipe->resize) {
	case TRFS_RESIZE_NONE:
		break;
	case TRFS_RESIZE_SHORTER:
		if (height <= width) {
			*ret_height = recipe->height;
			*ret_width = in_proportion(width, recipe->height, height);
		} else {
			*ret_height = in_proportion(height, recipe->height, width);
			*ret_width = recipe->height;
		}
		break;
	case TRFS_RESIZE_EXACT:
	case TRFS_RESIZE_NEAREST:
		*ret_height = recipe->height;
		*ret_width = recipe->width;
		break;
	}
}

bool trfs_recipe_applies(const struct trfs_recipe *recipe, struct trfs_bytes file_name,
			 const struct trfs_image_info *info)
{
	uint32_t upright_height, upright_width, height, width;

	upright_size(recipe, info, &upright_height, &upright_width);
	trfs_recipe_size(recipe, info, &height, &width);
	return recipe->always || recipe->swap_red_blue || is_turned(recipe, info) ||
	       height != upright_height || width != upright_width ||
	       needs_fix(recipe, file_name, info);
}

void trfs_image_scratch_done(struct trfs_image_scratch *scratch)
{
	trfs_pixels_done(&scratch->pixels);
	trfs_pixels_done(&scratch->spare);
}

/* What a step has put into the spare memory is the picture from now on. */
static void exchange(struct trfs_image_scratch *scratch)
{
	struct trfs_pixels made = scratch->spare;

	scratch->spare = scratch->pixels;
	scratch->pixels = made;
}

/* Grey is decoded as one channel, and takes a third of the work until it is encoded. */
static int decode(const struct trfs_recipe *recipe, struct trfs_bytes whole,
		  const struct trfs_image_info *info, struct trfs_pixels *pixels,
		  struct trfs_error *err)
{
	unsigned int channels = info->channels == 1 || info->channels == 2 ? 1 : 3;
	char across[TRFS_COUNT_SIZE], down[TRFS_COUNT_SIZE];
	int rc = trfs_pixels_decode(whole, info, channels, recipe->dct,
				    recipe->max_pixels, pixels, err);

	if (rc < 0)
		return rc;
	if (pixels->height == info->height && pixels->width == info->width)
		return 0;
	return trfs_fail(err, -EBADMSG,
			 "decodes to %s x %s pixels, which is not what its header says",
			 trfs_count_text(pixels->width, across),
			 trfs_count_text(pixels->height, down));
}

static int turn(const struct trfs_recipe *recipe, const struct trfs_image_info *info,
		struct trfs_image_scratch *scratch, struct trfs_error *err)
{
	int rc;

	if (!is_turned(recipe, info))
		return 0;
	rc = trfs_pixels_turn(&scratch->pixels, info->orientation, &scratch->spare, err);
	if (rc == 0)
		exchange(scratch);
	return rc;
}

static int resize(const struct trfs_recipe *recipe, const struct trfs_image_info *info,
		  struct trfs_image_scratch *scratch, struct trfs_error *err)
{
	uint32_t height, width;
	int rc;

	trfs_recipe_size(recipe, info, &height, &width);
	if (height == scratch->pixels.height && width == scratch->pixels.width)
		return 0;
	if (recipe->resize == TRFS_RESIZE_NEAREST)
		rc = trfs_pixels_resize_nearest(&scratch->pixels, height, width,
						&scratch->spare, err);
	else
		rc = trfs_pixels_resize(&scratch->pixels, height, width, &scratch->spare,
					err);
	if (rc == 0)
		exchange(scratch);
	return rc;
}

/* Before anything is decoded: what it would become can be no JPEG, or is too large. */
static int check_size(const struct trfs_recipe *recipe,
		      const struct trfs_image_info *info, struct trfs_error *err)
{
	uint32_t height, width;
	int rc;

	trfs_recipe_size(recipe, info, &height, &width);
	rc = trfs_jpeg_check_size(height, width, err);
	if (rc == 0)
		rc = trfs_pixels_check_max(height, width, recipe->max_pixels, err);
	if (rc < 0 && recipe->resize != TRFS_RESIZE_NONE)
		return trfs_error_prefix(err, rc, "once resized");
	return rc;
}

int trfs_recipe_make(const struct trfs_recipe *recipe,
		     const struct trfs_augmentation *augmentation, uint64_t random,
		     struct trfs_bytes whole, const struct trfs_image_info *info,
		     struct trfs_image_scratch *scratch, struct trfs_buffer *out,
		     struct trfs_error *err)
{
	const struct trfs_jpeg_settings settings = {
		.quality = recipe->quality ? recipe->quality : QUALITY_DEFAULT,
		.density_300 = recipe->density_300,
		.grey_as_rgb = true,
	};
	struct trfs_augmentation_draw draw = { 0 };
	int rc = check_size(recipe, info, err);

	if (augmentation)
		draw = trfs_augmentation_draw(augmentation, random);
	if (rc == 0)
		rc = decode(recipe, whole, info, &scratch->pixels, err);
	if (rc == 0)
		rc = turn(recipe, info, scratch, err);
	if (rc == 0)
		rc = resize(recipe, info, scratch, err);
	if (rc == 0)
		rc = trfs_augmentation_apply(&draw, &scratch->pixels, &scratch->spare,
					     err);
	if (rc < 0)
		return rc;
	if (recipe->swap_red_blue)
		trfs_pixels_swap_red_blue(&scratch->pixels);
	return trfs_jpeg_encode(&scratch->pixels, &settings, out, err);
}
