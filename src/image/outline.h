/* SPDX-License-Identifier: MIT */
/* What the two kinds of outlines share: numbers in a text, and how each is drawn. */
#ifndef TRFS_IMAGE_OUTLINE_H
#define TRFS_IMAGE_OUTLINE_H

#include "base/bytes.h"
#include "base/compiler.h"

/**
 * struct trfs_canvas - what is drawn on
 * @pixels: height * width, rows from the top; bit 0 is the mask
 * @work: steps left before the outline is refused
 */
struct trfs_canvas {
	uint32_t height, width;
	uint8_t *pixels;
	uint64_t work;
};

/* The next number of @text, which moves on; false at a bad or missing one. */
bool trfs_outline_number(struct trfs_bytes *text, int64_t *ret);

/* The polygons of @text behind its "p", each laid over those before; -EBADMSG. */
TRFS_MUST_CHECK
int trfs_polygons_draw(struct trfs_bytes text, struct trfs_canvas *canvas,
		       struct trfs_error *err);

/* The runs of @text behind its "r"; -EBADMSG. */
TRFS_MUST_CHECK
int trfs_runs_draw(struct trfs_bytes text, struct trfs_canvas *canvas,
		   struct trfs_error *err);

#endif
