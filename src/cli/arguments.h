/* SPDX-License-Identifier: MIT */
/*
 * The command line: one parser over two tables, the data set's options (options.c of
 * dataset) and the command line's own.  '_' and '-' are the same in names; values follow
 * as --name value or --name=value; -o a=b,c=d takes several as fstab does.
 */
#ifndef TRFS_CLI_ARGUMENTS_H
#define TRFS_CLI_ARGUMENTS_H

#include "cli/command.h"
#include "dataset/options.h"
#include "dataset/profile.h"
#include <stddef.h>

/* -EINVAL with a sentence that names the nearest option.  Free with _done in any case. */
TRFS_MUST_CHECK
int trfs_arguments_parse(const struct trfs_command *command, int argc, char **argv,
			 struct trfs_settings *ret, struct trfs_error *err);
void trfs_arguments_done(struct trfs_settings *settings);

/*
 * Whether @command, which takes data set options, has an option @name, or @profile, which
 * may be NULL, a flag.
 */
bool trfs_arguments_knows(const struct trfs_command *command,
			  const struct trfs_profile *profile, const char *name);

/**
 * struct trfs_argument_help - an option, as help shows it
 * @group: the command line's own options are all common
 */
struct trfs_argument_help {
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* NULL: a flag */
	const char *help;
	enum trfs_option_group group;
};

/*
 * Option @i that @command takes; false behind the last.  The command line's own come
 * first, then the data set's.
 */
bool trfs_arguments_help(const struct trfs_command *command, size_t i,
			 struct trfs_argument_help *ret);

#endif
