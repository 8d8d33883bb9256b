/* SPDX-License-Identifier: MIT */
/*
 * Names out of a data set, for who completes a command line: from the first rows of its
 * manifest or the names of its folders.  No image is looked at.
 *
 * @options is what was typed so far; where it has no source the working directory stands
 * for it.  What cannot be read offers nothing, and is not complained of.
 */
#ifndef TRFS_CLI_COMPLETE_DATA_H
#define TRFS_CLI_COMPLETE_DATA_H

#include "cli/candidates.h"
#include <tfrecordfs/options.h>

/* Names of the manifest's columns, each with @ending behind it. */
void trfs_complete_columns(const struct trfs_options *options, struct trfs_candidates *c,
			   const char *ending);

/* Names of classes. */
void trfs_complete_classes(const struct trfs_options *options, struct trfs_candidates *c,
			   const char *ending);

/* The usual splits, and the manifest's. */
void trfs_complete_splits(const struct trfs_options *options, struct trfs_candidates *c,
			  const char *ending);

#endif
