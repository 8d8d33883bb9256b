/* SPDX-License-Identifier: MIT */
/*
 * Masks out of polygons, as pycocotools draws them.
 *
 * It works on a grid of fifths of a pixel.  Each edge is walked along its longer side,
 * and wherever it passes through the middle of a column of pixels, between the fifths 5k
 * + 2 and 5k + 3, the pixel below becomes a border between inside and outside.  Here the
 * places where an edge passes are computed one by one instead of walking, with the same
 * floating point operations, so that far corners cost no time and no points are kept.
 *
 * A closed polygon crosses a column an even number of times, so the columns do not depend
 * on each other: borders are counted from the top of each.
 */
#include "image/outline.h"

#include "base/error.h"

#include <errno.h>

enum {
	SCALE = 5,
	BEFORE_MIDDLE = 2, /* fifths from a pixel's side to just before its middle */
	INSIDE = 1,	   /* of some polygon */
	BORDER = 2,	   /* of the one being drawn */
	NUMBER_MAX = 1 << 30,
};

struct point {
	int x, y; /* in fifths of a pixel */
};

/* The columns and the top row where the polygon being drawn has borders. */
struct touched {
	uint32_t left, right, top;
};

static void add_border(struct trfs_canvas *canvas, struct touched *touched,
		       uint32_t column, int fifth)
{
	double y = (fifth + .5) / SCALE - .5;
	uint32_t row;

	if (y < 0)
		y = 0;
	else if (y > canvas->height)
		y = canvas->height;
	row = (uint32_t)y;
	row += row < y;
	if (row == canvas->height)
		return;
	canvas->pixels[(size_t)row * canvas->width + column] ^= BORDER;
	if (column < touched->left)
		touched->left = column;
	if (column > touched->right)
		touched->right = column;
	if (row < touched->top)
		touched->top = row;
}

static void swap_if(bool wanted, struct point *a, struct point *b)
{
	struct point kept = *a;

	if (wanted) {
		*a = *b;
		*b = kept;
	}
}

/* Where an edge that is wider than high, from the left, is at its lower end of a step. */
static int flat_fifth(struct point start, double slope, int x)
{
	int t = x - start.x;
	int here = (int)(start.y + slope * t + .5);
	int there = (int)(start.y + slope * (t + 1) + .5);

	return here < there ? here : there;
}

static int steep_x(struct point start, double slope, int t)
{
	return (int)(start.x + slope * t + .5);
}

/* The last fifth of an edge that is higher than wide, from the top, on its first side. */
static int steep_fifth(struct point start, double slope, int height, int x)
{
	int t = (int)((x + .5 - start.x) / slope);
	bool rightwards = slope > 0;

	if (t < 0)
		t = 0;
	if (t > height)
		t = height;
	while (t > 0 && (steep_x(start, slope, t) <= x) != rightwards)
		t--;
	while (t < height && (steep_x(start, slope, t + 1) <= x) == rightwards)
		t++;
	return start.y + t;
}

/* The columns through whose middle an edge between these fifths passes. */
static bool columns_between(int left, int right, uint32_t width, uint32_t *ret_first,
			    uint32_t *ret_last)
{
	int64_t first = left <= BEFORE_MIDDLE
				? 0
				: ((int64_t)left - BEFORE_MIDDLE + SCALE - 1) / SCALE;
	int64_t last = right <= BEFORE_MIDDLE ? -1 : (right - BEFORE_MIDDLE - 1) / SCALE;

	if (last >= width)
		last = (int64_t)width - 1;
	*ret_first = (uint32_t)first;
	*ret_last = (uint32_t)last;
	return first <= last;
}

static void draw_edge(struct trfs_canvas *canvas, struct touched *touched, struct point a,
		      struct point b)
{
	int dx = a.x > b.x ? a.x - b.x : b.x - a.x;
	int dy = a.y > b.y ? a.y - b.y : b.y - a.y;
	bool flat = dx >= dy;
	uint32_t first, last;
	double slope;

	if (!columns_between(a.x < b.x ? a.x : b.x, a.x < b.x ? b.x : a.x, canvas->width,
			     &first, &last))
		return;
	swap_if(flat ? a.x > b.x : a.y > b.y, &a, &b);
	slope = flat ? (double)(b.y - a.y) / dx : (double)(b.x - a.x) / dy;
	for (uint32_t column = first; column <= last && canvas->work > 0; column++) {
		int x = SCALE * (int)column + BEFORE_MIDDLE;

		canvas->work--;
		add_border(canvas, touched, column,
			   flat ? flat_fifth(a, slope, x) : steep_fifth(a, slope, dy, x));
	}
}

/* Turn borders into the inside, counting down each column, and forget them. */
static void fill(struct trfs_canvas *canvas, const struct touched *touched)
{
	size_t nr = touched->right - touched->left + 1;
	uint8_t *row =
		canvas->pixels + (size_t)touched->top * canvas->width + touched->left;
	uint8_t *end = canvas->pixels + (size_t)canvas->height * canvas->width;
	uint64_t work = (uint64_t)(canvas->height - touched->top) * nr;

	canvas->work -= work < canvas->work ? work : canvas->work;
	for (; row + canvas->width < end; row += canvas->width) {
		uint8_t *below = row + canvas->width;

		for (size_t i = 0; i < nr; i++) {
			below[i] ^= row[i] & BORDER;
			row[i] = (row[i] | row[i] >> 1) & INSIDE;
		}
	}
	for (size_t i = 0; i < nr; i++)
		row[i] = (row[i] | row[i] >> 1) & INSIDE;
}

static bool read_point(struct trfs_bytes *text, struct point *at)
{
	int64_t dx, dy;

	if (!trfs_outline_number(text, &dx) || !trfs_outline_number(text, &dy))
		return false;
	if (dx < -NUMBER_MAX || dx > NUMBER_MAX || dy < -NUMBER_MAX || dy > NUMBER_MAX)
		return false;
	dx += at->x;
	dy += at->y;
	if (dx < -NUMBER_MAX / 2 || dx > NUMBER_MAX / 2 || dy < -NUMBER_MAX / 2 ||
	    dy > NUMBER_MAX / 2)
		return false;
	*at = (struct point){ (int)dx, (int)dy };
	return true;
}

static bool at_end_of_polygon(struct trfs_bytes text)
{
	return text.len == 0 || text.data[0] == ' ';
}

static int draw_polygon(struct trfs_bytes *text, struct trfs_canvas *canvas,
			struct trfs_error *err)
{
	struct touched touched = { .left = UINT32_MAX, .top = UINT32_MAX };
	struct point first = { 0, 0 };
	struct point last = { 0, 0 };
	bool any = false;

	while (!at_end_of_polygon(*text)) {
		struct point next = last;

		if (!read_point(text, &next))
			return trfs_fail(err, -EBADMSG, "has a polygon that breaks off");
		if (any)
			draw_edge(canvas, &touched, last, next);
		else
			first = next;
		any = true;
		last = next;
	}
	draw_edge(canvas, &touched, last, first);
	if (touched.top != UINT32_MAX)
		fill(canvas, &touched);
	return 0;
}

int trfs_polygons_draw(struct trfs_bytes text, struct trfs_canvas *canvas,
		       struct trfs_error *err)
{
	int rc;

	while (true) {
		rc = draw_polygon(&text, canvas, err);
		if (rc < 0)
			return rc;
		if (canvas->work == 0)
			return trfs_fail(err, -EBADMSG,
					 "has polygons that would take too long to draw");
		if (text.len == 0)
			return 0;
		text = (struct trfs_bytes){ text.data + 1, text.len - 1 };
	}
}
