/* SPDX-License-Identifier: MIT */
/*
 * Rows of boxes gathered by image.  An image's rows need not stand together, so all are
 * kept until the end of the file: about 50 bytes a box.
 */
#include "manifest/detection_csv.h"

#include "base/error.h"
#include "base/number.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	BOXES_MAX = 1 << 26,
	PROBLEM_SIZE = TRFS_BOX_OBJECTION_SIZE + 96,
};

static const char *const column_names[] = { "filename", "width", "height",
					    "class",	"xmin",	 "ymin",
					    "xmax",	"ymax",	 "split" };

bool trfs_detections_find_columns(const struct trfs_csv_row *header,
				  uint32_t columns[TRFS_DETECTION_NR_COLUMNS])
{
	for (size_t c = 0; c < TRFS_DETECTION_NR_COLUMNS; c++) {
		struct trfs_bytes name = trfs_bytes_of(column_names[c]);

		columns[c] = TRFS_DETECTION_NONE;
		for (uint32_t i = 0; i < header->nr_fields && i < TRFS_CSV_FIELDS_STORED;
		     i++) {
			if (!trfs_bytes_equal_nocase(
				    trfs_bytes_trim(header->fields[i].text), name))
				continue;
			if (columns[c] != TRFS_DETECTION_NONE)
				return false;
			columns[c] = i;
		}
		if (columns[c] == TRFS_DETECTION_NONE && c != TRFS_DETECTION_SPLIT)
			return false;
	}
	return true;
}

int trfs_detections_init(struct trfs_detections *d, struct trfs_error *err)
{
	d->names = trfs_string_table_new();
	d->texts = trfs_string_table_new();
	return d->names && d->texts ? 0 : trfs_fail_memory(err, "the boxes");
}

void trfs_detections_done(struct trfs_detections *d)
{
	trfs_string_table_free(d->names);
	trfs_string_table_free(d->texts);
	free(d->images);
	free(d->boxes);
	*d = (struct trfs_detections){ .nr_columns = 0 };
}

static struct trfs_bytes field_of(const struct trfs_detections *d,
				  const struct trfs_csv_row *row,
				  enum trfs_detection_column column)
{
	return trfs_bytes_trim(row->fields[d->columns[column]].text);
}

/* Room for one more; the pointer stays as it was on failure. */
static void *grown(void *items, size_t *capacity, size_t nr, size_t item_size)
{
	size_t larger = *capacity ? *capacity + *capacity / 2 : 64;
	void *moved;

	if (nr < *capacity)
		return items;
	moved = reallocarray(items, larger, item_size);
	if (moved)
		*capacity = larger;
	return moved;
}

static int find_image(struct trfs_detections *d, struct trfs_bytes name, uint64_t line,
		      uint32_t *ret, struct trfs_error *err)
{
	struct trfs_detection_image *images;
	bool is_new;

	if (trfs_string_table_intern(d->names, name, ret, &is_new) < 0)
		return trfs_fail_memory(err, "the images");
	if (!is_new)
		return 0;
	images = grown(d->images, &d->images_capacity, d->nr_images, sizeof(*images));
	if (!images)
		return trfs_fail_memory(err, "the images");
	d->images = images;
	images[d->nr_images++] = (struct trfs_detection_image){
		.line = line,
		.first = TRFS_DETECTION_NONE,
		.last = TRFS_DETECTION_NONE,
		.split = TRFS_DETECTION_NONE,
		.problem = TRFS_DETECTION_NONE,
	};
	return 0;
}

static int add_problem(struct trfs_detections *d, uint32_t image, uint64_t line,
		       const char *what, struct trfs_error *err)
{
	char text[PROBLEM_SIZE];

	if (d->images[image].problem != TRFS_DETECTION_NONE)
		return 0;
	snprintf(text, sizeof(text), "is badly described: line %" PRIu64 ": %s", line,
		 what);
	if (trfs_string_table_intern(d->texts, trfs_bytes_of(text),
				     &d->images[image].problem, NULL) < 0)
		return trfs_fail_memory(err, "the problems");
	return 0;
}

/* Sizes, which all rows of an image must agree on; NULL or what is wrong. */
static const char *read_size(struct trfs_detections *d, uint32_t number,
			     const struct trfs_csv_row *row)
{
	struct trfs_detection_image *image = &d->images[number];
	double width, height;

	if (!trfs_number_parse(field_of(d, row, TRFS_DETECTION_WIDTH), &width) ||
	    !trfs_number_parse(field_of(d, row, TRFS_DETECTION_HEIGHT), &height) ||
	    !(width >= 1 && width <= 1e9 && height >= 1 && height <= 1e9))
		return "width and height are no numbers of pixels";
	if (image->width != 0 &&
	    (image->width != (int64_t)width || image->height != (int64_t)height))
		return "width and height differ from those of the image's first row";
	image->width = (int64_t)width;
	image->height = (int64_t)height;
	return NULL;
}

