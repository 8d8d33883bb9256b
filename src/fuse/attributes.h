/* SPDX-License-Identifier: MIT */
/*
 * Extended attributes: what the mount says of itself beside its bytes, readable with
 * getfattr and by `tfrecordfs status` and `tfrecordfs where`.
 *
 *	on every shard	user.tfrecordfs.split    user.tfrecordfs.shard
 *			user.tfrecordfs.num_examples
 *			user.tfrecordfs.where.OFFSET (not listed): the record at that
 *			byte, "record record_offset record_size path"
 *	on directories	user.tfrecordfs.num_examples  .num_shards  .size: of all shards
 *			beneath
 *	on the root	user.tfrecordfs.version  .source  .index  .pid  .failed_reads
 *			.last_failure besides
 */
#ifndef TRFS_FUSE_ATTRIBUTES_H
#define TRFS_FUSE_ATTRIBUTES_H

#include "base/buffer.h"
#include "fuse/failures.h"
#include "fuse/tree.h"
#include <tfrecordfs/stream.h>

#define TRFS_ATTRIBUTE_PREFIX "user.tfrecordfs."

/**
 * struct trfs_attribute_source - what the values are taken from
 */
struct trfs_attribute_source {
	const struct trfs_tree *tree;
	const struct trfs_stream *stream;
	struct trfs_failures *failures;
};

/* Append the value of attribute @name of @inode; -ENODATA when it has none. */
TRFS_MUST_CHECK
int trfs_attribute_get(const struct trfs_attribute_source *source, uint64_t inode,
		       const char *name, struct trfs_buffer *ret);

/* Append the names of @inode's attributes, each with its NUL. */
void trfs_attribute_list(const struct trfs_attribute_source *source, uint64_t inode,
			 struct trfs_buffer *ret);

#endif
