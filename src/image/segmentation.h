/* SPDX-License-Identifier: MIT */
/*
 * The outline of an object as a short text, and the mask that it stands for, pixel for
 * pixel as pycocotools draws it.
 *
 * Numbers are written as COCO's run lengths are: five bits a character, the lowest first,
 * from '0' (48) on, plus 32 where more follow; the highest bit of the last is the sign.
 *
 *	p POLYGON [' ' POLYGON]...	a POLYGON being x y, and of each further point the
 *					differences; all in fifths of a pixel, which is as
 *					fine as polygons are drawn
 *	r HEIGHT WIDTH COUNT...		runs of 0 and 1 by turns, down the columns; from
 *the fourth on, the difference from the one two before
 *
 * So the text is plain ASCII, and takes about a quarter of what JSON takes.
 */
#ifndef TRFS_IMAGE_SEGMENTATION_H
#define TRFS_IMAGE_SEGMENTATION_H

#include "base/buffer.h"
#include "base/compiler.h"

/* In the order in which a run length can be told from the one two before. */
struct trfs_run_writer {
	struct trfs_buffer *text;
	uint32_t last[2];
	size_t nr;
};

struct trfs_polygon_writer {
	struct trfs_buffer *text;
	int32_t x, y;
};

/* Begin a text of runs; @text is empty before, and fails as buffers do. */
void trfs_run_writer_start(struct trfs_run_writer *w, struct trfs_buffer *text,
			   uint32_t height, uint32_t width);
void trfs_run_writer_add(struct trfs_run_writer *w, uint32_t count);
/* All counts at once, as COCO's compressed "counts"; -EBADMSG for other characters. */
TRFS_MUST_CHECK
int trfs_run_writer_add_compressed(struct trfs_run_writer *w, struct trfs_bytes counts,
				   struct trfs_error *err);

/* Begin a text, or its next polygon. */
void trfs_polygon_writer_start(struct trfs_polygon_writer *w, struct trfs_buffer *text);
/* A corner, in pixels; -EBADMSG beyond what any image has. */
TRFS_MUST_CHECK
int trfs_polygon_writer_add(struct trfs_polygon_writer *w, double x, double y,
			    struct trfs_error *err);

/**
 * trfs_object_mask_draw() - the mask of an outline
 * @text: as above, trusted in nothing
 * @height, @width: of the image; what lies outside is cut off
 * @ret: height * width bytes, rows from the top: 1 inside of any polygon or run, else 0;
 *	undefined on failure
 *
 * No memory is taken.  Time grows with the image and the outline; outlines that would
 * take many times longer than real ones are refused.  Thread-safe.
 *
 * Return: 0, or -EBADMSG with a sentence's rest: "has runs for 3 x 4 pixels; the image is
 *	3 x 5".
 */
TRFS_MUST_CHECK
int trfs_object_mask_draw(struct trfs_bytes text, uint32_t height, uint32_t width,
			  uint8_t *ret, struct trfs_error *err);

#endif
