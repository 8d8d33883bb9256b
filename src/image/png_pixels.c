/* SPDX-License-Identifier: MIT */
/* The pixels of a PNG, as TensorFlow's decoder gives them: 8 bits a sample, no gamma. */
#include "image/formats.h"
#include "image/pixels_wanted.h"
#include "image/png_library.h"

struct work {
	const struct trfs_pixels_wanted *wanted;
	struct trfs_pixels *pixels;
};

/* The share of red and green in grey, in 1/100,000; blue has the rest. */
#define RED_IN_GREY   29900
#define GREEN_IN_GREY 58700

static void set_alpha(png_structp png, png_infop chunks, bool wanted)
{
	bool has_alpha = png_get_color_type(png, chunks) & PNG_COLOR_MASK_ALPHA;
	bool has_transparency = png_get_valid(png, chunks, PNG_INFO_tRNS);

	if (!wanted && (has_alpha || has_transparency))
		png_set_strip_alpha(png);
	else if (wanted && has_transparency)
		png_set_tRNS_to_alpha(png);
}

/* Channels as the file has are the only way to alpha here: nothing need invent it. */
static void set_transformations(png_structp png, png_infop chunks, unsigned int channels)
{
	int type = png_get_color_type(png, chunks);
	bool has_colour = type & PNG_COLOR_MASK_COLOR;
	bool wants_colour = channels >= 3;

	set_alpha(png, chunks, channels % 2 == 0);
	png_set_strip_16(png);
	if (type == PNG_COLOR_TYPE_PALETTE)
		png_set_palette_to_rgb(png);
	if (!has_colour && png_get_bit_depth(png, chunks) < 8)
		png_set_expand_gray_1_2_4_to_8(png);
	if (has_colour && !wants_colour)
		png_set_rgb_to_gray_fixed(png, PNG_ERROR_ACTION_NONE, RED_IN_GREY,
					  GREEN_IN_GREY);
	if (!has_colour && wants_colour)
		png_set_gray_to_rgb(png);
}

static int read_pixels(png_structp png, png_infop chunks, void *user,
		       struct trfs_error *err)
{
	const struct work *work = user;
	struct trfs_pixels *pixels = work->pixels;
	unsigned int channels = work->wanted->channels;
	int nr_passes, rc = trfs_png_read_header(png, chunks, err);

	if (rc < 0)
		return rc;
	if (channels == 0)
		channels = trfs_png_channels(png, chunks);
	rc = trfs_pixels_prepare(pixels, png_get_image_height(png, chunks),
				 png_get_image_width(png, chunks), channels,
				 work->wanted->max_pixels, err);
	if (rc < 0)
		return rc;

	set_transformations(png, chunks, channels);
	nr_passes = png_set_interlace_handling(png);
	png_read_update_info(png, chunks);
	/* Never true, and the one thing that would write past the end of a row. */
	if (png_get_rowbytes(png, chunks) != trfs_pixels_row_size(pixels))
		png_error(png, "the rows have an unforeseen length");
	for (int pass = 0; pass < nr_passes; pass++)
		for (uint32_t y = 0; y < pixels->height; y++)
			png_read_row(png, trfs_pixels_row(pixels, y), NULL);
	png_read_end(png, chunks);
	return 0;
}

int trfs_image_png_pixels(struct trfs_bytes whole,
			  const struct trfs_pixels_wanted *wanted,
			  struct trfs_pixels *ret, struct trfs_error *err)
{
	struct work work = { .wanted = wanted, .pixels = ret };

	return trfs_png_decode_with(whole, read_pixels, &work, err);
}
