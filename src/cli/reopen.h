/* SPDX-License-Identifier: MIT */
/* Opening the data set of a command line once more: its files may say other things now.
 */
#ifndef TRFS_CLI_REOPEN_H
#define TRFS_CLI_REOPEN_H

#include "cli/command.h"
#include <tfrecordfs/generation.h>

/* Parsing cuts words in pieces, so it gets a copy.  NULL without memory. */
char **trfs_words_copy(int nr, char *const *words);
void trfs_words_free(char **words);

/**
 * trfs_reopen() - parse the command line again, and a data set file with it; open that
 * @rebuild: look at every image again, even where the saved index is current
 * @progress: may be NULL
 *
 * Options of the command line itself, as --cache, stay as they were.  May be called by
 * any thread, in one at a time.
 *
 * Return: 0; what parsing or trfs_generation_open() fails with.
 */
TRFS_MUST_CHECK
int trfs_reopen(const struct trfs_settings *settings, bool rebuild,
		const struct trfs_progress *progress, struct trfs_generation **ret,
		struct trfs_error *err);

#endif
