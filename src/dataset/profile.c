/* SPDX-License-Identifier: MIT */
/* Looking up profiles and their flags, and setting their defaults. */
#include "dataset/profile.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/nearest.h"

#include <errno.h>

#define NAMES_SIZE_MAX 1024

static void fail_unknown(const char *name, const struct trfs_nearest *nearest,
			 struct trfs_error *err)
{
	struct trfs_buffer names;
	char hint[96];

	trfs_buffer_init(&names, NAMES_SIZE_MAX);
	for (size_t i = 0; i < trfs_profile_table_len; i++)
		trfs_buffer_printf(&names, "%s%s", i ? ", " : "",
				   trfs_profile_table[i].name);
	trfs_fail(err, -EINVAL,
		  "--profile: there is none called \"%s\"%s; there are %.*s", name,
		  trfs_nearest_hint(nearest, hint, sizeof(hint)),
		  TRFS_BYTES_ARG(trfs_buffer_bytes(&names)));
	trfs_buffer_done(&names);
}

const struct trfs_profile *trfs_profile_find(const char *name, struct trfs_error *err)
{
	struct trfs_nearest nearest;

	trfs_nearest_init(&nearest, trfs_bytes_of(name));
	for (size_t i = 0; i < trfs_profile_table_len; i++) {
		if (strcmp(trfs_profile_table[i].name, name) == 0)
			return &trfs_profile_table[i];
		trfs_nearest_offer(&nearest, trfs_bytes_of(trfs_profile_table[i].name));
	}
	fail_unknown(name, &nearest, err);
	return NULL;
}

const struct trfs_profile_flag *trfs_profile_find_flag(const struct trfs_profile *profile,
						       const char *name)
{
	for (const struct trfs_profile_flag *flag = profile->flags; flag->name; flag++) {
		if (trfs_option_same_name(flag->name, name))
			return flag;
	}
	return NULL;
}

static int set_default(const struct trfs_profile_default *row,
		       struct trfs_options *options, const bool *given,
		       struct trfs_error *err)
{
	const struct trfs_option *option = trfs_option_find(row->option);

	if (!option)
		return trfs_fail(err, -EINVAL, "there is no option \"%s\"", row->option);
	if (given && given[option - trfs_option_table])
		return 0;
	/* As no user can: an empty name begins shard names with nothing. */
	if (option->type == TRFS_OPTION_TEXT && !*row->value) {
		*(const char **)((char *)options + option->offset) = row->value;
		return 0;
	}
	return trfs_option_set(options, option, row->value, err);
}

/* What a variant that applies says of an option; else what the profile does. */
static struct trfs_profile_default varied(const struct trfs_profile *profile,
					  const struct trfs_options *options,
					  const struct trfs_profile_default *row)
{
	for (size_t i = 0; i < trfs_profile_variants_len; i++) {
		const struct trfs_profile_variant *variant = &trfs_profile_variants[i];
		const struct trfs_profile_default *other = variant->defaults;

		if (strcmp(variant->profile, profile->name) != 0 ||
		    !variant->applies(options))
			continue;
		for (; other->option; other++)
			if (trfs_option_same_name(other->option, row->option))
				return *other;
	}
	return *row;
}

int trfs_profile_apply(const struct trfs_profile *profile, struct trfs_options *options,
		       const bool *given, struct trfs_error *err)
{
	const struct trfs_profile_default *row = profile->defaults;
	int rc = 0;

	options->profile = profile->name;
	for (; rc == 0 && row->option; row++) {
		struct trfs_profile_default chosen = varied(profile, options, row);

		if (!strchr(chosen.value, '{') ||
		    trfs_option_same_name(chosen.option, "shard-names"))
			rc = set_default(&chosen, options, given, err);
	}
	return rc < 0 ? trfs_error_prefix(err, rc, "profile %s", profile->name) : 0;
}
