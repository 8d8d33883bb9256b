/* SPDX-License-Identifier: MIT */
/*
 * Which images are made anew, and how: an image that a recipe applies to is decoded,
 * changed and encoded as JPEG; any other is passed through as it is.
 */
#ifndef TRFS_IMAGE_RECIPE_H
#define TRFS_IMAGE_RECIPE_H

#include "base/buffer.h"
#include "image/augmentation.h"
#include "image/pixels.h"

/* Faults of images that a converter mends; bits of trfs_recipe.fixes. */
enum trfs_fix {
	TRFS_FIX_PNG_TO_JPEG = 1 << 0, /* every PNG, whatever it is called */
	TRFS_FIX_CMYK = 1 << 1,	       /* every JPEG of four components, into RGB */
	/* Whatever is in a file whose name ends in ".png", as build_image_data.py. */
	TRFS_FIX_PNG_NAMES = 1 << 2,
	/* The one PNG and 22 CMYK files that build_imagenet_data.py knows by name. */
	TRFS_FIX_IMAGENET = 1 << 3,
};

enum trfs_resize_mode {
	TRFS_RESIZE_NONE,
	TRFS_RESIZE_SHORTER, /* the shorter side to @height, the other in proportion */
	TRFS_RESIZE_EXACT,   /* smoothly, to @height x @width */
	TRFS_RESIZE_NEAREST, /* the same without mixing pixels, as OpenCV */
};

/**
 * struct trfs_recipe - what is done to images; all zeroes: nothing
 * @fixes: bits of enum trfs_fix
 * @apply_orientation: turned pictures (EXIF) are turned upright
 * @resize, @height, @width: see enum trfs_resize_mode.  The other side of a shorter one
 *	is rounded to the nearest pixel, halves up, and at least 1
 * @swap_red_blue: store red as blue, as a program does that mistakes OpenCV's order
 * @always: make every image anew, whatever it is
 * @quality: of JPEG, 1 to 100; 0: 100
 * @density_300: see struct trfs_jpeg_settings
 * @dct: TRFS_DCT_FAST where TensorFlow decoded, _ACCURATE where OpenCV or Pillow did
 * @max_pixels: of an image, and of what it is resized to; 0: the default
 *
 * As TensorFlow's encode_jpeg(decode_png(x, channels=3), format='rgb', quality=100):
 * { .fixes = ..., .density_300 = true }.  As OpenCV's, for NIH's X-rays: { .always =
 *true, .dct = TRFS_DCT_ACCURATE, .resize = TRFS_RESIZE_NEAREST, .height = 512, .width =
 *512, .swap_red_blue = true, .quality = 95 }; cv2.imread() also applies the orientation.
 */
struct trfs_recipe {
	unsigned int fixes;
	enum trfs_resize_mode resize;
	uint32_t height;
	uint32_t width;
	enum trfs_dct dct;
	uint8_t quality;
	bool apply_orientation;
	bool swap_red_blue;
	bool density_300;
	bool always;
	uint64_t max_pixels;
};

/* Word @i of those that --fix takes; NULL behind the last. */
const char *trfs_recipe_fix_name(size_t i);

/*
 * "png2jpeg,cmyk", also "png-names", "imagenet" and "bgr": sets @fixes and, by the last,
 * @swap_red_blue; -EINVAL with a sentence.
 */
TRFS_MUST_CHECK
int trfs_recipe_parse_fixes(const char *list, struct trfs_recipe *recipe,
			    struct trfs_error *err);

/*
 * "256" (shorter side), "640x480" (width x height) or "nearest:512x512": sets @resize,
 * @height and @width; -EINVAL with a sentence.  Sides are from 1 to 65,500.
 */
TRFS_MUST_CHECK
int trfs_recipe_parse_resize(const char *text, struct trfs_recipe *recipe,
			     struct trfs_error *err);

/**
 * trfs_recipe_applies() - is this image made anew?
 * @file_name: with or without directories
 * @info: what trfs_image_probe() said of it
 *
 * Not where nothing would change: an upright image of the wanted size is passed through.
 * What is made anew is a JPEG afterwards, whatever it was.
 */
bool trfs_recipe_applies(const struct trfs_recipe *recipe, struct trfs_bytes file_name,
			 const struct trfs_image_info *info);

/* Height and width of what trfs_recipe_make() makes of an image, from its header alone.
 */
void trfs_recipe_size(const struct trfs_recipe *recipe,
		      const struct trfs_image_info *info, uint32_t *ret_height,
		      uint32_t *ret_width);

/* Memory of one thread that makes images, kept from one to the next; starts zeroed. */
struct trfs_image_scratch {
	struct trfs_pixels pixels;
	struct trfs_pixels spare;
};

void trfs_image_scratch_done(struct trfs_image_scratch *scratch);

/**
 * trfs_recipe_make() - an image that the recipe applies to, made anew
 * @augmentation: NULL: none
 * @random: key of the random changes; not looked at without @augmentation
 * @whole, @info: the image, and what trfs_image_probe() said of it
 * @scratch: of this thread
 * @out: where the JPEG is appended; unchanged on failure
 *
 * Decode, turn upright, resize, augment, exchange red and blue, encode in three
 * components.  A pure function: the same arguments and the same trfs_codec_versions()
 * give the same bytes.
 *
 * Return: 0; -EBADMSG with a sentence that starts with a verb, also where the pixels are
 * not of the size that @info says; -EFBIG where @out is full; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_recipe_make(const struct trfs_recipe *recipe,
		     const struct trfs_augmentation *augmentation, uint64_t random,
		     struct trfs_bytes whole, const struct trfs_image_info *info,
		     struct trfs_image_scratch *scratch, struct trfs_buffer *out,
		     struct trfs_error *err);

#endif
