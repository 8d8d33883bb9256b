/* SPDX-License-Identifier: MIT */
/* Mounts of ours, found without asking any of them. */
#ifndef TRFS_CLI_MOUNT_LIST_H
#define TRFS_CLI_MOUNT_LIST_H

#include "fuse/mountpoint.h"

/**
 * struct trfs_mount_list - all, or one
 * @entries: @nr of them
 */
struct trfs_mount_list {
	struct trfs_mount_entry *entries;
	unsigned int nr;
};

/*
 * @path: the one that is mounted there, the last of several on top of each other; NULL:
 * all.  -ENOENT where there is none.
 */
TRFS_MUST_CHECK
int trfs_mount_list_read(struct trfs_mount_list *list, const char *path,
			 struct trfs_error *err);
void trfs_mount_list_done(struct trfs_mount_list *list);

#endif
