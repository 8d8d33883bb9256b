/* SPDX-License-Identifier: MIT */
/*
 * Probing BMP, which is also all there is to check.
 *
 * TensorFlow looks at four numbers of the header, takes the pixels as they lie behind
 * it, and refuses a file that is not exactly as long as they say; so do we.
 */
#include "image/formats.h"

#define HEADER_SIZE	 32u
#define COMPRESSION_RLE8 1
#define COMPRESSION_RLE4 2
#define NR_PIXELS_LIMIT	 ((uint64_t)(INT32_MAX / 8))

bool trfs_image_bmp_starts(struct trfs_bytes head)
{
	return TRFS_STARTS(head, "BM");
}

static int fail_size(struct trfs_error *err, uint64_t size, uint64_t wanted)
{
	char have[32], want[32];

	trfs_count_text(size, have);
	trfs_count_text(wanted, want);
	if (size > wanted)
		return trfs_fail(err, -EBADMSG,
				 "is a BMP of %s bytes where its header says %s, which "
				 "TensorFlow refuses",
				 have, want);
	return trfs_fail(
		err, -EBADMSG,
		"ends before the last of its pixels (truncated at %s of %s bytes)", have,
		want);
}

int trfs_image_bmp_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			 struct trfs_error *err)
{
	uint64_t size = c->source->size;
	const uint8_t *p = trfs_image_cursor_take(c, HEADER_SIZE);
	int32_t width, height, pixels_offset;
	int bits, nr_channels;
	bool packed;
	uint64_t row_size, wanted;

	if (!p)
		return trfs_image_fail_truncated(err, size, "inside its header");
	pixels_offset = (int32_t)trfs_image_u32le(p + 10);
	width = (int32_t)trfs_image_u32le(p + 18);
	height = (int32_t)trfs_image_u32le(p + 22);
	bits = (int16_t)trfs_image_u16le(p + 28);
	nr_channels = bits / 8;
	if (nr_channels != 1 && nr_channels != 3 && nr_channels != 4)
		return trfs_fail(
			err, -EBADMSG,
			"is a BMP of %d bits a pixel; TensorFlow decodes 8, 24 or 32",
			bits);
	if (width <= 0 || height == 0 || pixels_offset < 0)
		return trfs_fail(err, -EBADMSG, "has a damaged BMP header");

	packed = p[30] == COMPRESSION_RLE8 || p[30] == COMPRESSION_RLE4;
	/* A negative height says that the first row is the top one. */
	info->width = (uint32_t)width;
	info->height = height < 0 ? 0u - (uint32_t)height : (uint32_t)height;
	info->channels = (uint8_t)nr_channels;
	info->depth = 8;
	if ((uint64_t)info->width * info->height >= NR_PIXELS_LIMIT)
		return trfs_image_fail_too_large(err, info->width, info->height);

	row_size = ((uint64_t)info->width * (uint64_t)nr_channels + 3) / 4 * 4;
	wanted = (uint64_t)pixels_offset + row_size * info->height;
	if (size == wanted)
		return 0;
	if (packed)
		return trfs_fail(
			err, -EBADMSG,
			"is a run-length coded BMP, which TensorFlow does not decode");
	return fail_size(err, size, wanted);
}
