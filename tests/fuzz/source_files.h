/* SPDX-License-Identifier: MIT */
/*
 * A directory of files for targets that open a data set: in memory where that can be had,
 * as files cost most there.  It goes when the process ends as it should.
 */
#ifndef TRFS_TESTS_FUZZ_SOURCE_FILES_H
#define TRFS_TESTS_FUZZ_SOURCE_FILES_H

#include <stddef.h>

/* Made by the first call. */
const char *source_directory(void);

/* A file in it; valid until the next call.  The working directory stays as it is, since
 * names of inputs are relative to it. */
const char *source_path(const char *name);

/* In place of what it held. */
void source_write(const char *name, const void *data, size_t len);

#endif
