/* SPDX-License-Identifier: MIT */
/* Asking a mount about itself through its extended attributes. */
#ifndef TRFS_CLI_MOUNT_ATTRIBUTE_H
#define TRFS_CLI_MOUNT_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The value of user.tfrecordfs.@name of @path, as text with a NUL; false when @path is
 * not on a mount of ours, the mount is dead, or the value does not fit.
 */
bool trfs_mount_attribute(const char *path, const char *name, char *ret, size_t size);

#endif
