/* SPDX-License-Identifier: MIT */
/* From a file to pixels to the bytes of a record. */
#include "dataset/content_picture.h"

#include "base/error.h"

#include <errno.h>
#include <inttypes.h>

uint64_t trfs_picture_size(uint32_t height, uint32_t width, uint32_t pixel_size)
{
	uint64_t size;

	if (__builtin_mul_overflow((uint64_t)height * width, pixel_size, &size))
		return UINT64_MAX;
	return size;
}

int trfs_picture_decode(struct trfs_content_maker *maker,
			const struct trfs_source_file *file, unsigned int channels,
			struct trfs_error *err)
{
	const struct trfs_recipe *recipe = &maker->catalog->presentation.recipe;
	struct trfs_image_info info = trfs_appearance_info(file->appearance);
	struct trfs_pixels *pixels = &maker->scratch.pixels;
	int rc = trfs_source_file_read_all(file, maker->root, &maker->file, err);

	if (rc == 0)
		rc = trfs_pixels_decode(trfs_buffer_bytes(&maker->file), &info, channels,
					recipe->dct, recipe->max_pixels, pixels, err);
	if (rc < 0)
		return rc;
	if (pixels->height != info.height || pixels->width != info.width)
		return trfs_fail(err, -EBADMSG,
				 "decodes to %" PRIu32 " x %" PRIu32
				 " pixels, which is not what its header says",
				 pixels->width, pixels->height);
	return 0;
}

void trfs_picture_exchange(struct trfs_image_scratch *scratch)
{
	struct trfs_pixels made = scratch->spare;

	scratch->spare = scratch->pixels;
	scratch->pixels = made;
}

void trfs_picture_give(struct trfs_pixels *pixels, struct trfs_buffer *out)
{
	struct trfs_buffer given = *out;

	out->data = pixels->data;
	out->len = trfs_pixels_size(pixels);
	out->capacity = pixels->capacity;
	*pixels = (struct trfs_pixels){ .data = given.data, .capacity = given.capacity };
}
