/* SPDX-License-Identifier: MIT */
/* What may stand behind an option, or in place of a command's argument. */
#ifndef TRFS_CLI_COMPLETE_VALUES_H
#define TRFS_CLI_COMPLETE_VALUES_H

#include "cli/candidates.h"
#include "cli/command.h"

/**
 * trfs_complete_value() - offer values of the option --@name
 * @argument: what help shows for it: "FILE", "COLUMN", "SPLIT=FILE"
 * @options: what was typed of the data set
 */
void trfs_complete_value(const char *name, const char *argument,
			 const struct trfs_options *options, struct trfs_candidates *c);

/**
 * trfs_complete_positional() - offer what may be argument @number, from 0, of @command
 */
void trfs_complete_positional(const struct trfs_command *command, size_t number,
			      struct trfs_candidates *c);

#endif
