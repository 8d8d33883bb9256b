/* SPDX-License-Identifier: MIT */
/* All files that the listings of a mount's directory show, at whatever depth. */
#ifndef TRFS_CLI_EXPORT_LISTING_H
#define TRFS_CLI_EXPORT_LISTING_H

#include "stream/export_source.h"

/*
 * Append them to @source: shards in the order of their numbers, then the others by name.
 * -EINVAL where there are no shards.
 */
TRFS_MUST_CHECK
int trfs_export_list(const char *directory, bool with_side_files,
		     struct trfs_export_source *source, struct trfs_error *err);

#endif
