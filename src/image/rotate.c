/* SPDX-License-Identifier: MIT */
/*
 * Rotation about the centre, in fixed point: sine and cosine from their series, so that
 * no library's rounding is part of the picture.
 */
#include "image/transform.h"

/* Sine and cosine are in units of 1/2^30, places in the picture of 1/2^8. */
#define UNIT_BITS  30
#define UNIT	   (INT64_C(1) << UNIT_BITS)
#define PLACE_BITS 8
#define PLACE	   (1 << PLACE_BITS)

#define QUARTER (90 * TRFS_DEGREE)
/* Pi / 180 in 1/2^56: hundredths of a degree into radians without loss. */
#define RADIANS UINT64_C(1257642267027278)

struct direction {
	int64_t sine;
	int64_t cosine;
};

/* sum of (-1)^k x^(2k + first) / (2k + first)!, for x from 0 to half a quarter turn. */
static int64_t series(int64_t x, unsigned int first)
{
	int64_t term = first ? x : UNIT;
	int64_t sum = term;

	for (unsigned int n = first + 1; n < 14; n += 2) {
		term = term * x / UNIT * x / UNIT / (n * (n + 1));
		term = -term;
		sum += term;
	}
	return sum;
}

static struct direction direction_of(int32_t angle)
{
	int64_t turned = angle % (4 * QUARTER);
	unsigned int quarters;
	int64_t x;
	struct direction d;

	turned = turned < 0 ? turned + 4 * QUARTER : turned;
	quarters = (unsigned int)(turned / QUARTER);
	turned %= QUARTER;
	/* The series converge fast up to 45 degrees; beyond, the two change places. */
	x = turned > QUARTER / 2 ? QUARTER - turned : turned;
	x = (int64_t)((uint64_t)x * RADIANS / TRFS_DEGREE >> (56 - UNIT_BITS));
	d = (struct direction){ series(x, 1), series(x, 0) };
	if (turned > QUARTER / 2)
		d = (struct direction){ d.cosine, d.sine };
	for (; quarters > 0; quarters--)
		d = (struct direction){ d.cosine, -d.sine };
	return d;
}

/* One pixel's channels added to @sums; nothing outside the picture, which is black. */
static void add_pixel(const struct trfs_pixels *from, int64_t y, int64_t x,
		      uint32_t weight, uint32_t sums[4])
{
	const uint8_t *pixel;

	if (x < 0 || y < 0 || x >= from->width || y >= from->height)
		return;
	pixel = trfs_pixels_row(from, (uint32_t)y) + (size_t)x * from->channels;
	for (unsigned int c = 0; c < from->channels; c++)
		sums[c] += weight * pixel[c];
}

/* The picture at a place between pixels, in 1/256 of one. */
static void sample(const struct trfs_pixels *from, int64_t place_y, int64_t place_x,
		   uint8_t *pixel)
{
	/* Shifts round down, below zero too: gcc and clang say so. */
	int64_t y = place_y >> PLACE_BITS, x = place_x >> PLACE_BITS;
	uint32_t down = (uint32_t)(place_y & (PLACE - 1));
	uint32_t right = (uint32_t)(place_x & (PLACE - 1));
	uint32_t half = PLACE * PLACE / 2;
	uint32_t sums[4] = { half, half, half, half };

	add_pixel(from, y, x, (PLACE - down) * (PLACE - right), sums);
	add_pixel(from, y, x + 1, (PLACE - down) * right, sums);
	add_pixel(from, y + 1, x, down * (PLACE - right), sums);
	add_pixel(from, y + 1, x + 1, down * right, sums);
	for (unsigned int c = 0; c < from->channels; c++)
		pixel[c] = (uint8_t)(sums[c] >> (2 * PLACE_BITS));
}

/* Twice a distance times a sine or cosine, as a place: halves are rounded up. */
static int64_t place_of(int64_t twice)
{
	int shift = UNIT_BITS + 1 - PLACE_BITS;

	return (twice + (INT64_C(1) << (shift - 1))) >> shift;
}

int trfs_pixels_rotate(const struct trfs_pixels *from, int32_t angle,
		       struct trfs_pixels *ret, struct trfs_error *err)
{
	struct direction d = direction_of(angle);
	/* Everything doubled, since a centre may lie between two pixels. */
	int64_t centre_x = (int64_t)from->width - 1, centre_y = (int64_t)from->height - 1;
	int rc = trfs_pixels_shape(ret, from->height, from->width, from->channels, err);

	if (rc < 0)
		return rc;
	for (uint32_t y = 0; y < ret->height; y++) {
		uint8_t *pixel = trfs_pixels_row(ret, y);
		int64_t dy = 2 * (int64_t)y - centre_y;

		for (uint32_t x = 0; x < ret->width; x++, pixel += ret->channels) {
			int64_t dx = 2 * (int64_t)x - centre_x;
			int64_t from_x = dx * d.cosine - dy * d.sine + centre_x * UNIT;
			int64_t from_y = dx * d.sine + dy * d.cosine + centre_y * UNIT;

			sample(from, place_of(from_y), place_of(from_x), pixel);
		}
	}
	return 0;
}
