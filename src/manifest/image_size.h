/* SPDX-License-Identifier: MIT */
/* Pixels of an image, for dialects whose boxes are in pixels and that give no sizes. */
#ifndef TRFS_MANIFEST_IMAGE_SIZE_H
#define TRFS_MANIFEST_IMAGE_SIZE_H

#include "base/file.h"

/*
 * Rows and columns of pixels of the image at @path beneath the root, not turned by EXIF.
 * -EBADMSG where it is none or its header does not say, or the errno of opening it; no
 * message, since the look at all images will give one.  Cost: opens it and reads a KiB.
 */
TRFS_MUST_CHECK
int trfs_image_size_read(const struct trfs_root *root, const char *path,
			 uint32_t *ret_height, uint32_t *ret_width);

#endif
