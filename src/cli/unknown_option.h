/* SPDX-License-Identifier: MIT */
/* The sentence about an option that nobody knows: what may have been meant. */
#ifndef TRFS_CLI_UNKNOWN_OPTION_H
#define TRFS_CLI_UNKNOWN_OPTION_H

#include "base/compiler.h"
#include "cli/command.h"
#include "dataset/profile.h"

/*
 * "unknown option --NAME", with the nearest name or, without @profile (NULL: none is
 * given), the converters that have such a flag; -EINVAL.
 */
int trfs_unknown_option_fail(const struct trfs_command *command,
			     const struct trfs_profile *profile, const char *name,
			     struct trfs_error *err);

/*
 * What only a list can have, @list of -o (NULL: none): a quote that is not closed, or an
 * unknown option that is the rest of a value with a comma.  -EINVAL, -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_unknown_option_in_list(const struct trfs_command *command,
				const struct trfs_profile *profile, const char *list,
				struct trfs_error *err);

#endif
