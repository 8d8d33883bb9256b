/* SPDX-License-Identifier: MIT */
/*
 * The pixels of a JPEG, as TensorFlow's decoder gives them: rows are decoded into their
 * place, but for CMYK, of which libjpeg knows no way to RGB.
 */
#include "image/formats.h"
#include "image/jpeg_library.h"
#include "image/pixels_wanted.h"

struct work {
	const struct trfs_pixels_wanted *wanted;
	struct trfs_pixels *pixels;
};

static bool has_four_inks(j_decompress_ptr decoder)
{
	return decoder->jpeg_color_space == JCS_CMYK ||
	       decoder->jpeg_color_space == JCS_YCCK;
}

/* Adobe's programs store 255 for no ink; others 0. */
static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, uint32_t width, bool inverted)
{
	unsigned int flip = inverted ? 0 : 255;

	for (uint32_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
		unsigned int light = cmyk[3] ^ flip;

		for (int i = 0; i < 3; i++)
			rgb[i] = (uint8_t)((cmyk[i] ^ flip) * light / 255);
	}
}

static void read_cmyk_rows(j_decompress_ptr decoder, const struct trfs_pixels *pixels)
{
	JSAMPARRAY row = decoder->mem->alloc_sarray((j_common_ptr)decoder, JPOOL_IMAGE,
						    decoder->output_width * 4, 1);

	for (uint32_t y = 0; y < pixels->height; y++) {
		trfs_jpeg_read_row(decoder, row[0]);
		cmyk_to_rgb(row[0], trfs_pixels_row(pixels, y), pixels->width,
			    decoder->saw_Adobe_marker);
	}
}

/* libjpeg makes grey of CMYK neither, and says so itself. */
static J_COLOR_SPACE colours_for(j_decompress_ptr decoder, unsigned int channels)
{
	if (channels == 1)
		return JCS_GRAYSCALE;
	return has_four_inks(decoder) ? JCS_CMYK : JCS_RGB;
}

static int read_pixels(j_decompress_ptr decoder, void *user, struct trfs_error *err)
{
	const struct work *work = user;
	const struct trfs_pixels_wanted *wanted = work->wanted;
	struct trfs_pixels *pixels = work->pixels;
	unsigned int channels = wanted->channels;
	int rc = trfs_jpeg_read_header(decoder, err);

	if (rc < 0)
		return rc;
	if (channels == 0)
		channels = decoder->num_components == 1 ? 1 : 3;
	rc = trfs_pixels_prepare(pixels, decoder->image_height, decoder->image_width,
				 channels, wanted->max_pixels, err);
	if (rc < 0)
		return rc;

	decoder->out_color_space = colours_for(decoder, channels);
	decoder->dct_method = wanted->dct == TRFS_DCT_FAST ? JDCT_IFAST : JDCT_ISLOW;
	trfs_jpeg_start(decoder);
	if (decoder->out_color_space == JCS_CMYK)
		read_cmyk_rows(decoder, pixels);
	else
		for (uint32_t y = 0; y < pixels->height; y++)
			trfs_jpeg_read_row(decoder, trfs_pixels_row(pixels, y));
	/* TensorFlow does not look at what finishing returns once all rows are there. */
	(void)jpeg_finish_decompress(decoder);
	return 0;
}

int trfs_image_jpeg_pixels(struct trfs_bytes whole,
			   const struct trfs_pixels_wanted *wanted,
			   struct trfs_pixels *ret, struct trfs_error *err)
{
	struct work work = { .wanted = wanted, .pixels = ret };

	return trfs_jpeg_decode_with(whole, read_pixels, &work, err);
}
