/* SPDX-License-Identifier: MIT */
/* What the formats' decoders are asked for: private to the image layer. */
#ifndef TRFS_IMAGE_PIXELS_WANTED_H
#define TRFS_IMAGE_PIXELS_WANTED_H

#include "image/pixels.h"

/* See trfs_pixels_decode(). */
struct trfs_pixels_wanted {
	unsigned int channels;
	enum trfs_dct dct;
	uint64_t max_pixels;
};

/* -EBADMSG for a picture of more pixels than @max_pixels (0: the default). */
TRFS_MUST_CHECK
int trfs_pixels_check_max(uint32_t height, uint32_t width, uint64_t max_pixels,
			  struct trfs_error *err);

/* Both of the above in a row: what a decoder does once it has read the header. */
static inline int trfs_pixels_prepare(struct trfs_pixels *p, uint32_t height,
				      uint32_t width, unsigned int channels,
				      uint64_t max_pixels, struct trfs_error *err)
{
	int rc = trfs_pixels_check_max(height, width, max_pixels, err);

	return rc < 0 ? rc : trfs_pixels_shape(p, height, width, (uint8_t)channels, err);
}

#endif
