/* SPDX-License-Identifier: MIT */
/* The kernel's read-ahead of a mount. */
#ifndef TRFS_FUSE_KERNEL_WINDOW_H
#define TRFS_FUSE_KERNEL_WINDOW_H

#include "base/compiler.h"
#include <stdbool.h>
#include <sys/types.h>

/*
 * Let the kernel read @kib KiB ahead on the file system with device number @device.  Only
 * root may; false where it is refused.  A file opened before keeps its old window.
 */
bool trfs_kernel_window_set(dev_t device, unsigned int kib);

#endif