/* NULL or what is wrong, in @buf or static. */
static const char *read_box(struct trfs_detections *d, uint32_t number,
			    const struct trfs_csv_row *row, struct trfs_box *ret,
			    char buf[TRFS_BOX_OBJECTION_SIZE])
{
	const struct trfs_detection_image *image = &d->images[number];
	double *const sides[] = { &ret->xmin, &ret->ymin, &ret->xmax, &ret->ymax };

	for (size_t i = 0; i < TRFS_COUNT(sides); i++) {
		enum trfs_detection_column column =
			(enum trfs_detection_column)(TRFS_DETECTION_XMIN + i);
		struct trfs_bytes text = field_of(d, row, column);
		char shown[48];

		if (trfs_number_parse(text, sides[i]))
			continue;
		snprintf(buf, TRFS_BOX_OBJECTION_SIZE, "%s \"%s\" is no number",
			 column_names[column],
			 trfs_text_printable(text, shown, sizeof(shown)));
		return buf;
	}
	return trfs_box_objection(*ret, (double)image->width, (double)image->height, buf);
}

static int add_box(struct trfs_detections *d, uint32_t number, struct trfs_box pixels,
		   struct trfs_bytes class_text, struct trfs_error *err)
{
	struct trfs_detection_image *image = &d->images[number];
	struct trfs_detection_box *boxes;

	if (d->nr_boxes == BOXES_MAX)
		return trfs_fail(err, -EBADMSG, "there are more than %d boxes",
				 BOXES_MAX);
	boxes = grown(d->boxes, &d->boxes_capacity, d->nr_boxes, sizeof(*boxes));
	if (!boxes)
		return trfs_fail_memory(err, "the boxes");
	d->boxes = boxes;
	boxes[d->nr_boxes] = (struct trfs_detection_box){ .pixels = pixels,
							  .next = TRFS_DETECTION_NONE };
	if (trfs_string_table_intern(d->texts, class_text, &boxes[d->nr_boxes].class_text,
				     NULL) < 0)
		return trfs_fail_memory(err, "the classes");
	if (image->last == TRFS_DETECTION_NONE)
		image->first = d->nr_boxes;
	else
		boxes[image->last].next = d->nr_boxes;
	image->last = d->nr_boxes++;
	return 0;
}

/* A row with neither class nor box says that its image has no objects. */
static bool is_background(const struct trfs_detections *d, const struct trfs_csv_row *row)
{
	for (size_t c = TRFS_DETECTION_CLASS; c <= TRFS_DETECTION_YMAX; c++)
		if (field_of(d, row, (enum trfs_detection_column)c).len > 0)
			return false;
	return true;
}

static int add_split(struct trfs_detections *d, uint32_t image, struct trfs_bytes split,
		     uint64_t line, struct trfs_error *err)
{
	uint32_t number;

	if (trfs_string_table_intern(d->texts, split, &number, NULL) < 0)
		return trfs_fail_memory(err, "the splits");
	if (d->images[image].split == TRFS_DETECTION_NONE)
		d->images[image].split = number;
	if (d->images[image].split == number)
		return 0;
	return add_problem(d, image, line, "the split differs from that of the first row",
			   err);
}

int trfs_detections_add(struct trfs_detections *d, const struct trfs_csv_row *row,
			uint64_t line, struct trfs_error *err)
{
	struct trfs_bytes name, class_text;
	char buf[TRFS_BOX_OBJECTION_SIZE];
	const char *wrong;
	struct trfs_box pixels;
	uint32_t image;
	int rc = 0;

	if (row->nr_fields != d->nr_columns)
		return trfs_fail(err, -EBADMSG, "has %zu fields, the header has %zu",
				 row->nr_fields, d->nr_columns);
	name = field_of(d, row, TRFS_DETECTION_FILENAME);
	if (name.len == 0)
		return trfs_fail(err, -EBADMSG, "names no image in column \"filename\"");
	rc = find_image(d, name, line, &image, err);
	if (rc == 0 && d->columns[TRFS_DETECTION_SPLIT] != TRFS_DETECTION_NONE)
		rc = add_split(d, image, field_of(d, row, TRFS_DETECTION_SPLIT), line,
			       err);
	if (rc < 0)
		return rc;
	class_text = field_of(d, row, TRFS_DETECTION_CLASS);
	wrong = read_size(d, image, row);
	if (!wrong && is_background(d, row))
		return 0;
	if (!wrong && class_text.len == 0)
		wrong = "the box has no class";
	if (!wrong)
		wrong = read_box(d, image, row, &pixels, buf);
	return wrong ? add_problem(d, image, line, wrong, err)
		     : add_box(d, image, pixels, class_text, err);
}
