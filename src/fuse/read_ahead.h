/* SPDX-License-Identifier: MIT */
/* The kernel's read-ahead of a mount. */
#ifndef TRFS_FUSE_READ_AHEAD_H
#define TRFS_FUSE_READ_AHEAD_H

#include "base/compiler.h"
#include <stdbool.h>
#include <sys/types.h>

/*
 * Let the kernel read @kib KiB ahead on the file system with device number @device.  Only
 * root may; false where it is refused.  A file opened before keeps its old window.
 */
bool trfs_read_ahead_set(dev_t device, unsigned int kib);

#endif
