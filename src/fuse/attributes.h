/* SPDX-License-Identifier: MIT */
/*
 * Extended attributes: what the mount says of itself beside its bytes, readable with
 * getfattr and by `tfrecordfs status` and `tfrecordfs where`.
 *
 *	on every shard	user.tfrecordfs.split    user.tfrecordfs.shard
 *			user.tfrecordfs.num_examples    user.tfrecordfs.view
 *			user.tfrecordfs.where.OFFSET (not listed): the record at that
 *			byte, "record record_offset record_size path"
 *	on directories	user.tfrecordfs.num_examples  .num_shards  .size: of all shards
 *			beneath; .view: "epochs/7", empty for the root
 *	on the root	user.tfrecordfs.version  .source  .index  .pid  .failed_reads
 *			.last_failure  .confinement besides, and .fingerprint: of all
 *			that shards depend on
 */
#ifndef TRFS_FUSE_ATTRIBUTES_H
#define TRFS_FUSE_ATTRIBUTES_H

#include "fuse/service.h"

#define TRFS_ATTRIBUTE_PREFIX "user.tfrecordfs."

/* Append the value of attribute @name of what is at @place; -ENODATA without one. */
TRFS_MUST_CHECK
int trfs_attribute_get(struct trfs_service *service, const struct trfs_place_shown *place,
		       const char *name, struct trfs_buffer *ret);

/* Append the names of the attributes of what is at @place, each with its NUL. */
void trfs_attribute_list(const struct trfs_place_shown *place, struct trfs_buffer *ret);

#endif
