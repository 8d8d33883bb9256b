/* SPDX-License-Identifier: MIT */
/*
 * A converter's own flags, as its users have them in their scripts: collected while the
 * command line is parsed, then turned into options, source and mountpoint.
 */
#ifndef TRFS_CLI_PROFILE_FLAGS_H
#define TRFS_CLI_PROFILE_FLAGS_H

#include "cli/command.h"
#include "dataset/profile.h"

#define TRFS_FLAGS_MAX 256

/**
 * struct trfs_profile_flags - the flags that were given
 * @items: in the order of the command line; values borrowed
 * @texts: what options point to besides; owned
 * @source, @mountpoint: what flags say of them; NULL: nothing
 */
struct trfs_profile_flags {
	const struct trfs_profile *profile;
	struct {
		const struct trfs_profile_flag *flag;
		const char *value;
	} items[TRFS_FLAGS_MAX];
	size_t nr;
	char *texts[TRFS_FLAGS_MAX];
	size_t nr_texts;
	const char *source;
	const char *mountpoint;
};

/* Begin with the profile of that name; -EINVAL when there is none, -ENOMEM. */
TRFS_MUST_CHECK
int trfs_profile_flags_begin(const char *profile, struct trfs_profile_flags **ret,
			     struct trfs_error *err);
struct trfs_profile_flags *trfs_profile_flags_free(struct trfs_profile_flags *flags);

/*
 * The flag of that name, "no" in front of a switch's taken off into *@ret_off; NULL where
 * the profile has none.
 */
const struct trfs_profile_flag *trfs_profile_flags_find(
	const struct trfs_profile_flags *flags, const char *name, bool *ret_off);

/* Note one flag; an option that it stands for is set at once.  -EINVAL, -ENOMEM. */
TRFS_MUST_CHECK
int trfs_profile_flags_add(struct trfs_settings *settings,
			   const struct trfs_profile_flag *flag, const char *value,
			   struct trfs_error *err);

/**
 * trfs_profile_flags_finish() - when all flags are known
 *
 * Makes parts, shard counts, source and mountpoint of them, and sets the profile's
 * defaults for whatever was not given.  -EINVAL names the flags that contradict each
 * other or are missing; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_profile_flags_finish(struct trfs_settings *settings, struct trfs_error *err);

/* Put source and mountpoint among the positionals where they are wanting there. */
void trfs_profile_flags_place(const struct trfs_command *command,
			      struct trfs_settings *settings);

#endif
