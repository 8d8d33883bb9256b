/* SPDX-License-Identifier: MIT */
/* Outlines into texts, and texts to whoever draws them. */
#include "image/segmentation.h"

#include "base/error.h"
#include "image/outline.h"

#include <errno.h>

enum {
	FIRST_CHARACTER = 48,
	NUMBER_BITS = 5,
	NUMBER_MASK = (1 << NUMBER_BITS) - 1,
	SIGN = 1 << (NUMBER_BITS - 1),
	MORE = 1 << NUMBER_BITS,
	NUMBER_LENGTH_MAX = 8, /* characters: 40 bits are more than any number here has */
};

/* Five times this is far from the ends of 32 bits, and far beyond any image. */
#define COORDINATE_MAX 16000000.0
#define SCALE	       5.0

/* Real outlines cross each column a few times, and their parts hardly overlap. */
#define WORK_MIN       (UINT64_C(1) << 26)
#define WORK_PER_PIXEL 256u
#define WORK_MAX       (UINT64_C(1) << 33)

static void put_number(struct trfs_buffer *text, int64_t number)
{
	bool more;

	do {
		unsigned int bits = (unsigned int)(number & NUMBER_MASK);

		number >>= NUMBER_BITS;
		more = bits & SIGN ? number != -1 : number != 0;
		trfs_buffer_put_u8(text, (uint8_t)(FIRST_CHARACTER + bits +
						   (more ? (unsigned int)MORE : 0)));
	} while (more);
}

bool trfs_outline_number(struct trfs_bytes *text, int64_t *ret)
{
	uint64_t number = 0;

	for (unsigned int i = 0; i < NUMBER_LENGTH_MAX && i < text->len; i++) {
		unsigned int bits = text->data[i] - (unsigned int)FIRST_CHARACTER;
		unsigned int shift = (i + 1) * NUMBER_BITS;

		if (bits > (NUMBER_MASK | MORE))
			return false;
		number |= (uint64_t)(bits & NUMBER_MASK) << (shift - NUMBER_BITS);
		if (bits & MORE)
			continue;
		if (bits & SIGN)
			number |= UINT64_MAX << shift;
		*ret = (int64_t)number;
		*text = (struct trfs_bytes){ text->data + i + 1, text->len - i - 1 };
		return true;
	}
	return false;
}

void trfs_run_writer_start(struct trfs_run_writer *w, struct trfs_buffer *text,
			   uint32_t height, uint32_t width)
{
	*w = (struct trfs_run_writer){ .text = text };
	trfs_buffer_put_u8(text, 'r');
	put_number(text, height);
	put_number(text, width);
}

void trfs_run_writer_add(struct trfs_run_writer *w, uint32_t count)
{
	int64_t two_before = w->nr > 2 ? w->last[w->nr % 2] : 0;

	put_number(w->text, count - two_before);
	w->last[w->nr++ % 2] = count;
}

int trfs_run_writer_add_compressed(struct trfs_run_writer *w, struct trfs_bytes counts,
				   struct trfs_error *err)
{
	for (size_t i = 0; i < counts.len; i++) {
		if (counts.data[i] - (unsigned int)FIRST_CHARACTER > (NUMBER_MASK | MORE))
			return trfs_fail(err, -EBADMSG,
					 "has compressed counts with a character that "
					 "cannot be in them, the byte 0x%02x",
					 counts.data[i]);
	}
	trfs_buffer_put(w->text, counts.data, counts.len);
	return 0;
}

void trfs_polygon_writer_start(struct trfs_polygon_writer *w, struct trfs_buffer *text)
{
	*w = (struct trfs_polygon_writer){ .text = text };
	trfs_buffer_put_u8(text, text->len == 0 ? 'p' : ' ');
}

int trfs_polygon_writer_add(struct trfs_polygon_writer *w, double x, double y,
			    struct trfs_error *err)
{
	int32_t scaled_x, scaled_y;

	if (!(x > -COORDINATE_MAX && x < COORDINATE_MAX && y > -COORDINATE_MAX &&
	      y < COORDINATE_MAX))
		return trfs_fail(err, -EBADMSG,
				 "has a corner at %.17g, %.17g, beyond any image", x, y);
	/* Cut towards zero, not rounded: that is how pycocotools has negative ones. */
	scaled_x = (int32_t)(SCALE * x + .5);
	scaled_y = (int32_t)(SCALE * y + .5);
	put_number(w->text, scaled_x - w->x);
	put_number(w->text, scaled_y - w->y);
	w->x = scaled_x;
	w->y = scaled_y;
	return 0;
}

static uint64_t work_for(uint64_t nr_pixels)
{
	uint64_t work = WORK_MIN + nr_pixels * WORK_PER_PIXEL;

	return work < WORK_MAX ? work : WORK_MAX;
}

int trfs_object_mask_draw(struct trfs_bytes text, uint32_t height, uint32_t width,
			  uint8_t *ret, struct trfs_error *err)
{
	uint64_t nr_pixels = (uint64_t)height * width;
	struct trfs_canvas canvas = { height, width, ret, work_for(nr_pixels) };
	struct trfs_bytes rest;

	if (text.len == 0)
		return trfs_fail(err, -EBADMSG, "has an outline that is empty");
	rest = (struct trfs_bytes){ text.data + 1, text.len - 1 };
	memset(ret, 0, nr_pixels);
	if (text.data[0] == 'p')
		return trfs_polygons_draw(rest, &canvas, err);
	if (text.data[0] == 'r')
		return trfs_runs_draw(rest, &canvas, err);
	return trfs_fail(err, -EBADMSG,
			 "has an outline that is neither polygons nor runs");
}
