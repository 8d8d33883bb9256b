/* SPDX-License-Identifier: MIT */
/* The images of a YOLO data set, as its data.yaml leads to them. */
#ifndef TRFS_MANIFEST_YOLO_FILES_H
#define TRFS_MANIFEST_YOLO_FILES_H

#include "manifest/beneath.h"
#include "manifest/yolo_yaml.h"

/**
 * struct trfs_yolo_files - images in the order of rows
 * @images: paths beneath the root
 * @ends: behind the last image of each split, by enum trfs_yolo_split
 * @has_splits: else the images are of no split, and all counted as train
 * @nr_ignored: files that are no images
 */
struct trfs_yolo_files {
	struct trfs_string_table *images;
	uint32_t ends[TRFS_YOLO_NR_SPLITS];
	bool has_splits;
	uint64_t nr_ignored;
};

/*
 * Find them: by the splits of @yaml, which lies in the directory @base beneath the root;
 * or, where it names none, in images/ and its folders of splits.  -ENOENT names a split
 * whose directory does not exist, but for test, which exporters name in any case.
 */
TRFS_MUST_CHECK
int trfs_yolo_files_find(struct trfs_yolo_files *files, const struct trfs_root *root,
			 const char *base, const struct trfs_yolo_yaml *yaml,
			 struct trfs_inputs *inputs, struct trfs_error *err);
void trfs_yolo_files_done(struct trfs_yolo_files *files);

/* "train", "validation" or "test". */
const char *trfs_yolo_split_name(enum trfs_yolo_split split);

/*
 * Where the labels of the image @path are: the last folder "images" of it becomes
 * "labels", and the extension ".txt".  Instead of what @ret held.
 */
const char *trfs_yolo_label_path(struct trfs_bytes path, struct trfs_buffer *ret);

#endif
