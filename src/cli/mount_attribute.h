/* SPDX-License-Identifier: MIT */
/* Asking whether there is a mount, and it about itself by its extended attributes. */
#ifndef TRFS_CLI_MOUNT_ATTRIBUTE_H
#define TRFS_CLI_MOUNT_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The value of user.tfrecordfs.@name of @path, as text with a NUL; false when @path is
 * not on a mount of ours, the mount is dead, or the value does not fit.
 */
bool trfs_mount_attribute(const char *path, const char *name, char *ret, size_t size);

/* Of an open file. */
bool trfs_mount_attribute_of(int fd, const char *name, char *ret, size_t size);

/*
 * Whether @path is on a FUSE mount, ours or another's: 1, 0, or -errno; -ENOTCONN where
 * its process is gone.  One system call and no more, so that a child can make it.
 */
int trfs_mount_is_fuse(const char *path);

#endif
