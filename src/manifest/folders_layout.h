/* SPDX-License-Identifier: MIT */
/* Whether a source has class folders, split folders with class folders, or neither. */
#ifndef TRFS_MANIFEST_FOLDERS_LAYOUT_H
#define TRFS_MANIFEST_FOLDERS_LAYOUT_H

#include "base/file.h"
#include "manifest/listing.h"
#include <stdbool.h>

enum trfs_folders_layout {
	TRFS_FOLDERS_CLASSES = 1, /* CLASS/x.jpg */
	TRFS_FOLDERS_SPLITS = 2,  /* SPLIT/CLASS/x.jpg */
};

/**
 * trfs_folders_find_layout() - decide from the root's entries
 * @top: what is in the root
 * @ret: also the number of folders around a file that mean something
 *
 * Splits it is when all folders have usual split names and hold folders.  A mixture is
 * never guessed at: -EBADMSG names the entry that does not fit.
 *
 * Cost: lists each folder that has a split's name.
 */
TRFS_MUST_CHECK
int trfs_folders_find_layout(const struct trfs_root *root, const struct trfs_listing *top,
			     enum trfs_folders_layout *ret, struct trfs_error *err);

/*
 * Whether a file beside class folders is by its name for people to read, as many archives
 * have one: LICENSE.txt.  It is counted only.
 */
bool trfs_folders_is_document(const char *name);

#endif
