/* SPDX-License-Identifier: MIT */
/*
 * Indexes of other versions of the program.  The version of the format is in the
 * fingerprint, and so in an index's name: versions that share a directory, as during an
 * upgrade, each have their own index and leave that of the other alone.
 */
#ifndef TRFS_INDEX_OTHER_VERSION_H
#define TRFS_INDEX_OTHER_VERSION_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * Whether @directory, where there is no index @index_name, has one of a source of the
 * same name in another version's format, and none in ours; then that version.
 */
bool trfs_other_version_find(const char *directory, const char *index_name,
			     uint32_t *ret_version);

#endif
