/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any bytes as an image, decoded to pixels in each way and made anew.
 *
 * The first byte chooses how; what the probe says of the rest is believed in nothing.
 * What can be decoded twice must be the same twice.
 */
#include "png_mutator.h"

#include "image/recipe.h"
#include <errno.h>
#include <stdlib.h>

#define NR_PIXELS_MAX (1u << 18)
#define OUT_MAX	      (1u << 22)
#define ALL_FORMATS   ((trfs_image_formats)~0u)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_code(int rc)
{
	if (rc != 0 && rc != -EBADMSG && rc != -ENOMEM && rc != -EFBIG)
		abort();
}

static void decode(struct trfs_bytes whole, const struct trfs_image_info *info,
		   uint8_t choice)
{
	static const unsigned int channels[] = { 0, 1, 3, 3 };
	enum trfs_dct dct = choice & 4 ? TRFS_DCT_ACCURATE : TRFS_DCT_FAST;
	struct trfs_pixels first = { 0 }, again = { 0 };
	struct trfs_error err;
	int rc = trfs_pixels_decode(whole, info, channels[choice & 3], dct, NR_PIXELS_MAX,
				    &first, &err);

	check_code(rc);
	if (rc == 0) {
		if (trfs_pixels_decode(whole, info, channels[choice & 3], dct,
				       NR_PIXELS_MAX, &again, &err) < 0 ||
		    memcmp(first.data, again.data, trfs_pixels_size(&first)) != 0)
			abort();
	}
	trfs_pixels_done(&first);
	trfs_pixels_done(&again);
}

static void make(struct trfs_bytes whole, const struct trfs_image_info *info,
		 uint8_t choice)
{
	const struct trfs_augmentation both = { true, true };
	const struct trfs_recipe recipe = {
		.always = true,
		.apply_orientation = choice & 16,
		.resize = (enum trfs_resize_mode)(choice >> 5 & 3),
		.height = 1 + choice * 3u % 70,
		.width = 1 + choice * 7u % 90,
		.swap_red_blue = choice & 128,
		.max_pixels = NR_PIXELS_MAX,
	};
	struct trfs_image_scratch scratch = { 0 };
	struct trfs_image_info made;
	struct trfs_image_source source;
	uint32_t height, width;
	struct trfs_buffer out;
	struct trfs_error err;
	int rc;

	trfs_buffer_init(&out, OUT_MAX);
	rc = trfs_recipe_make(&recipe, choice & 8 ? &both : NULL, choice, whole, info,
			      &scratch, &out, &err);
	check_code(rc);
	if (rc == 0) {
		trfs_recipe_size(&recipe, info, &height, &width);
		source = trfs_image_source_of(trfs_buffer_bytes(&out));
		if (trfs_image_probe(&source, ALL_FORMATS, &made, &err) < 0 ||
		    made.format != TRFS_IMAGE_JPEG || made.height != height ||
		    made.width != width)
			abort();
	}
	trfs_buffer_done(&out);
	trfs_image_scratch_done(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trfs_image_source source;
	struct trfs_image_info info;
	struct trfs_bytes whole;
	struct trfs_error err;
	uint8_t *copied;

	if (size < 1)
		return 0;
	/* Exactly as long as it is, so that reading over the end traps. */
	copied = malloc(size > 1 ? size - 1 : 1);
	if (!copied)
		abort();
	memcpy(copied, data + 1, size - 1);
	whole = (struct trfs_bytes){ copied, size - 1 };
	source = trfs_image_source_of(whole);
	(void)!trfs_image_probe(&source, ALL_FORMATS, &info, &err);
	decode(whole, &info, data[0]);
	make(whole, &info, data[0]);
	free(copied);
	return 0;
}
