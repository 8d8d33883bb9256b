/* SPDX-License-Identifier: MIT */
/* How a command line may go on, for shells: what src/cli/completions/ asks for. */
#ifndef TRFS_CLI_COMPLETE_H
#define TRFS_CLI_COMPLETE_H

#include "cli/command.h"
#include <stddef.h>

/**
 * trfs_complete() - print candidates for the last word of a command line
 * @commands: all, as main.c has them
 * @argv: what stands behind the program's name, without quotes; the last of the @argc
 *	words is the one that is being typed, and may be empty
 *
 * What is printed is told in cli/candidates.h.  A line that makes no sense gives none.
 */
void trfs_complete(const struct trfs_command *commands, size_t nr, int argc, char **argv);

#endif
