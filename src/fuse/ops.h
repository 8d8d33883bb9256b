/* SPDX-License-Identifier: MIT */
/* Requests of the kernel and their answers: translation only. */
#ifndef TRFS_FUSE_OPS_H
#define TRFS_FUSE_OPS_H

#define FUSE_USE_VERSION 312

#include "fuse/service.h"
#include <fuse_lowlevel.h>

/* Operations of ops_names.c, ops_attributes.c and control.c, as libfuse has them. */
void trfs_op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void trfs_op_forget(fuse_req_t req, fuse_ino_t inode, uint64_t nr);
void trfs_op_forget_multi(fuse_req_t req, size_t nr, struct fuse_forget_data *forgets);
void trfs_op_getattr(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi);
void trfs_op_opendir(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi);
void trfs_op_readdir(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
		     struct fuse_file_info *fi);
void trfs_op_readdirplus(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
			 struct fuse_file_info *fi);
void trfs_op_getxattr(fuse_req_t req, fuse_ino_t inode, const char *name, size_t size);
void trfs_op_listxattr(fuse_req_t req, fuse_ino_t inode, size_t size);
void trfs_op_ioctl(fuse_req_t req, fuse_ino_t inode, unsigned int command, void *argument,
		   struct fuse_file_info *fi, unsigned int flags, const void *in,
		   size_t in_size, size_t out_size);

/* Of ops_read.c; the second is what serves a pending read (pending.h). */
void trfs_op_read(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
		  struct fuse_file_info *fi);
struct trfs_pending_read;
void trfs_pending_run(struct trfs_pending_read *read);

/* The operations; those that would write are in read_only.c. */
void trfs_ops_fill(struct fuse_lowlevel_ops *ops);
void trfs_read_only_fill(struct fuse_lowlevel_ops *ops);

#endif
