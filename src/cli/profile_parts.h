/* SPDX-License-Identifier: MIT */
/* What a converter's flags mean together; for profile_*.c only. */
#ifndef TRFS_CLI_PROFILE_PARTS_H
#define TRFS_CLI_PROFILE_PARTS_H

#include "cli/profile_flags.h"

/* Keep @text (NULL is fine) as long as the flags, or free it; NULL without memory. */
const char *trfs_profile_flags_keep(struct trfs_profile_flags *flags, char *text);

/* A text kept as long as the flags; NULL without memory. */
__attribute__((format(printf, 2, 3))) const char *trfs_profile_flags_printf(
	struct trfs_profile_flags *flags, const char *format, ...);

/* What a flag was given as the @number-th time, from 0; NULL: it was not. */
const char *trfs_profile_flags_value(const struct trfs_profile_flags *flags,
				     const struct trfs_profile_flag *flag, size_t number);

/* The profile's first flag of a kind; NULL: it has none. */
const struct trfs_profile_flag *trfs_profile_flags_kind(
	const struct trfs_profile_flags *flags, enum trfs_flag_kind kind);

/* Set an option as if it stood on the command line. */
TRFS_MUST_CHECK
int trfs_profile_set_option(struct trfs_settings *settings, const char *name,
			    const char *value, struct trfs_error *err);

/* The parts that the flags describe, and how many shards each has. */
TRFS_MUST_CHECK
int trfs_profile_make_parts(struct trfs_settings *settings, struct trfs_error *err);

/* A part for each list of a directory that a flag names. */
TRFS_MUST_CHECK
int trfs_profile_find_lists(struct trfs_settings *settings, struct trfs_error *err);

/* The defaults that hold values of flags. */
TRFS_MUST_CHECK
int trfs_profile_fill_defaults(struct trfs_settings *settings, struct trfs_error *err);

/* The directory of the shards, and the name of a single one. */
TRFS_MUST_CHECK
int trfs_profile_find_output(struct trfs_settings *settings, struct trfs_error *err);

/* The directory with all images: a flag's, else what all directories lie in. */
TRFS_MUST_CHECK
int trfs_profile_find_source(struct trfs_settings *settings, struct trfs_error *err);

#endif
