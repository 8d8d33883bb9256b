/* SPDX-License-Identifier: MIT */
/*
 * COCO's panoptic pictures, whose colours are the ids of segments (red + 256 green +
 * 65536 blue), as the masks that the Model Garden's converter makes of them.
 *
 * The segments come as a text: "s", and "ID,CATEGORY,INSTANCE;" for each, INSTANCE being
 * 0 for stuff and else the number of the thing among all segments of the image, from 1.
 */
#ifndef TRFS_IMAGE_PANOPTIC_H
#define TRFS_IMAGE_PANOPTIC_H

#include "base/bytes.h"
#include "base/compiler.h"

enum {
	TRFS_PANOPTIC_STUFF_OFFSET = 90, /* stuff is shown as its category less this */
	TRFS_PANOPTIC_THING = 1,	 /* all things are shown as this */
};

/**
 * struct trfs_panoptic_masks - where the masks go, a byte a pixel; NULL: not wanted
 * @semantic: 1 for things, category - 90 for stuff, 0 where no segment is
 * @category: category, or 0
 * @instance: of things their number, else 0
 */
struct trfs_panoptic_masks {
	uint8_t *semantic;
	uint8_t *category;
	uint8_t *instance;
};

/**
 * trfs_panoptic_draw() - masks out of a decoded picture
 * @segments: as above; where an id comes twice the last one counts
 * @rgb: 3 * @nr_pixels bytes
 *
 * Return: 0; -EBADMSG for a text of another form, and for values beyond a byte; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_panoptic_draw(struct trfs_bytes segments, const uint8_t *rgb, size_t nr_pixels,
		       const struct trfs_panoptic_masks *masks, struct trfs_error *err);

/* Whether the converter can show such a segment: all of its values are bytes. */
bool trfs_panoptic_shows(int64_t category, int64_t instance);

#endif
