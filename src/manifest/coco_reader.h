/* SPDX-License-Identifier: MIT */
/*
 * The reader behind the dialects "coco", "coco-classification", "coco-od" and "roboflow":
 * one file of images and what other files say of them.  Columns of a row:
 *
 *	path			where the image is, beneath the source
 *	file_name, id, height, width	as in the file, whose other plain members of
 *				images become columns of their names, "label" among them
 *	objects/xmin, /xmax, /ymin, /ymax	shares of width and height; in
 *coco-classification as they are objects/label, /class, /is_crowd, /area, /id	lists, an
 *item a box objects/segmentation	with include_masks: texts, see
 *image/segmentation.h caption			a list panoptic/file, panoptic/segments
 *the picture's path and a text, see image/panoptic.h
 *
 * Where an image has none of these the cells are missing.
 */
#ifndef TRFS_MANIFEST_COCO_READER_H
#define TRFS_MANIFEST_COCO_READER_H

#include "manifest/coco_categories.h"
#include "manifest/coco_directories.h"
#include "manifest/coco_file.h"
#include "manifest/coco_id.h"
#include "manifest/coco_index.h"
#include "manifest/dialect.h"
#include "manifest/json_stream.h"

enum trfs_coco_column {
	TRFS_COCO_PATH,
	TRFS_COCO_FILE_NAME,
	TRFS_COCO_ID,
	TRFS_COCO_HEIGHT,
	TRFS_COCO_WIDTH,
	TRFS_COCO_LABEL,
	TRFS_COCO_XMIN,
	TRFS_COCO_XMAX,
	TRFS_COCO_YMIN,
	TRFS_COCO_YMAX,
	TRFS_COCO_CATEGORY,
	TRFS_COCO_CLASS,
	TRFS_COCO_IS_CROWD,
	TRFS_COCO_AREA,
	TRFS_COCO_OBJECT_ID,
	TRFS_COCO_SEGMENTATION,
	TRFS_COCO_CAPTION,
	TRFS_COCO_PANOPTIC_FILE,
	TRFS_COCO_PANOPTIC_SEGMENTS,
	TRFS_COCO_SPLIT,
	TRFS_COCO_NR_COLUMNS
};

/**
 * struct trfs_coco_style - how converters of COCO files differ
 * @marker: the key by which a box is told among the annotations of the images' own file
 * @single: of an image's annotations only the last counts; it has corners in pixels, and
 *	its class's name, itself
 * @labelled: images must have an integer "label"
 * @own_directory: of the image directories the k-th belongs to the k-th part, and names
 *	may be in several of them
 */
struct trfs_coco_style {
	const char *marker;
	bool single;
	bool labelled;
	bool own_directory;
};

extern const struct trfs_coco_style trfs_coco_style_boxes;
extern const struct trfs_coco_style trfs_coco_style_classification;
extern const struct trfs_coco_style trfs_coco_style_od;

/* Annotations of one kind; @wanted where there are any to be had. */
struct trfs_coco_source {
	bool wanted;
	struct trfs_coco_file file;
	struct trfs_coco_index index;
};

/**
 * struct trfs_coco_image - the image at hand
 * @name: its "file_name", which @name_json keeps
 */
struct trfs_coco_image {
	struct trfs_bytes name;
	json_t *name_json;
	double height, width;
	struct trfs_coco_id id;
	uint64_t line;
};

/**
 * struct trfs_coco - a reader
 * @request: borrowed; its lists may be overridden by roboflow.c
 * @prefix: in front of all file names, for roboflow; ends in a slash; or NULL
 * @split: of all rows, for roboflow; or NULL
 * @things: the panoptic file's categories
 */
struct trfs_coco {
	const struct trfs_coco_style *style;
	const struct trfs_root *root;
	const struct trfs_manifest_request *request;
	const char *prefix;
	const char *split;
	struct trfs_json_stream *images;
	struct trfs_coco_directories directories;
	struct trfs_coco_source objects, captions, panoptic;
	struct trfs_coco_categories categories, things;
	struct trfs_buffer masks; /* what stands before names of panoptic masks */
	struct trfs_buffer scratch;
	uint32_t columns[TRFS_COCO_NR_COLUMNS];
};

/*
 * Begin to read @fd, which stays the caller's, after setting the first five members of a
 * zeroed @coco, which is to be done() in any case.
 */
TRFS_MUST_CHECK
int trfs_coco_start(struct trfs_coco *coco, int fd, struct trfs_inputs *inputs,
		    struct trfs_row_builder *rows, struct trfs_text_place *ret_place,
		    struct trfs_error *err);
void trfs_coco_done(struct trfs_coco *coco);

/* 1 and a row, 0 at the end, or a negative errno. */
TRFS_MUST_CHECK
int trfs_coco_next(struct trfs_coco *coco, struct trfs_row_builder *rows,
		   struct trfs_text_place *ret_place, struct trfs_error *err);

/* What the files say of @image, into the row; each says in @ret_place where it failed. */
TRFS_MUST_CHECK
int trfs_coco_objects_add(struct trfs_coco *coco, const struct trfs_coco_image *image,
			  struct trfs_row_builder *rows,
			  struct trfs_text_place *ret_place, struct trfs_error *err);
TRFS_MUST_CHECK
int trfs_coco_captions_add(struct trfs_coco *coco, const struct trfs_coco_image *image,
			   struct trfs_row_builder *rows,
			   struct trfs_text_place *ret_place, struct trfs_error *err);
TRFS_MUST_CHECK
int trfs_coco_panoptic_add(struct trfs_coco *coco, const struct trfs_coco_image *image,
			   struct trfs_row_builder *rows,
			   struct trfs_text_place *ret_place, struct trfs_error *err);

/* The row of an image's JSON object, without what other files say; sets @image. */
TRFS_MUST_CHECK
int trfs_coco_image_add(struct trfs_coco *coco, struct trfs_bytes text,
			struct trfs_text_place begins, struct trfs_coco_image *image,
			struct trfs_row_builder *rows, struct trfs_text_place *ret_place,
			struct trfs_error *err);

#endif
