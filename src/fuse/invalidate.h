/* SPDX-License-Identifier: MIT */
/* Telling the kernel that names of the root mean something else now. */
#ifndef TRFS_FUSE_INVALIDATE_H
#define TRFS_FUSE_INVALIDATE_H

#include "fuse/served.h"

#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>

/*
 * Have the kernel forget all names of the root whose inode is another in @after, or that
 * only one of both has, and the list of names.  @before: NULL: what the kernel remembers
 * is not known.  What is open stays open.
 *
 * Waits for look-ups under way, so no thread that answers requests may call it.
 */
void trfs_invalidate_root(struct fuse_session *session, const struct trfs_served *before,
			  const struct trfs_served *after);

#endif
