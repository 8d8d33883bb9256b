/* SPDX-License-Identifier: MIT */
/* The box around a pet, out of its mask. */
#include "manifest/trimap.h"

#include "base/error.h"
#include <errno.h>

enum { BACKGROUND = 2 };

static int decode(struct trfs_bytes whole, uint64_t max_pixels,
		  struct trfs_pixels *pixels, struct trfs_error *err)
{
	struct trfs_image_source source = trfs_image_source_of(whole);
	struct trfs_image_info info = { 0 };
	int rc = trfs_image_probe(&source, TRFS_IMAGE_FORMATS_DEFAULT, &info, err);

	if (rc < 0)
		return rc;
	if (info.format != TRFS_IMAGE_PNG)
		return trfs_fail(err, -EBADMSG, "is no PNG image");
	rc = trfs_pixels_decode(whole, &info, 0, TRFS_DCT_FAST, max_pixels, pixels, err);
	if (rc == 0 && pixels->channels != 1)
		return trfs_fail(err, -EBADMSG, "has %u channels, a mask has one",
				 pixels->channels);
	return rc;
}

int trfs_trimap_bounds(struct trfs_bytes whole, uint64_t max_pixels,
		       struct trfs_pixels *pixels, struct trfs_box *ret,
		       struct trfs_error *err)
{
	struct trfs_box bounds = { .xmin = -1 };
	int rc = decode(whole, max_pixels, pixels, err);

	if (rc < 0)
		return rc;
	for (uint32_t y = 0; y < pixels->height; y++) {
		const uint8_t *row = trfs_pixels_row(pixels, y);

		for (uint32_t x = 0; x < pixels->width; x++) {
			if (row[x] == BACKGROUND)
				continue;
			if (bounds.xmin < 0)
				bounds = (struct trfs_box){ x, y, x, y };
			bounds.xmin = x < bounds.xmin ? x : bounds.xmin;
			bounds.xmax = x > bounds.xmax ? x : bounds.xmax;
			bounds.ymax = y;
		}
	}
	if (bounds.xmin < 0)
		return trfs_fail(err, -EBADMSG, "is all background");
	*ret = bounds;
	return 0;
}
