/* SPDX-License-Identifier: MIT */
/*
 * Images as pixels: decoded byte for byte as TensorFlow 2.21 decodes them.
 *
 * JPEG by libjpeg-turbo with fancy upsampling; CMYK becomes RGB as r = c * k / 255, where
 * an Adobe marker says that the inks are inverted, and r = (255 - c) * (255 - k) / 255
 * otherwise, both cut off.  PNG by libpng: of 16 bits the low byte is lost, a palette is
 * looked up, alpha and transparent colours are dropped, never blended, gamma is not
 * looked at.  BMP as it lies there.
 */
#ifndef TRFS_IMAGE_PIXELS_H
#define TRFS_IMAGE_PIXELS_H

#include "image/image.h"

/* What --max-pixels is where nobody says otherwise: three times that is 512 MiB. */
#define TRFS_PIXELS_MAX_DEFAULT UINT64_C(178956970)

/**
 * struct trfs_pixels - a picture in memory; all zeroes is an empty one
 * @channels: bytes a pixel: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha
 * @data: owned: rows from the top, pixels from the left, nothing between them
 * @capacity: bytes of @data, at least @height * @width * @channels; kept for the next
 */
struct trfs_pixels {
	uint32_t height;
	uint32_t width;
	uint8_t channels;
	uint8_t *data;
	size_t capacity;
};

void trfs_pixels_done(struct trfs_pixels *p);

/*
 * Give @p this shape; what it held is lost, what it holds is undefined.  The memory that
 * is there is used again where it suffices.  -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_pixels_shape(struct trfs_pixels *p, uint32_t height, uint32_t width,
		      uint8_t channels, struct trfs_error *err);

static inline size_t trfs_pixels_row_size(const struct trfs_pixels *p)
{
	return (size_t)p->width * p->channels;
}

static inline size_t trfs_pixels_size(const struct trfs_pixels *p)
{
	return p->height * trfs_pixels_row_size(p);
}

static inline uint8_t *trfs_pixels_row(const struct trfs_pixels *p, uint32_t row)
{
	return p->data + row * trfs_pixels_row_size(p);
}

/**
 * enum trfs_dct - how a JPEG's blocks become pixels; only JPEG looks at it
 * @TRFS_DCT_FAST: TensorFlow's default (libjpeg's JDCT_IFAST)
 * @TRFS_DCT_ACCURATE: Pillow's, OpenCV's and TensorFlow's INTEGER_ACCURATE
 */
enum trfs_dct { TRFS_DCT_FAST, TRFS_DCT_ACCURATE };

/*
 * Whether pixels can be made of an image, from what trfs_image_probe() said of it:
 * -EBADMSG as trfs_pixels_decode() for a format that is not decoded and for too many
 * pixels.
 */
TRFS_MUST_CHECK
int trfs_pixels_check(const struct trfs_image_info *info, uint64_t max_pixels,
		      struct trfs_error *err);

/**
 * trfs_pixels_decode() - all pixels of an image
 * @whole: its bytes, trusted in nothing
 * @info: what trfs_image_probe() said of them; only @format is looked at
 * @channels: 3, 1, or 0: as the file has (1 to 4, as decode_image with channels=0).  A
 *	coloured picture of one channel is grey as TensorFlow's: a mask with a palette
 *	gives the grey of its colours, not their numbers
 * @max_pixels: larger pictures are refused before memory is taken; 0: the default
 * @ret: the picture; its memory is used again.  Undefined on failure
 *
 * Memory: the picture, and for progressive and interlaced JPEG two bytes a sample more.
 * Time: bounded by the size of the picture; JPEG of over 500 scans are refused,
 * large ones of over 100.
 *
 * Return: 0; -EBADMSG with a sentence that starts with a verb ("does not decode as PNG
 * ...", "has 40,000 x 30,000 pixels, more than --max-pixels 178,956,970", "is a GIF
 * image, of which no pixels can be made ..."); -EINVAL for other @channels; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_pixels_decode(struct trfs_bytes whole, const struct trfs_image_info *info,
		       unsigned int channels, enum trfs_dct dct, uint64_t max_pixels,
		       struct trfs_pixels *ret, struct trfs_error *err);

#endif
