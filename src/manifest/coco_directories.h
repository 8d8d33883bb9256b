/* SPDX-License-Identifier: MIT */
/* Where the images of a COCO file are: in one of some directories beneath the source. */
#ifndef TRFS_MANIFEST_COCO_DIRECTORIES_H
#define TRFS_MANIFEST_COCO_DIRECTORIES_H

#include "base/buffer.h"
#include "base/file.h"
#include <tfrecordfs/options.h>

/**
 * struct trfs_coco_directories - the directories, relative to the source
 * @prefixes: packed; "" for the source itself, else with a slash behind
 * @path: the path that was put together last
 */
struct trfs_coco_directories {
	const struct trfs_root *root;
	struct trfs_string_table *prefixes;
	struct trfs_buffer path;
};

/*
 * @directories: absolute, or relative to the working directory; NULL or none: the source.
 * They must lie beneath the source: -EXDEV.  @d is to be done() in any case.
 */
TRFS_MUST_CHECK
int trfs_coco_directories_init(struct trfs_coco_directories *d,
			       const struct trfs_root *root,
			       const struct trfs_option_list *directories,
			       struct trfs_error *err);
void trfs_coco_directories_done(struct trfs_coco_directories *d);

/*
 * The path of the image @name; with several directories it must exist in one of them
 * only. Valid until the next call; @name may be in it.  -ENOENT or -EEXIST.
 */
TRFS_MUST_CHECK
int trfs_coco_directories_find(struct trfs_coco_directories *d, struct trfs_bytes name,
			       struct trfs_bytes *ret, struct trfs_error *err);

#endif
