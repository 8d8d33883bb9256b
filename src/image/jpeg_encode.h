/* SPDX-License-Identifier: MIT */
/* Pixels into JPEG, byte for byte as TensorFlow, OpenCV and Pillow encode them. */
#ifndef TRFS_IMAGE_JPEG_ENCODE_H
#define TRFS_IMAGE_JPEG_ENCODE_H

#include "base/buffer.h"
#include "image/pixels.h"

/**
 * struct trfs_jpeg_settings - how to encode
 * @quality: 1 to 100, on libjpeg's scale, baseline tables
 * @density_300: say 300 x 300 dots an inch, as tf.io.encode_jpeg does; otherwise no
 *	density (unit 0, 1 x 1), as OpenCV and Pillow
 * @grey_as_rgb: store a grey picture in three components, as encode_jpeg of the same
 *	values three times; otherwise grey stays one component
 *
 * What is the same in all three programs: colours as YCbCr with 4:2:0 subsampling, the
 * accurate integer DCT, Huffman tables of the standard, one sequential scan, no EXIF.
 */
struct trfs_jpeg_settings {
	uint8_t quality;
	bool density_300;
	bool grey_as_rgb;
};

/* -EBADMSG where a side is 0 or longer than a JPEG's can be (65,500). */
TRFS_MUST_CHECK
int trfs_jpeg_check_size(uint32_t height, uint32_t width, struct trfs_error *err);

/**
 * trfs_jpeg_encode() - a picture of one or three channels as JPEG
 * @out: where the bytes are appended; unchanged on failure.  Its maximum must leave room
 *	for one byte more than the JPEG has
 *
 * Return: 0; what trfs_jpeg_check_size() says; -EINVAL for a quality or a number of
 * channels that does not exist; -EFBIG where @out is full; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_jpeg_encode(const struct trfs_pixels *pixels,
		     const struct trfs_jpeg_settings *settings, struct trfs_buffer *out,
		     struct trfs_error *err);

#endif
