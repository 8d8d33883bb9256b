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
 * @options: the data set
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
 *trfs_generation_note() tells.
 *
 * Return: 0, or what trfs_catalog_load(), trfs_plan_build() or the layout returned.
 */
TRFS_MUST_CHECK
int trfs_generation_open(const struct trfs_options *options, const char *index_directory,
			 bool rebuild, const struct trfs_progress *progress,
			 struct trfs_generation **ret, struct trfs_error *err);

/** trfs_generation_free() - free it (NULL is fine); returns NULL */
struct trfs_generation *trfs_generation_free(struct trfs_generation *g);

const struct trfs_catalog *trfs_generation_catalog(const struct trfs_generation *g);
const struct trfs_plan *trfs_generation_plan(const struct trfs_generation *g);

/** trfs_generation_was_saved() - whether the index was mapped, not built */
bool trfs_generation_was_saved(const struct trfs_generation *g);

/** trfs_generation_index_path() - the saved index's file, or NULL where there is none */
const char *trfs_generation_index_path(const struct trfs_generation *g);

/** trfs_generation_note() - why an index was built anew or not saved; NULL if neither */
const char *trfs_generation_note(const struct trfs_generation *g);

/** trfs_generation_shard_size() - exact size of shard @shard in bytes */
uint64_t trfs_generation_shard_size(const struct trfs_generation *g, uint32_t shard);

#ifdef __cplusplus
}
#endif

#endif
