/* SPDX-License-Identifier: MIT */
/*
 * Indexes of other versions of the program.  The version of the format is in the
 * fingerprint, and so in an index's name: versions that share a directory, as during an
 * upgrade, each have their own index and leave that of the other alone.
 */
#ifndef TRFS_INDEX_OTHER_VERSION_H
#define TRFS_INDEX_OTHER_VERSION_H

#include <tfrecordfs/error.h>

/*
 * A note where @directory, which has no index @index_name, has one of a source of the
 * same name in another version's format, and none in ours.
 */
void trfs_other_version_note(const char *directory, const char *index_name,
			     struct trfs_error *note);

#endif
