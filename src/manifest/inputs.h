/* SPDX-License-Identifier: MIT */
/*
 * The files and directories that decide which examples there are: the manifest, the
 * labels file, or every class folder.  A saved index is current while none of them
 * changed; the images themselves are checked by each read.
 */
#ifndef TRFS_MANIFEST_INPUTS_H
#define TRFS_MANIFEST_INPUTS_H

#include "base/file.h"
#include "base/strings.h"

/**
 * struct trfs_input_stamp - the state of one input; saved in the index as it is
 *
 * The change time tells what a restored modification time hides.
 */
struct trfs_input_stamp {
	uint64_t size; /* 0 for directories, whose size is the file system's business */
	uint64_t inode;
	int64_t mtime_ns;
	int64_t ctime_ns;
};

/**
 * struct trfs_inputs - all inputs of one catalog
 * @paths: absolute, or relative to the working directory when they were added
 * @stamps: one a path; owned
 */
struct trfs_inputs {
	struct trfs_string_table *paths;
	struct trfs_input_stamp *stamps;
	size_t nr;
	size_t capacity;
};

TRFS_MUST_CHECK
int trfs_inputs_init(struct trfs_inputs *inputs);
void trfs_inputs_done(struct trfs_inputs *inputs);

/* Add what @fd has open, under its real path.  -ENOMEM or -errno. */
TRFS_MUST_CHECK
int trfs_inputs_add(struct trfs_inputs *inputs, int fd);

/*
 * 0 when @path still is in the state of @stamp; 1 when it changed or is gone, with a
 * sentence in @why ("/data/labels.csv changed").
 */
int trfs_input_changed(const char *path, const struct trfs_input_stamp *stamp,
		       struct trfs_error *why);

#endif
