/* SPDX-License-Identifier: MIT */
/*
 * The full check of a PNG: let libpng inflate and unfilter every row, and keep none.
 *
 * Judged as TensorFlow judges: libpng's errors count (a wrong CRC of a critical chunk,
 * a wrong Adler-32, missing rows, no IEND), its warnings do not.
 */
#include "image/formats.h"
#include <png.h>
#include <stdio.h>

struct input {
	struct trfs_bytes left;
	char message[160];
	bool ended_early;
};

static void on_error(png_structp png, png_const_charp message)
{
	struct input *input = png_get_error_ptr(png);

	snprintf(input->message, sizeof(input->message), "%s", message);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static void on_read(png_structp png, png_bytep data, size_t len)
{
	struct input *input = png_get_io_ptr(png);

	if (len > input->left.len) {
		input->ended_early = true;
		png_error(png, "the data end early");
	}
	memcpy(data, input->left.data, len);
	input->left.data += len;
	input->left.len -= len;
}

/* Decode everything; leaves by longjmp() on any error. */
static void decode(png_structp png, png_infop chunks, struct trfs_image_info *info)
{
	bool palette, transparent;
	int nr_passes;

	png_read_info(png, chunks);
	info->height = png_get_image_height(png, chunks);
	info->width = png_get_image_width(png, chunks);
	if ((uint64_t)info->height * info->width >= TRFS_IMAGE_NR_PIXELS_LIMIT)
		png_error(png, "the picture is too large for TensorFlow");

	palette = png_get_color_type(png, chunks) == PNG_COLOR_TYPE_PALETTE;
	transparent = png_get_valid(png, chunks, PNG_INFO_tRNS) != 0;
	info->channels = png_get_channels(png, chunks);
	if (palette)
		info->channels = transparent ? 4 : 3;

	nr_passes = png_set_interlace_handling(png);
	png_read_update_info(png, chunks);
	/* Rows decode into libpng's own two row buffers and are not asked for. */
	for (int pass = 0; pass < nr_passes; pass++)
		for (uint32_t row = 0; row < info->height; row++)
			png_read_row(png, NULL, NULL);
	png_read_end(png, chunks);
}

static int explain(const struct input *input, size_t size, struct trfs_error *err)
{
	if (input->ended_early)
		return trfs_image_fail_truncated(err, size, "before the IEND chunk");
	return trfs_fail(err, -EBADMSG, "does not decode as PNG (libpng: %s)",
			 input->message);
}

/* The only function that is jumped into: all that it changes lives in its caller. */
static bool decode_or_jump(png_structp png, png_infop chunks,
			   struct trfs_image_info *info)
{
	if (setjmp(png_jmpbuf(png)))
		return false;
	decode(png, chunks, info);
	return true;
}

int trfs_image_png_decode(struct trfs_bytes whole, struct trfs_image_info *info,
			  struct trfs_error *err)
{
	struct input input = { .left = whole };
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &input, on_error,
						 on_warning);
	png_infop chunks = png ? png_create_info_struct(png) : NULL;
	bool decoded;

	if (!chunks) {
		png_destroy_read_struct(&png, NULL, NULL);
		return trfs_fail_memory(err, "decoding a PNG");
	}
	png_set_read_fn(png, &input, on_read);
	decoded = decode_or_jump(png, chunks, info);
	png_destroy_read_struct(&png, &chunks, NULL);
	return decoded ? 0 : explain(&input, whole.len, err);
}
