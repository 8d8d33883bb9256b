/* SPDX-License-Identifier: MIT */
/*
 * Names of shards from a template, so that a converter's naming is a row of data:
 *
 *	{split}   the split's name         {shard}   number from 0, five digits
 *	{shards}  how many, five digits
 *
 * Each at most once.  Five digits are all there are: 99,999 shards a split.
 */
#ifndef TRFS_DATASET_SHARD_NAME_H
#define TRFS_DATASET_SHARD_NAME_H

#include "base/bytes.h"

#define TRFS_SHARD_NAME_DEFAULT "{split}-{shard}-of-{shards}.tfrecord"

/* Into @ret of @size bytes with a NUL; false where it or a number does not fit. */
bool trfs_shard_name_format(const char *template, struct trfs_bytes split, uint32_t shard,
			    uint32_t nr_shards, char *ret, size_t size);

/*
 * The other way round: false when @name cannot come from the template.  @ret_split is
 * borrowed from @name; digits must be exactly those that format would write.
 */
bool trfs_shard_name_parse(const char *template, const char *name,
			   struct trfs_bytes *ret_split, uint32_t *ret_shard,
			   uint32_t *ret_nr_shards);

#endif
