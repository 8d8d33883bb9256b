/* SPDX-License-Identifier: MIT */
/* The first directory of a TIFF structure, which is also what EXIF is. */
#ifndef TRFS_IMAGE_TIFF_H
#define TRFS_IMAGE_TIFF_H

#include "image/cursor.h"

/**
 * struct trfs_image_tiff - what is wanted of a directory; 0 where it is not there
 * @orientation: as stored, in range or not
 */
struct trfs_image_tiff {
	uint32_t width;
	uint32_t height;
	uint32_t orientation;
};

/*
 * Read the structure that starts at the cursor and ends before @end, whatever offsets
 * and counts it claims.  Leaves the cursor anywhere; false where it is no TIFF at all.
 */
bool trfs_image_tiff_read(struct trfs_image_cursor *c, uint64_t end,
			  struct trfs_image_tiff *ret);

/* Take the orientation of the EXIF data from the cursor to @end over into @info. */
void trfs_image_exif_read(struct trfs_image_cursor *c, uint64_t end,
			  struct trfs_image_info *info);

#endif
