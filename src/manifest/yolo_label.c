/* SPDX-License-Identifier: MIT */
/*
 * YOLO's boxes by centre and size, and polygons.  Written with few digits, corners leave
 * the image by a rounding error: that is cut off without a word, and more with one.
 */
#include "manifest/yolo_label.h"

#include "base/number.h"

/* Of centre and size as printed with three digits. */
#define ROUNDING 0.002

enum { FIELDS_OF_BOX = 5 };

/* Take the next word off @line; empty at its end. */
static struct trfs_bytes next_word(struct trfs_bytes *line)
{
	struct trfs_bytes word;

	*line = trfs_bytes_trim(*line);
	word = (struct trfs_bytes){ line->data, 0 };
	while (word.len < line->len && word.data[word.len] != ' ' &&
	       word.data[word.len] != '\t')
		word.len++;
	line->data += word.len;
	line->len -= word.len;
	return word;
}

static double clipped(double share, bool *clips)
{
	*clips |= share < -ROUNDING || share > 1 + ROUNDING;
	return share < 0 ? 0 : share > 1 ? 1 : share;
}

static void set_box(struct trfs_yolo_label *label, struct trfs_box box)
{
	label->box.xmin = clipped(box.xmin, &label->is_clipped);
	label->box.ymin = clipped(box.ymin, &label->is_clipped);
	label->box.xmax = clipped(box.xmax, &label->is_clipped);
	label->box.ymax = clipped(box.ymax, &label->is_clipped);
}

static void grow_box(struct trfs_box *box, double x, double y)
{
	box->xmin = x < box->xmin ? x : box->xmin;
	box->ymin = y < box->ymin ? y : box->ymin;
	box->xmax = x > box->xmax ? x : box->xmax;
	box->ymax = y > box->ymax ? y : box->ymax;
}

static const char *const not_a_box =
	"is neither \"class x y width height\" nor \"class x y x y x y ...\"";

const char *trfs_yolo_label_parse(struct trfs_bytes line, struct trfs_yolo_label *ret)
{
	struct trfs_box bounds = { 2, 2, -1, -1 };
	struct trfs_bytes word = next_word(&line);
	double values[FIELDS_OF_BOX] = { 0 };
	size_t nr = 1;
	double x = 0;

	*ret = (struct trfs_yolo_label){ .class_number = -1 };
	if (!trfs_number_parse(word, &values[0]) || values[0] < 0 || values[0] > 1e9 ||
	    values[0] != (double)(int64_t)values[0])
		return "does not begin with the number of a class";
	ret->class_number = (int64_t)values[0];
	for (word = next_word(&line); word.len > 0; word = next_word(&line), nr++) {
		double value;

		if (!trfs_number_parse(word, &value))
			return not_a_box;
		if (!(value >= 0 - ROUNDING && value <= 1 + ROUNDING))
			return "has a number outside 0..1: shares of the image's sides "
			       "are wanted, not pixels";
		if (nr < FIELDS_OF_BOX)
			values[nr] = value;
		if (nr % 2 == 0)
			grow_box(&bounds, x, value);
		x = value;
	}
	if (nr == FIELDS_OF_BOX) {
		double half_width = values[3] / 2, half_height = values[4] / 2;

		if (half_width < 0 || half_height < 0)
			return "has a negative width or height";
		bounds = (struct trfs_box){ values[1] - half_width,
					    values[2] - half_height,
					    values[1] + half_width,
					    values[2] + half_height };
	} else if (nr < FIELDS_OF_BOX + 2 || nr % 2 == 0) {
		return not_a_box;
	} else {
		ret->is_polygon = true;
	}
	set_box(ret, bounds);
	return NULL;
}
