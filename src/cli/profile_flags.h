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

/*
 * Begin with the profile that --profile names, before all else is looked at: its flags
 * may stand in front of it.  *@ret is left alone where there is no --profile.  -EINVAL
 * when there is no profile of that name, -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_profile_flags_begin(int argc, char **argv, struct trfs_profile_flags **ret,
			     struct trfs_error *err);
struct trfs_profile_flags *trfs_profile_flags_free(struct trfs_profile_flags *flags);

/**
 * trfs_profile_flags_take() - one word of the command line
 * @value: what stood behind '=', or NULL
 * @next: the next word, or NULL; *@ret_used_next says whether it was the value
 *
 * Notes the flag of that name; "no" in front of a switch's turns it off.  An option that
 * it stands for is set at once.  Returns 1, 0 where the profile has no such flag, -EINVAL
 * or -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_profile_flags_take(struct trfs_settings *settings, const char *name,
			    const char *value, const char *next, bool *ret_used_next,
			    struct trfs_error *err);

/* Whether trfs_profile_flags_take() would take it. */
bool trfs_profile_flags_knows(const struct trfs_profile *profile, const char *name);

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

/* The sentence where they are still wanting: the flags that stand for them; -EINVAL. */
int trfs_profile_flags_fail_missing(const struct trfs_command *command,
				    const struct trfs_settings *settings,
				    struct trfs_error *err);

#endif
