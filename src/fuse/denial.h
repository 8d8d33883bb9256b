/* SPDX-License-Identifier: MIT */
/* Why a mount was refused, and what to do about it. */
#ifndef TRFS_FUSE_DENIAL_H
#define TRFS_FUSE_DENIAL_H

#include "base/compiler.h"

/**
 * trfs_denial_hint() - who may have refused a mount that modes would allow
 * @root: in front of /sys and /etc; empty but for tests
 *
 * Returns "; AppArmor is active here, ..." with what to type; empty where no such module
 * is.
 */
const char *trfs_denial_hint(const char *root);

/* @why: in the words of libfuse or of fusermount3; may be empty.  -EPERM. */
TRFS_COLD
int trfs_denial_fail(const char *mountpoint, const char *why, struct trfs_error *err);

#endif
