/* SPDX-License-Identifier: MIT */
/* The directory to mount on: is it fit, what is on it now, and how to clear it. */
#ifndef TRFS_FUSE_MOUNTPOINT_H
#define TRFS_FUSE_MOUNTPOINT_H

#include "base/compiler.h"
#include <stdbool.h>

/*
 * The descriptor that @path stands for if it is /dev/fd/N: /dev/fuse, opened and mounted
 * by who started us, so that we need no right to mount.  -1 for a directory's path.
 */
int trfs_mountpoint_descriptor(const char *path);

/**
 * trfs_mountpoint_check() - can something be mounted on @path, and with what we have?
 * @replace: unmount a dead mount that is in the way first
 * @search_path: where programs are, as of PATH; may be NULL
 *
 * Also looks for /dev/fuse and, for ordinary users, fusermount3; a fusermount3 that does
 * not run as root may stand for one elsewhere, that has the device.  Each refusal says
 * what to type.  -ENOENT, -ENOTDIR, -EBUSY (mounted already), -ENOTCONN (dead),
 * -ENOTEMPTY, -ENODEV, -EACCES, -EBADF (/dev/fd/N that is something else).
 */
TRFS_MUST_CHECK
int trfs_mountpoint_check(const char *path, bool replace, const char *search_path,
			  struct trfs_error *err);

/*
 * Unmount what is on @path: directly where we may, else through fusermount3.  @lazy: even
 * while files in it are open.  -EBUSY when they are and it is not.
 */
TRFS_MUST_CHECK
int trfs_mountpoint_unmount(const char *path, bool lazy, struct trfs_error *err);

/**
 * struct trfs_mount_entry - a mount as the kernel lists it
 * @is_plain: of type fuse, as whoever mounted for us may have called it: asking tells
 *	whether it is ours
 * @is_covered: something else is mounted on the same mountpoint, on top of it
 */
struct trfs_mount_entry {
	char *mountpoint;
	char *source;
	bool is_plain;
	bool is_covered;
};

/*
 * All mounts of type fuse.tfrecordfs, or plain fuse, that this process sees.  Free with
 * trfs_mount_entries_free().
 */
TRFS_MUST_CHECK
int trfs_mount_entries_read(struct trfs_mount_entry **ret, unsigned int *ret_nr,
			    struct trfs_error *err);
void trfs_mount_entries_free(struct trfs_mount_entry *entries, unsigned int nr);

#endif
