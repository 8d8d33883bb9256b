/* SPDX-License-Identifier: MIT */
/*
 * Names of shards from a template, so that a converter's naming is a row of data:
 *
 *	{split}   the split's name         {shard}   number of the shard, from 0
 *	{name}    the data set's name      {number}  the same, from 1
 *	                                   {shards}  how many the split has
 *
 * Numbers have five digits, or as many as they need; {shard:02} has at least two.  All
 * else stands for itself, but for braces, which are refused.  A '/' makes directories:
 * "{split}/{split}-{shard}-of-{shards}".
 *
 * {name} is filled in once, by trfs_shard_name_prepare(); what that returns is the
 * template that all others take.
 */
#ifndef TRFS_DATASET_SHARD_NAME_H
#define TRFS_DATASET_SHARD_NAME_H

#include "base/bytes.h"
#include "base/compiler.h"

#define TRFS_SHARD_NAME_DEFAULT "{split}-{shard}-of-{shards}.tfrecord"

/**
 * trfs_shard_name_prepare() - check a template and fill in the data set's name
 * @text: as the user has it
 * @name: of the data set; NULL where there is none
 * @ret: owned by the caller
 *
 * -EINVAL with what is wrong: a placeholder that is none (the nearest is named), a name
 * that is missing or that cannot be in a file's, a path that is absolute, has "..", or
 * an empty component; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_shard_name_prepare(const char *text, const char *name, char **ret,
			    struct trfs_error *err);

/* Whether @template is what prepare could have returned. */
bool trfs_shard_name_sound(const char *template);

/**
 * struct trfs_shard_name_traits - what the names of a template can tell apart
 * @split: splits
 * @shard: shards of a split
 * @fixed: all names of a split are of one length, whatever the number
 */
struct trfs_shard_name_traits {
	bool split;
	bool shard;
	bool fixed;
};

struct trfs_shard_name_traits trfs_shard_name_traits(const char *template);

/* Into @ret of @size bytes with a NUL; false where it or a number does not fit. */
bool trfs_shard_name_format(const char *template, struct trfs_bytes split, uint32_t shard,
			    uint32_t nr_shards, char *ret, size_t size);

/*
 * The other way round: the shard of @split, of @nr_shards, whose name is @name byte for
 * byte; false when it is none of them.
 */
bool trfs_shard_name_find(const char *template, struct trfs_bytes split,
			  uint32_t nr_shards, const char *name, uint32_t *ret_shard);

#endif
