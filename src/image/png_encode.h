/* SPDX-License-Identifier: MIT */
/* Masks into PNG. */
#ifndef TRFS_IMAGE_PNG_ENCODE_H
#define TRFS_IMAGE_PNG_ENCODE_H

#include "base/buffer.h"
#include "image/pixels.h"

/**
 * trfs_png_encode_grey() - a picture of one channel as a grey PNG of 8 bits
 * @out: where the bytes are appended; unchanged on failure
 *
 * Chunks: IHDR, IDAT (one for every 8,192 bytes), IEND.  Rows are not filtered (filter
 * 0): masks are runs of equal numbers, which filters only break up; zlib's level 6,
 * default strategy, memory level 8.  The bytes thus depend on nothing but the picture
 * and zlib's version, which trfs_codec_versions() tells apart.
 *
 * Return: 0; -EBADMSG where a side is 0 or over a million; -EINVAL for other channels;
 * -EFBIG where @out is full; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_png_encode_grey(const struct trfs_pixels *pixels, struct trfs_buffer *out,
			 struct trfs_error *err);

#endif
