/* SPDX-License-Identifier: MIT */
/* All images beneath a directory. */
#ifndef TRFS_MANIFEST_IMAGE_WALK_H
#define TRFS_MANIFEST_IMAGE_WALK_H

#include "manifest/beneath.h"

/*
 * Add the path of every file beneath the directory @path that is called as images are to
 * @images, folder by folder in the order of names, and the directories to @inputs.
 * @nr_ignored grows by the other files.  -ELOOP for links in a circle, -EBADMSG for a
 * name that is not UTF-8, or the errno of listing.
 */
TRFS_MUST_CHECK
int trfs_image_walk(const struct trfs_root *root, const char *path,
		    struct trfs_inputs *inputs, struct trfs_string_table *images,
		    uint64_t *nr_ignored, struct trfs_error *err);

#endif
