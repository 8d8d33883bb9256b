/* SPDX-License-Identifier: MIT */
/*
 * A data set file: the options of a data set under one name.
 *
 *	{ "source": "images", "manifest": "labels.csv", "split": "train=0.9,test=0.1",
 *	  "shards": 16, "stratify": false }
 *
 * Its members go by the same names as on the command line.  Paths are relative to the
 * file.  What the command line says wins.  "tfrecordfs" is the version that wrote it,
 * where a mount did (stream/side_dataset.c).
 */
#ifndef TRFS_CLI_OPTIONS_FILE_H
#define TRFS_CLI_OPTIONS_FILE_H

#include "cli/command.h"

struct trfs_options_file;

/**
 * trfs_options_file_apply() - where the source is a data set file, read it
 * @settings: parsed; afterwards its first positional is the directory that the file
 *	names, and its @data hold the file's options.  Left alone for any other source
 *
 * -EINVAL with file and member, or line and column; or the errno of reading it.  The
 * memory is @settings' and goes with trfs_options_file_free().
 */
TRFS_MUST_CHECK
int trfs_options_file_apply(struct trfs_settings *settings, struct trfs_error *err);

/* Its path; NULL of NULL. */
const char *trfs_options_file_path(const struct trfs_options_file *file);

/* NULL is fine; returns NULL. */
struct trfs_options_file *trfs_options_file_free(struct trfs_options_file *file);

#endif
