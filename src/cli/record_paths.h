/* SPDX-License-Identifier: MIT */
/* The files that a command line means: files as named, and what is in directories. */
#ifndef TRFS_CLI_RECORD_PATHS_H
#define TRFS_CLI_RECORD_PATHS_H

#include "base/strings.h"

/**
 * struct trfs_record_paths - files, in order
 * @paths: to open them by
 * @names: beneath the directory that was named, or the last part of a path: what two
 *	sets of files can be held against each other by
 */
struct trfs_record_paths {
	struct trfs_string_table *paths;
	struct trfs_string_table *names;
};

/* -ENOMEM */
TRFS_MUST_CHECK
int trfs_record_paths_init(struct trfs_record_paths *files);
void trfs_record_paths_done(struct trfs_record_paths *files);

/*
 * Add @path.  Of a directory: its regular files, at whatever depth, that start as a
 * TFRecord file does or are called as one is, so that an empty one, or one with a damaged
 * start, is not passed over; sorted by name, directory by directory.  Hidden ones, and
 * links to directories, are passed over.
 *
 * -EBADMSG when a directory has none; -ENOMEM; or the errno of reading it.
 */
TRFS_MUST_CHECK
int trfs_record_paths_add(struct trfs_record_paths *files, const char *path,
			  struct trfs_error *err);

#endif
