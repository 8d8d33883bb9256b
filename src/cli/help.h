/* SPDX-License-Identifier: MIT */
/* What --help prints. */
#ifndef TRFS_CLI_HELP_H
#define TRFS_CLI_HELP_H

#include "cli/command.h"
#include "dataset/profile.h"
#include <stddef.h>
#include <stdio.h>

/* To who typed no command: what this is, and what to type first. */
void trfs_help_print_first_steps(FILE *out);

/* All commands in a few lines, grouped by what one wants to do. */
void trfs_help_print_all(const struct trfs_command *commands, size_t nr, FILE *out);

/*
 * One command: its example first, then its options.  The common ones fit a screen; with
 * @all the others follow, group by group.
 */
void trfs_help_print_command(const struct trfs_command *command, bool all);

/* The flags of a converter, what each is to us, and the options it stands for. */
void trfs_help_print_profile(const struct trfs_profile *profile);

#endif
