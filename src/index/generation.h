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
	struct trfs_error note; /* code 0: nothing to say */
};

TRFS_DEFINE_FREEP(trfs_generation)

/*
 * Whether all that was used of the saved index until now could be believed: to be asked
 * before anything that was made of it is handed out.  -EIO where not; then the index is
 * removed, so that the next generation is built anew.
 */
TRFS_MUST_CHECK
int trfs_generation_check(const struct trfs_generation *g, struct trfs_error *err);

#endif
