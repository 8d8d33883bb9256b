/* SPDX-License-Identifier: MIT */
/* What moves whole pixels and keeps their number: swaps, flips, quarter turns. */
#include "image/transform.h"

/* Tiles of both pictures that fit the first cache together, where sides are swapped. */
#define TILE 32u

void trfs_pixels_swap_red_blue(struct trfs_pixels *p)
{
	size_t size = trfs_pixels_size(p);

	if (p->channels < 3)
		return;
	for (size_t at = 0; at < size; at += p->channels) {
		uint8_t red = p->data[at];

		p->data[at] = p->data[at + 2];
		p->data[at + 2] = red;
	}
}

void trfs_pixels_flip(struct trfs_pixels *p)
{
	size_t channels = p->channels;

	for (uint32_t y = 0; y < p->height; y++) {
		uint8_t *row = trfs_pixels_row(p, y);

		for (size_t left = 0, right = p->width; left + 1 < right; left++) {
			right--;
			for (size_t i = 0; i < channels; i++) {
				uint8_t level = row[left * channels + i];

				row[left * channels + i] = row[right * channels + i];
				row[right * channels + i] = level;
			}
		}
	}
}

/* Where the pixel (0, 0) of the new picture lies in the old one, and how to go on. */
struct walk {
	const uint8_t *start;
	ptrdiff_t step_x; /* bytes to the pixel that comes to lie at the right */
	ptrdiff_t step_y; /* and to the one below */
};

static struct walk walk_of(const struct trfs_pixels *from, unsigned int orientation)
{
	/* By orientation: does the first row or column stand at the old end? */
	static const struct {
		bool from_right, from_bottom;
	} ends[9] = {
		[2] = { true, false }, [3] = { true, true }, [4] = { false, true },
		[6] = { false, true }, [7] = { true, true }, [8] = { true, false },
	};
	bool from_right = ends[orientation].from_right;
	bool from_bottom = ends[orientation].from_bottom;
	ptrdiff_t right = from->channels;
	ptrdiff_t down = (ptrdiff_t)trfs_pixels_row_size(from);
	const uint8_t *start = from->data;

	if (from_right)
		start += ((ptrdiff_t)from->width - 1) * right;
	if (from_bottom)
		start += ((ptrdiff_t)from->height - 1) * down;
	right = from_right ? -right : right;
	down = from_bottom ? -down : down;
	if (trfs_orientation_swaps_sides(orientation))
		return (struct walk){ start, down, right };
	return (struct walk){ start, right, down };
}

static void copy_tile(const struct walk *walk, struct trfs_pixels *to, uint32_t y0,
		      uint32_t x0)
{
	uint32_t y_end = to->height - y0 < TILE ? to->height : y0 + TILE;
	uint32_t x_end = to->width - x0 < TILE ? to->width : x0 + TILE;
	size_t channels = to->channels;

	for (uint32_t y = y0; y < y_end; y++) {
		const uint8_t *from = walk->start + (ptrdiff_t)y * walk->step_y +
				      (ptrdiff_t)x0 * walk->step_x;
		uint8_t *place = trfs_pixels_row(to, y) + x0 * channels;

		for (uint32_t x = x0; x < x_end; x++, from += walk->step_x)
			for (size_t i = 0; i < channels; i++)
				*place++ = from[i];
	}
}

int trfs_pixels_turn(const struct trfs_pixels *from, unsigned int orientation,
		     struct trfs_pixels *ret, struct trfs_error *err)
{
	bool swapped = trfs_orientation_swaps_sides(orientation);
	struct walk walk;
	int rc = trfs_pixels_shape(ret, swapped ? from->width : from->height,
				   swapped ? from->height : from->width, from->channels,
				   err);

	if (rc < 0)
		return rc;
	walk = walk_of(from, orientation <= 8 ? orientation : 1);
	for (uint32_t y = 0; y < ret->height; y += TILE)
		for (uint32_t x = 0; x < ret->width; x += TILE)
			copy_tile(&walk, ret, y, x);
	return 0;
}
