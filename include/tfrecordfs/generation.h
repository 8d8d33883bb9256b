/* SPDX-License-Identifier: MIT */
/* A generation: catalog, plan and index of one data set at one time, immutable. */
#ifndef TFRECORDFS_GENERATION_H
#define TFRECORDFS_GENERATION_H

#include <tfrecordfs/plan.h>

#ifdef __cplusplus
extern "C" {
#endif

struct trfs_generation;

/**
 * trfs_generation_open() - all that is needed to serve a data set
 * @options: the data set; copied
 * @index_directory: where saved indexes are kept (made if missing); NULL: neither load
 *	nor save one
 * @rebuild: scan anew even where a saved index is current
 * @progress: may be NULL
 * @ret: free with trfs_generation_free()
 *
 * Maps the saved index when there is one for these options and none of the manifest,
 * labels and folders changed since; otherwise scans, plans and lays out anew and saves
 * the index.  Where an index for these options is there, current or not, images are only
 * opened that changed since.  An index that cannot be used or saved is no error:
 * trfs_generation_note() tells.
 *
 * Relative paths mean the current directory.  Where that changes later the source is
 * found all the same, a relative @index_directory no more.
 *
 * Cost: milliseconds where an index is mapped, and a look at each manifest and folder;
 * else a look at each image, see trfs_catalog_load(), on @threads of the options.
 *
 * Any number of threads may open at the same time, and share what one of them opened.
 *
 * Return: 0, or what trfs_catalog_load(), trfs_plan_build() or the layout returned.
 */
TRFS_MUST_CHECK
int trfs_generation_open(const struct trfs_options *options, const char *index_directory,
			 bool rebuild, const struct trfs_progress *progress,
			 struct trfs_generation **ret, struct trfs_error *err);

/** trfs_generation_free() - free it (NULL is fine); returns NULL */
struct trfs_generation *trfs_generation_free(struct trfs_generation *g);

/** trfs_generation_catalog() - its examples; borrowed, as long as the generation */
const struct trfs_catalog *trfs_generation_catalog(const struct trfs_generation *g);

/** trfs_generation_plan() - its shards; borrowed, as long as the generation */
const struct trfs_plan *trfs_generation_plan(const struct trfs_generation *g);

/** trfs_generation_was_saved() - whether the index was mapped, not built */
bool trfs_generation_was_saved(const struct trfs_generation *g);

/**
 * trfs_generation_index_path() - the saved index's file, or NULL where there is none
 *
 * Borrowed, as long as the generation.
 */
const char *trfs_generation_index_path(const struct trfs_generation *g);

/**
 * trfs_generation_note() - why an index was built anew or not saved; NULL if neither
 *
 * Borrowed, as long as the generation.
 */
const char *trfs_generation_note(const struct trfs_generation *g);

/** trfs_generation_shard_size() - exact size of shard @shard in bytes */
uint64_t trfs_generation_shard_size(const struct trfs_generation *g, uint32_t shard);

#ifdef __cplusplus
}
#endif

#endif
