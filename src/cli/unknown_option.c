/* SPDX-License-Identifier: MIT */
#include "cli/unknown_option.h"

#include "base/error.h"
#include "base/nearest.h"
#include "cli/arguments.h"
#include "cli/option_list.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Shorter ones begin too many names. */
#define BEGINNING_MIN 4
#define PROFILES_MAX  3

static bool takes_data_options(const struct trfs_command *command)
{
	return (command->set & TRFS_FOR_DATA_SETS) != 0;
}

/* Option @i of the command, then of the profile; NULL behind the last. */
static const char *name_at(const struct trfs_command *command,
			   const struct trfs_profile *profile, size_t i)
{
	struct trfs_argument_help option;
	size_t nr_flags = 0;

	for (; profile && profile->flags[nr_flags].name; nr_flags++)
		if (i == nr_flags)
			return profile->flags[i].name;
	return trfs_arguments_help(command, i - nr_flags, &option) ? option.name : NULL;
}

static bool begins_with(const char *name, const char *beginning)
{
	char cut[64];
	size_t len = strlen(beginning);

	if (len < BEGINNING_MIN || len >= sizeof(cut) || strlen(name) < len)
		return false;
	snprintf(cut, sizeof(cut), "%.*s", (int)len, name);
	return trfs_option_same_name(cut, beginning);
}

static const char *find_nearest(const struct trfs_command *command,
				const struct trfs_profile *profile, const char *name)
{
	struct trfs_nearest nearest;
	const char *known;

	trfs_nearest_init(&nearest, trfs_bytes_of(name));
	for (size_t i = 0; (known = name_at(command, profile, i)) != NULL; i++)
		trfs_nearest_offer(&nearest, trfs_bytes_of(known));
	return nearest.best.len > 0 ? (const char *)nearest.best.data : NULL;
}

/* The first flag that is @name and more, as converters took such. */
static const char *find_longer(const struct trfs_profile *profile, const char *name)
{
	const struct trfs_profile_flag *flag = profile ? profile->flags : NULL;

	for (; flag && flag->name; flag++)
		if (begins_with(flag->name, name))
			return flag->name;
	return NULL;
}

/* "inception or coco or another"; false where no converter has such a flag. */
static bool print_profiles(const char *flag, char *ret, size_t size)
{
	unsigned int nr = 0;
	size_t len = 0;

	for (size_t i = 0; i < trfs_profile_table_len; i++) {
		const struct trfs_profile *profile = &trfs_profile_table[i];

		if (!trfs_profile_find_flag(profile, flag))
			continue;
		if (nr++ == PROFILES_MAX) {
			snprintf(ret + len, size - len, " or another");
			break;
		}
		len += (size_t)snprintf(ret + len, size - len, "%s%s",
					nr > 1 ? " or " : "", profile->name);
	}
	return nr > 0;
}

/* Which command lists every option. */
static const char *print_help(const struct trfs_command *command,
			      const struct trfs_profile *profile, char *ret, size_t size)
{
	if (profile)
		snprintf(ret, size, "tfrecordfs %s --profile %s --help", command->name,
			 profile->name);
	else
		snprintf(ret, size, "tfrecordfs %s %s", command->name,
			 takes_data_options(command) ? "--help-all" : "--help");
	return ret;
}

int trfs_unknown_option_fail(const struct trfs_command *command,
			     const struct trfs_profile *profile, const char *name,
			     struct trfs_error *err)
{
	char help[128], profiles[256];
	const char *near;

	print_help(command, profile, help, sizeof(help));
	if (!profile && takes_data_options(command) &&
	    print_profiles(name, profiles, sizeof(profiles)))
		return trfs_fail(err, -EINVAL,
				 "unknown option --%s, which is a converter's flag: it "
				 "wants --profile %s",
				 name, profiles);
	near = find_nearest(command, profile, name);
	if (!near)
		near = find_longer(profile, name);
	if (near)
		return trfs_fail(err, -EINVAL,
				 "unknown option --%s (did you mean --%s?); %s lists all",
				 name, near, help);
	return trfs_fail(err, -EINVAL, "unknown option --%s; %s lists all", name, help);
}

/* Whether values of the option that @word begins with may have commas. */
static bool takes_commas(char *word)
{
	char *equals = strchr(word, '=');
	const struct trfs_option *option;

	if (!equals)
		return false;
	*equals = '\0';
	option = trfs_option_find(word);
	*equals = '=';
	return option && option->argument &&
	       (strstr(option->argument, ",...") ||
		strcmp(option->argument, "COLUMN") == 0);
}

/* Those of mount.fuse3 are looked at elsewhere. */
static bool is_known(const struct trfs_command *command,
		     const struct trfs_profile *profile, const char *name)
{
	return trfs_option_list_is_mounts(name) ||
	       trfs_arguments_knows(command, profile, name) ||
	       strcmp(name, "setuid") == 0 || strcmp(name, "drop_privileges") == 0;
}

/* @word, behind @before, which may have been cut at a comma. */
static int check_word(const struct trfs_command *command,
		      const struct trfs_profile *profile, char *before, char *word,
		      struct trfs_error *err)
{
	char *equals = strchr(word, '=');
	bool passes;

	if (equals)
		*equals = '\0';
	/* One that is mistyped is told as anywhere. */
	passes = is_known(command, profile, word) || find_nearest(command, profile, word);
	if (equals)
		*equals = '=';
	if (passes)
		return 0;
	return trfs_fail(err, -EINVAL,
			 "unknown option --%.*s; a value with commas stands between "
			 "quotes, %.*s=\"%s,%s\", or each comma has a backslash in front",
			 (int)strcspn(word, "="), word, (int)strcspn(before, "="), before,
			 strchr(before, '=') + 1, word);
}

int trfs_unknown_option_in_list(const struct trfs_command *command,
				const struct trfs_profile *profile, const char *list,
				struct trfs_error *err)
{
	const char *unclosed = list ? trfs_option_list_unclosed(list) : NULL;
	char *copy, *rest, *word, *before = NULL;
	int rc = 0;

	if (!list)
		return 0;
	if (unclosed)
		return trfs_fail(
			err, -EINVAL,
			"a quote is not closed in %s; a value with commas stands "
			"between two, as split=\"train=0.8,test=0.2\"",
			unclosed);
	copy = rest = strdup(list);
	if (!copy)
		return trfs_fail_memory(err, "a list of options");
	while (rc == 0 && (word = trfs_option_list_next(&rest)) != NULL) {
		if (before && takes_commas(before))
			rc = check_word(command, profile, before, word, err);
		before = word;
	}
	free(copy);
	return rc;
}
