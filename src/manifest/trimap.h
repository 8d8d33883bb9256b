/* SPDX-License-Identifier: MIT */
/* The Oxford pets' trimaps: grey PNG files in which 2 is background. */
#ifndef TRFS_MANIFEST_TRIMAP_H
#define TRFS_MANIFEST_TRIMAP_H

#include "base/buffer.h"
#include "image/pixels.h"
#include "manifest/objects.h"

enum { TRFS_TRIMAP_FILE_MAX = 64 << 20 };

/**
 * trfs_trimap_bounds() - what bounds the pixels that are no background
 * @whole: the file
 * @max_pixels: of --max-pixels
 * @pixels: memory that is used again
 * @ret: columns and rows of the outermost such pixels, as create_pet_tf_record has them
 *
 * -EBADMSG with a sentence that starts with a verb, also where all is background, or
 * -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_trimap_bounds(struct trfs_bytes whole, uint64_t max_pixels,
		       struct trfs_pixels *pixels, struct trfs_box *ret,
		       struct trfs_error *err);

#endif
