/* SPDX-License-Identifier: MIT */
/* The full check of a PNG: let libpng inflate and unfilter every row, and keep none. */
#include "image/formats.h"
#include "image/png_library.h"

static int drop_rows(png_structp png, png_infop chunks, void *user,
		     struct trfs_error *err)
{
	struct trfs_image_info *info = user;
	int nr_passes, rc = trfs_png_read_header(png, chunks, err);

	info->height = png_get_image_height(png, chunks);
	info->width = png_get_image_width(png, chunks);
	if (rc < 0)
		return rc;
	info->channels = trfs_png_channels(png, chunks);

	nr_passes = png_set_interlace_handling(png);
	png_read_update_info(png, chunks);
	/* Rows decode into libpng's own two row buffers and are not asked for. */
	for (int pass = 0; pass < nr_passes; pass++)
		for (uint32_t row = 0; row < info->height; row++)
			png_read_row(png, NULL, NULL);
	png_read_end(png, chunks);
	return 0;
}

int trfs_image_png_decode(struct trfs_bytes whole, struct trfs_image_info *info,
			  struct trfs_error *err)
{
	return trfs_png_decode_with(whole, drop_rows, info, err);
}
