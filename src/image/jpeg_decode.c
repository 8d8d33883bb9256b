/* SPDX-License-Identifier: MIT */
/* The full check of a JPEG: decode it row by row with libjpeg-turbo and drop the rows. */
#include "image/formats.h"
#include "image/jpeg_library.h"

static int drop_rows(j_decompress_ptr decoder, void *user, struct trfs_error *err)
{
	struct trfs_image_info *info = user;
	JSAMPARRAY row;
	int rc = trfs_jpeg_read_header(decoder, err);

	info->height = decoder->image_height;
	info->width = decoder->image_width;
	info->channels = decoder->num_components == 1 ? 1 : 3;
	if (rc < 0)
		return rc;
	if (decoder->num_components == 1)
		decoder->out_color_space = JCS_GRAYSCALE;
	else if (decoder->jpeg_color_space == JCS_CMYK ||
		 decoder->jpeg_color_space == JCS_YCCK)
		decoder->out_color_space = JCS_CMYK;
	else
		decoder->out_color_space = JCS_RGB;
	/* The quickest ways: they differ in pixels, never in what is an error. */
	decoder->dct_method = JDCT_IFAST;
	decoder->do_fancy_upsampling = FALSE;
	decoder->do_block_smoothing = FALSE;

	trfs_jpeg_start(decoder);
	row = decoder->mem->alloc_sarray(
		(j_common_ptr)decoder, JPOOL_IMAGE,
		decoder->output_width * (JDIMENSION)decoder->output_components, 1);
	while (decoder->output_scanline < decoder->output_height)
		trfs_jpeg_read_row(decoder, row[0]);
	/* TensorFlow does not look at what finishing returns once all rows are there. */
	(void)jpeg_finish_decompress(decoder);
	return 0;
}

int trfs_image_jpeg_decode(struct trfs_bytes whole, struct trfs_image_info *info,
			   struct trfs_error *err)
{
	return trfs_jpeg_decode_with(whole, drop_rows, info, err);
}
