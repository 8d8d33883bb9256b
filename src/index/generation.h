/* SPDX-License-Identifier: MIT */
/* A generation from the inside. */
#ifndef TRFS_INDEX_GENERATION_H
#define TRFS_INDEX_GENERATION_H

#include "index/format.h"
#include "index/layout.h"
#include <tfrecordfs/generation.h>

/**
 * struct trfs_generation - the parts
 * @options: what it was opened with; its own copy
 * @directory: that relative paths in the options are relative to, without a slash at the
 *	end: where the process was
 * @whole_max: of the saved index, see saved_index.h
 * @fingerprint: of all that the layout depends on, see fingerprint.h
 */
struct trfs_generation {
	struct trfs_options options;
	struct trfs_catalog *catalog;
	struct trfs_plan *plan;
	struct trfs_schema *schema;
	struct trfs_layout *layout;
	char *directory;
	uint8_t fingerprint[TRFS_FINGERPRINT_SIZE];
	char *index_path;
	bool was_saved;
	uint64_t whole_max;
	struct trfs_error note; /* code 0: nothing to say */
};

TRFS_DEFINE_FREEP(trfs_generation)

/* trfs_generation_open() for tests: @whole_max of trfs_saved_index_load(). */
TRFS_MUST_CHECK
int trfs_generation_open_with(const struct trfs_options *options,
			      const char *index_directory, bool rebuild,
			      uint64_t whole_max, const struct trfs_progress *progress,
			      struct trfs_generation **ret, struct trfs_error *err);

/**
 * trfs_generation_join() - build the index of parts that machines have made, and save it
 * @index_directory: where the parts are; they are removed once the index is saved
 * @confirm: look at each file that a part knows, and open those that changed since; else
 *	they are believed to be as they were, as those of a current index are: each read
 *	checks its file anyway
 *
 * The index is the same, byte for byte, as one that was made without parts, but for its
 * time.  What no part knows is looked at now: images that were bad, and those that were
 * added.  Where parts are missing a current index does.
 *
 * Return: as trfs_generation_open(); -ENOENT or -EBADMSG where parts are missing, or one
 *         cannot be used, with what to type.
 */
TRFS_MUST_CHECK
int trfs_generation_join(const struct trfs_options *options, const char *index_directory,
			 bool confirm, const struct trfs_progress *progress,
			 struct trfs_generation **ret, struct trfs_error *err);

/*
 * Whether all that was used of the saved index until now could be believed: to be asked
 * before anything that was made of it is handed out.  -EIO where not; then the index is
 * removed, so that the next generation is built anew.
 */
TRFS_MUST_CHECK
int trfs_generation_check(const struct trfs_generation *g, struct trfs_error *err);

#endif
