/* SPDX-License-Identifier: MIT */
/* What operations have in common: the request's service and inode, and replies that
 * refuse. */
#ifndef TRFS_FUSE_REQUEST_H
#define TRFS_FUSE_REQUEST_H

#include "fuse/ops.h"

/* Seconds; "for ever" would be a number that kernels clamp differently. */
#define TRFS_FOREVER (10.0 * 365 * 86400)

/* Not to be asked of a request that was replied to: libfuse has freed it. */
struct trfs_service *trfs_request_service(fuse_req_t req);

/*
 * One errno for the reader: EIO for whatever the source did to us, since TensorFlow and
 * others give ENOENT or ESTALE meanings that do not fit; the log has the cause.
 */
void trfs_reply_failure(fuse_req_t req, const struct trfs_error *err);

/* Why an inode or a name was not found, or could not be shown. */
void trfs_reply_refusal(fuse_req_t req, int rc, const struct trfs_error *err);

/* What an inode is; replies where that cannot be told.  End with trfs_service_give(). */
bool trfs_request_take(fuse_req_t req, fuse_ino_t inode, struct trfs_place_shown *ret);

/* Attributes, as trfs_tree_stat() has them, with the kernel's inode. */
TRFS_MUST_CHECK
int trfs_place_stat(const struct trfs_place_shown *place, struct stat *ret,
		    struct trfs_error *err);

/* How long the kernel may believe attributes: for ever, but for what changes. */
double trfs_place_timeout(const struct trfs_place_shown *place);

#endif
