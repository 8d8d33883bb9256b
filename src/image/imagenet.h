/* SPDX-License-Identifier: MIT */
/* The files of ImageNet that its converters mend by name. */
#ifndef TRFS_IMAGE_IMAGENET_H
#define TRFS_IMAGE_IMAGENET_H

#include "base/bytes.h"

/**
 * trfs_imagenet_is_faulty() - is this one of the 23 files?
 * @path: with or without directories
 *
 * One PNG, which is looked for anywhere in the path, as the converters do, and 22 CMYK
 * JPEG, by the last part of it.
 */
bool trfs_imagenet_is_faulty(struct trfs_bytes path);

#endif
