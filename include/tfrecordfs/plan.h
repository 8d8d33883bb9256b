/* SPDX-License-Identifier: MIT */
/* The plan: which example is record k of shard s.  Immutable once built. */
#ifndef TFRECORDFS_PLAN_H
#define TFRECORDFS_PLAN_H

#include <stddef.h>
#include <tfrecordfs/catalog.h>

#ifdef __cplusplus
extern "C" {
#endif

struct trfs_plan;

/** enough for any shard name, with its NUL */
#define TRFS_SHARD_NAME_MAX 256

/**
 * trfs_plan_build() - split, order and cut the examples into shards
 * @catalog: must outlive the plan
 * @options: all that says how records are split, ordered, cut and named, and which are
 *	left out or copied
 *
 * A function of its arguments alone: the same on every machine.  Adding examples moves
 * few others between splits.
 *
 * Cost: O(n log n) time, 4 bytes an example to keep.  Threads: a finished plan may be
 * read by any number.
 *
 * Return: 0; -EINVAL for options that cannot be; -EBADMSG when a split would be empty
 *	or the manifest's own splits are in doubt; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_plan_build(const struct trfs_catalog *catalog,
		    const struct trfs_options *options, struct trfs_plan **ret,
		    struct trfs_error *err);

/** trfs_plan_free() - free a plan (NULL is fine); returns NULL */
struct trfs_plan *trfs_plan_free(struct trfs_plan *plan);

/** trfs_plan_nr_shards() - shards of all splits; they are numbered split by split */
uint32_t trfs_plan_nr_shards(const struct trfs_plan *plan);

/** trfs_plan_shard_nr_records() - records of shard @shard, which must exist */
uint64_t trfs_plan_shard_nr_records(const struct trfs_plan *plan, uint32_t shard);

/**
 * trfs_plan_shard_name() - "train-00000-of-00016.tfrecord"
 * @shard: less than trfs_plan_nr_shards()
 * @ret_name: receives the name with a NUL
 */
void trfs_plan_shard_name(const struct trfs_plan *plan, uint32_t shard,
			  char ret_name[TRFS_SHARD_NAME_MAX]);

/** trfs_plan_find_shard() - the shard of that name; false when there is none */
bool trfs_plan_find_shard(const struct trfs_plan *plan, const char *name,
			  uint32_t *ret_shard);

#ifdef __cplusplus
}
#endif

#endif
