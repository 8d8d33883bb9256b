/* SPDX-License-Identifier: MIT */
/*
 * Pictures turned, mirrored, rotated and resized.  Integer arithmetic throughout, and
 * where it is not (nearest neighbour) single IEEE operations: every machine makes the
 * same bytes.
 *
 * @ret is never @from; its memory is used again.  All fail with -ENOMEM alone.
 */
#ifndef TRFS_IMAGE_TRANSFORM_H
#define TRFS_IMAGE_TRANSFORM_H

#include "base/compiler.h"
#include "image/pixels.h"

/* Exchange the first and the third channel, where there are three or four. */
void trfs_pixels_swap_red_blue(struct trfs_pixels *p);

/* Mirror left and right. */
void trfs_pixels_flip(struct trfs_pixels *p);

/* Upright what EXIF says is turned: @orientation is 1 to 8, 1 copies. */
TRFS_MUST_CHECK
int trfs_pixels_turn(const struct trfs_pixels *from, unsigned int orientation,
		     struct trfs_pixels *ret, struct trfs_error *err);

/* Does this orientation exchange height and width? */
static inline bool trfs_orientation_swaps_sides(unsigned int orientation)
{
	return orientation >= 5 && orientation <= 8;
}

/**
 * trfs_pixels_resize_nearest() - to exactly @height x @width, without mixing pixels
 *
 * Row and column as OpenCV's INTER_NEAREST: floor(x * r), where r is the double nearest
 * to 1 / (the double nearest to new / old); nearly always floor(x * old / new).
 */
TRFS_MUST_CHECK
int trfs_pixels_resize_nearest(const struct trfs_pixels *from, uint32_t height,
			       uint32_t width, struct trfs_pixels *ret,
			       struct trfs_error *err);

/**
 * trfs_pixels_resize() - to exactly @height x @width, smoothly
 *
 * A triangle as wide as two pixels of the smaller of both pictures, centred on where the
 * new pixel lies in the old picture: linear interpolation when enlarging, and an
 * antialiased average when reducing (Pillow's BILINEAR, but for a rounding of one).
 * Weights are rational numbers rounded to 1/2^22 so that they add up to 1.  First the
 * width, then the height; the other way round where the width grows and the height
 * shrinks.  Each rounds to the nearest of 256 levels, halves upwards.
 */
TRFS_MUST_CHECK
int trfs_pixels_resize(const struct trfs_pixels *from, uint32_t height, uint32_t width,
		       struct trfs_pixels *ret, struct trfs_error *err);

/* Hundredths of a degree. */
#define TRFS_DEGREE 100

/**
 * trfs_pixels_rotate() - about the centre, in a picture of the same size
 * @angle: hundredths of a degree, counter-clockwise; any number
 *
 * Linear between the four nearest pixels, in steps of 1/256 of one; what lies outside
 * the picture is black, and so fades the last half pixel of its border.
 */
TRFS_MUST_CHECK
int trfs_pixels_rotate(const struct trfs_pixels *from, int32_t angle,
		       struct trfs_pixels *ret, struct trfs_error *err);

#endif
