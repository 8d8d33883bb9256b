/* SPDX-License-Identifier: MIT */
/* The files that a command line means: files as named, and what is in directories. */
#ifndef TRFS_CLI_RECORD_PATHS_H
#define TRFS_CLI_RECORD_PATHS_H

#include "base/strings.h"

/*
 * Add @name to @paths.  Of a directory: its regular files that start as a TFRecord file
 * does, or are called "...tfrecord...", so that one with a damaged start is not passed
 * over; sorted by name; directories in it are not entered.
 *
 * -EBADMSG when a directory has none; -ENOMEM; or the errno of reading it.
 */
TRFS_MUST_CHECK
int trfs_record_paths_add(struct trfs_string_table *paths, const char *name,
			  struct trfs_error *err);

#endif
