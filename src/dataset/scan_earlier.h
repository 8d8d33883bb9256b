/* SPDX-License-Identifier: MIT */
/* The scan's look at files that are known: a status at most, without opening them. */
#ifndef TRFS_DATASET_SCAN_EARLIER_H
#define TRFS_DATASET_SCAN_EARLIER_H

#include "dataset/earlier.h"

/**
 * struct trfs_scan_directory - the directory that a thread is in, zeroed at first
 * @fd: open where @path is not NULL
 * @path: relative to the root; owned
 */
struct trfs_scan_directory {
	int fd;
	char *path;
	size_t len;
};

void trfs_scan_directory_done(struct trfs_scan_directory *directory);

/*
 * Whether @path is a file of @files that is as it was, or is believed to be; then @ret is
 * what was seen of it.  Where it is not, or that cannot be told, the file is to be
 * opened, which says what is wrong with it.
 */
bool trfs_scan_earlier(struct trfs_earlier_files *files, const struct trfs_root *root,
		       struct trfs_scan_directory *directory, struct trfs_bytes path,
		       struct trfs_seen *ret);

#endif
