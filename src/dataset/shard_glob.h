/* SPDX-License-Identifier: MIT */
/* The pattern that a reader finds a split's shards with: "train-*.tfrecord". */
#ifndef TRFS_DATASET_SHARD_GLOB_H
#define TRFS_DATASET_SHARD_GLOB_H

#include "base/bytes.h"

/*
 * Into @ret of @size bytes with a NUL: the template (shard_name.h) with the split's name,
 * and one '*' in each part of the path from the first number to the last.  false where
 * it does not fit.
 */
bool trfs_shard_glob(const char *template, struct trfs_bytes split, char *ret,
		     size_t size);

#endif
