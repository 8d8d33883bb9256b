/* SPDX-License-Identifier: MIT */
/* What a data set file says beside its options: where they stand, and who wrote it. */
#ifndef TRFS_CLI_OPTIONS_FILE_TEXT_H
#define TRFS_CLI_OPTIONS_FILE_TEXT_H

#include "base/bytes.h"

/* The member with the version of the program that wrote the file. */
#define TRFS_OPTIONS_FILE_VERSION "tfrecordfs"

/* The line, from 1, that the member @name of the object in @text stands in; 0: nowhere.
 */
size_t trfs_options_file_line(struct trfs_bytes text, const char *name);

/* Whether version @a, "1.10.2", is newer than @b: number by number, missing ones being 0.
 */
bool trfs_version_is_newer(const char *a, const char *b);

#endif
