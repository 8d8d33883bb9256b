/* SPDX-License-Identifier: MIT */
/* From settings to a generation, with progress on the terminal. */
#ifndef TRFS_CLI_DATA_SET_H
#define TRFS_CLI_DATA_SET_H

#include "cli/command.h"
#include "index/part_build.h"
#include <tfrecordfs/generation.h>

/*
 * Open the data set of @settings, whose source is the first positional; with --join of
 * the parts of its index.  Prints progress, and the reason where the index was built anew
 * or not saved.  @also hears of progress besides; it may be NULL.
 */
TRFS_MUST_CHECK
int trfs_data_set_open(const struct trfs_settings *settings,
		       const struct trfs_progress *also, struct trfs_generation **ret,
		       struct trfs_error *err);

/* The same without printing: @progress may be NULL. */
TRFS_MUST_CHECK
int trfs_data_set_load(const struct trfs_settings *settings,
		       const struct trfs_progress *progress, struct trfs_generation **ret,
		       struct trfs_error *err);

/* Make a part of its index, see trfs_part_build(); prints progress. */
TRFS_MUST_CHECK
int trfs_data_set_part(const struct trfs_settings *settings, const char *directory,
		       uint32_t number, uint32_t nr, struct trfs_part_summary *ret,
		       struct trfs_error *err);

/*
 * Where saved indexes are kept: --index, else systemd's CACHE_DIRECTORY, else
 * XDG_CACHE_HOME or ~/.cache, in tfrecordfs.  Into @buf; NULL for nowhere.
 */
const char *trfs_data_set_index_directory(const struct trfs_settings *settings, char *buf,
					  size_t len);

/*
 * What is to be loaded.  Called first, so that nobody waits for a scan that ends in a
 * mistyped name: -EINVAL for one, or for a source that is a mount of ours.
 */
TRFS_MUST_CHECK
int trfs_data_set_options(const struct trfs_settings *settings, struct trfs_options *ret,
			  struct trfs_error *err);

/* Whether nothing but the source's own folders says what the images are. */
bool trfs_data_set_is_walked(const struct trfs_options *options);

#endif
