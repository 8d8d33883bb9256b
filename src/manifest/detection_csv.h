/* SPDX-License-Identifier: MIT */
/* A CSV of boxes, gathered by image; the dialect over it is detection_csv.c. */
#ifndef TRFS_MANIFEST_DETECTION_CSV_H
#define TRFS_MANIFEST_DETECTION_CSV_H

#include "base/strings.h"
#include "manifest/csv_row.h"
#include "manifest/objects.h"

/* The columns that its header must have, in this order below. */
enum trfs_detection_column {
	TRFS_DETECTION_FILENAME,
	TRFS_DETECTION_WIDTH,
	TRFS_DETECTION_HEIGHT,
	TRFS_DETECTION_CLASS,
	TRFS_DETECTION_XMIN,
	TRFS_DETECTION_YMIN,
	TRFS_DETECTION_XMAX,
	TRFS_DETECTION_YMAX,
	TRFS_DETECTION_SPLIT, /* may be missing */
	TRFS_DETECTION_NR_COLUMNS
};

#define TRFS_DETECTION_NONE UINT32_MAX

/**
 * struct trfs_detection_image - what the rows of one image say together
 * @line: of the first
 * @first, @last: of its boxes; TRFS_DETECTION_NONE for none
 * @split, @problem: numbers within the texts; TRFS_DETECTION_NONE for none
 */
struct trfs_detection_image {
	uint64_t line;
	int64_t width, height;
	uint32_t first, last;
	uint32_t split, problem;
};

/* @next: of the same image, or TRFS_DETECTION_NONE. */
struct trfs_detection_box {
	struct trfs_box pixels;
	uint32_t class_text;
	uint32_t next;
};

/**
 * struct trfs_detections - a whole file
 * @columns: where in a row each of them is; the split may be TRFS_DETECTION_NONE
 * @nr_columns: of each row
 * @names: of images, in the order of appearance
 * @texts: classes, splits and problems, each once
 * @images, @boxes: owned
 */
struct trfs_detections {
	uint32_t columns[TRFS_DETECTION_NR_COLUMNS];
	size_t nr_columns;
	struct trfs_string_table *names;
	struct trfs_string_table *texts;
	struct trfs_detection_image *images;
	uint32_t nr_images;
	size_t images_capacity;
	struct trfs_detection_box *boxes;
	uint32_t nr_boxes;
	size_t boxes_capacity;
};

/* Find the columns in a header; false where one is missing or there twice. */
bool trfs_detections_find_columns(const struct trfs_csv_row *header,
				  uint32_t columns[TRFS_DETECTION_NR_COLUMNS]);

/* @d is zeroed before; -ENOMEM. */
TRFS_MUST_CHECK
int trfs_detections_init(struct trfs_detections *d, struct trfs_error *err);
void trfs_detections_done(struct trfs_detections *d);

/*
 * Take one row.  A bad box is a problem of its image; a row that names no image or whose
 * fields are too many or few is an error.
 */
TRFS_MUST_CHECK
int trfs_detections_add(struct trfs_detections *d, const struct trfs_csv_row *row,
			uint64_t line, struct trfs_error *err);

#endif
