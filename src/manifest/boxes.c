/* SPDX-License-Identifier: MIT */
/*
 * Boxes in the file's order, each with its image's number, and at the end sorted by that:
 * a counting sort, so that images keep their boxes in order and cost one number each.
 */
#include "manifest/boxes.h"

#include "base/error.h"
#include "base/number.h"
#include "manifest/lines.h"
#include <errno.h>
#include <stdlib.h>

enum {
	NR_FIELDS = 5,
};

/**
 * struct loading - boxes on their way
 * @image_of: number of the image for each box; owned
 * @nr, @capacity: of boxes
 */
struct loading {
	struct trfs_boxes boxes;
	uint32_t *image_of;
	uint32_t nr, capacity;
};

void trfs_boxes_done(struct trfs_boxes *boxes)
{
	trfs_string_table_free(boxes->names);
	free(boxes->boxes);
	free(boxes->ends);
	*boxes = (struct trfs_boxes){ .names = NULL };
}

static void loading_done(struct loading *l)
{
	trfs_boxes_done(&l->boxes);
	free(l->image_of);
}

/* The fields of a line: 5, or another number where it has more or fewer. */
static size_t split_fields(struct trfs_bytes line, struct trfs_bytes ret[NR_FIELDS])
{
	size_t nr = 0;

	for (;;) {
		const uint8_t *comma = line.len ? memchr(line.data, ',', line.len) : NULL;
		size_t len = comma ? (size_t)(comma - line.data) : line.len;

		if (nr < NR_FIELDS)
			ret[nr] = (struct trfs_bytes){ line.data, len };
		nr++;
		if (!comma)
			return nr;
		line.data += len + 1;
		line.len -= len + 1;
	}
}

static int parse_box(struct trfs_bytes line, struct trfs_bytes *ret_name,
		     struct trfs_box *ret, struct trfs_error *err)
{
	double *const numbers[] = { &ret->xmin, &ret->ymin, &ret->xmax, &ret->ymax };
	static const char *const names[] = { "xmin", "ymin", "xmax", "ymax" };
	struct trfs_bytes fields[NR_FIELDS];
	char shown[TRFS_PRINTABLE_SIZE];
	size_t nr = split_fields(line, fields);

	if (nr != NR_FIELDS)
		return trfs_fail(err, -EBADMSG,
				 "has %zu field%s, five were expected: "
				 "name,xmin,ymin,xmax,ymax",
				 nr, nr == 1 ? "" : "s");
	if (fields[0].len == 0)
		return trfs_fail(err, -EBADMSG, "names no image in front of the box");
	for (size_t i = 0; i < TRFS_COUNT(numbers); i++) {
		struct trfs_bytes text = trfs_bytes_trim(fields[i + 1]);

		if (!trfs_number_parse(text, numbers[i]))
			return trfs_fail(err, -EBADMSG, "%s \"%s\" is not a number",
					 names[i],
					 trfs_text_printable(text, shown, sizeof(shown)));
	}
	*ret_name = fields[0];
	return 0;
}

static int make_room(struct loading *l)
{
	uint32_t larger = l->capacity ? l->capacity + l->capacity / 2 : 1024;
	struct trfs_box *boxes;
	uint32_t *image_of;

	if (l->nr < l->capacity)
		return 0;
	if (larger < l->capacity)
		return -ENOMEM;
	boxes = reallocarray(l->boxes.boxes, larger, sizeof(*boxes));
	if (!boxes)
		return -ENOMEM;
	l->boxes.boxes = boxes;
	image_of = reallocarray(l->image_of, larger, sizeof(*image_of));
	if (!image_of)
		return -ENOMEM;
	l->image_of = image_of;
	l->capacity = larger;
	return 0;
}

static int add_line(struct loading *l, struct trfs_bytes line, struct trfs_error *err)
{
	struct trfs_bytes name = { NULL, 0 };
	struct trfs_box box;
	uint32_t image;
	int rc;

	rc = parse_box(line, &name, &box, err);
	if (rc < 0)
		return rc;
	rc = make_room(l);
	if (rc == 0)
		rc = trfs_string_table_intern(l->boxes.names, name, &image, NULL);
	if (rc < 0)
		return trfs_fail_memory(err, "the boxes");
	l->image_of[l->nr] = image;
	l->boxes.boxes[l->nr++] = box;
	return 0;
}

/* Put the boxes of each image side by side. */
static int sort_by_image(struct loading *l)
{
	size_t nr_images = (size_t)trfs_string_table_view(l->boxes.names).nr;
	struct trfs_box *sorted = calloc((size_t)l->nr + 1, sizeof(*sorted));
	uint32_t *ends = calloc(nr_images + 1, sizeof(*ends));
	uint32_t start = 0;

	if (!sorted || !ends) {
		free(sorted);
		free(ends);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < l->nr; i++)
		ends[l->image_of[i]]++;
	/* First where an image's boxes start; filling them in moves that to their end. */
	for (size_t i = 0; i < nr_images; i++) {
		uint32_t nr = ends[i];

		ends[i] = start;
		start += nr;
	}
	for (uint32_t i = 0; i < l->nr; i++)
		sorted[ends[l->image_of[i]]++] = l->boxes.boxes[i];
	free(l->boxes.boxes);
	l->boxes.boxes = sorted;
	l->boxes.ends = ends;
	return 0;
}

static int load(struct loading *l, struct trfs_lines *lines, struct trfs_error *err)
{
	struct trfs_bytes line;
	int rc;

	while ((rc = trfs_lines_next(lines, &line, err)) > 0) {
		rc = add_line(l, line, err);
		if (rc < 0)
			return trfs_lines_prefix(lines, rc, err);
	}
	if (rc == 0 && sort_by_image(l) < 0)
		rc = trfs_fail_memory(err, "the boxes");
	return rc;
}

int trfs_boxes_load(const char *path, struct trfs_inputs *inputs, struct trfs_boxes *ret,
		    struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_lines_done) struct trfs_lines lines = { .fd = -1 };
	TRFS_CLEANUP(loading_done) struct loading l = { .nr = 0 };
	int rc;

	l.boxes.names = trfs_string_table_new();
	if (!l.boxes.names)
		return trfs_fail_memory(err, "the boxes");
	rc = trfs_lines_open(&lines, path, "the boxes", inputs, err);
	if (rc == 0)
		rc = load(&l, &lines, err);
	if (rc < 0)
		return rc;
	*ret = l.boxes;
	l.boxes = (struct trfs_boxes){ .names = NULL };
	return 0;
}

const struct trfs_box *trfs_boxes_find(const struct trfs_boxes *boxes,
				       struct trfs_bytes name, size_t *ret_nr)
{
	uint32_t image, start;

	*ret_nr = 0;
	if (!boxes->names || !trfs_string_table_find(boxes->names, name, &image))
		return NULL;
	start = image ? boxes->ends[image - 1] : 0;
	*ret_nr = boxes->ends[image] - start;
	return boxes->boxes + start;
}
