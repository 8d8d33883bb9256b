/* SPDX-License-Identifier: MIT */
/* Mounts of ours, found without asking those whose type tells that they are. */
#ifndef TRFS_CLI_MOUNT_LIST_H
#define TRFS_CLI_MOUNT_LIST_H

#include "fuse/mountpoint.h"
#include <sys/types.h>

/**
 * struct trfs_mount_list - all, or one
 * @entries: @nr of them
 */
struct trfs_mount_list {
	struct trfs_mount_entry *entries;
	unsigned int nr;
};

/*
 * @path: the one that is mounted there, the last of several on top of each other, also
 * one of type fuse, unless it says that it is another's; NULL: all of type
 * fuse.tfrecordfs.  -ENOENT where there is none.
 */
TRFS_MUST_CHECK
int trfs_mount_list_read(struct trfs_mount_list *list, const char *path,
			 struct trfs_error *err);
void trfs_mount_list_done(struct trfs_mount_list *list);

/*
 * Ask which process keeps @entry, by the number that the process itself has.  -ENODATA
 * where it is no mount of ours, -ENOTCONN where it is dead, -EACCES, -ETIMEDOUT.
 */
TRFS_MUST_CHECK
int trfs_mount_entry_ask(const struct trfs_mount_entry *entry, pid_t *ret);

#endif
