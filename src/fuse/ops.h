/* SPDX-License-Identifier: MIT */
/* Requests of the kernel and their answers: translation only. */
#ifndef TRFS_FUSE_OPS_H
#define TRFS_FUSE_OPS_H

#define FUSE_USE_VERSION 312

#include "fuse/service.h"
#include <fuse_lowlevel.h>

/* The operations; those that would write are in read_only.c. */
void trfs_ops_fill(struct fuse_lowlevel_ops *ops);
void trfs_read_only_fill(struct fuse_lowlevel_ops *ops);

#endif
