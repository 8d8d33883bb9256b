/* SPDX-License-Identifier: MIT */
/* Collecting a converter's flags; profile_parts.c makes parts and shard counts of them.
 */
#include "cli/profile_flags.h"

#include "base/error.h"
#include "cli/profile_parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What --profile names; NULL where it is not there. */
static const char *find_name(int argc, char **argv)
{
	for (int i = 0; i < argc && argv[i] && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], "--profile=", 10) == 0)
			return argv[i] + 10;
		if (strcmp(argv[i], "--profile") == 0 && i + 1 < argc)
			return argv[i + 1];
	}
	return NULL;
}

int trfs_profile_flags_begin(int argc, char **argv, struct trfs_profile_flags **ret,
			     struct trfs_error *err)
{
	const char *name = find_name(argc, argv);
	const struct trfs_profile *found;
	struct trfs_profile_flags *flags;

	if (!name)
		return 0;
	found = trfs_profile_find(name, err);
	if (!found)
		return -EINVAL;
	flags = calloc(1, sizeof(*flags));
	if (!flags)
		return trfs_fail_memory(err, "the command line");
	flags->profile = found;
	*ret = flags;
	return 0;
}

struct trfs_profile_flags *trfs_profile_flags_free(struct trfs_profile_flags *flags)
{
	if (flags) {
		for (size_t i = 0; i < flags->nr_texts; i++)
			free(flags->texts[i]);
		free(flags);
	}
	return NULL;
}

const char *trfs_profile_flags_keep(struct trfs_profile_flags *flags, char *text)
{
	if (text && flags->nr_texts == TRFS_FLAGS_MAX) {
		free(text);
		return NULL;
	}
	if (text)
		flags->texts[flags->nr_texts++] = text;
	return text;
}

const char *trfs_profile_flags_printf(struct trfs_profile_flags *flags,
				      const char *format, ...)
{
	va_list values;
	char *text;
	int len;

	va_start(values, format);
	len = vasprintf(&text, format, values);
	va_end(values);
	return len < 0 ? NULL : trfs_profile_flags_keep(flags, text);
}

const char *trfs_profile_flags_value(const struct trfs_profile_flags *flags,
				     const struct trfs_profile_flag *flag, size_t number)
{
	for (size_t i = 0; i < flags->nr; i++) {
		if (flags->items[i].flag == flag && number-- == 0)
			return flags->items[i].value;
	}
	return NULL;
}

int trfs_profile_set_option(struct trfs_settings *settings, const char *name,
			    const char *value, struct trfs_error *err)
{
	const struct trfs_option *option = trfs_option_find(name);

	if (!option)
		return trfs_fail(err, -EINVAL, "there is no option \"%s\"", name);
	settings->given[option - trfs_option_table] = true;
	return trfs_option_set(&settings->data, option, value, err);
}

/* The flag of that name, "no" in front of a switch's taken off into *@ret_off; or NULL.
 */
static const struct trfs_profile_flag *find_flag(const struct trfs_profile *profile,
						 const char *name, bool *ret_off)
{
	const struct trfs_profile_flag *flag = trfs_profile_find_flag(profile, name);

	*ret_off = false;
	if (flag || strncmp(name, "no", 2) != 0)
		return flag;
	flag = trfs_profile_find_flag(profile, name + 2);
	*ret_off = flag && flag->is_switch;
	return *ret_off ? flag : NULL;
}

bool trfs_profile_flags_knows(const struct trfs_profile *profile, const char *name)
{
	bool off;

	return find_flag(profile, name, &off) != NULL;
}

/* Note one flag; an option that it stands for is set at once. */
static int add_flag(struct trfs_settings *settings, const struct trfs_profile_flag *flag,
		    const char *value, struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;

	if (flags->nr == TRFS_FLAGS_MAX)
		return trfs_fail(err, -EINVAL, "more than %d flags", TRFS_FLAGS_MAX);
	flags->items[flags->nr].flag = flag;
	flags->items[flags->nr++].value = value;
	if (flag->kind != TRFS_FLAG_OPTION)
		return 0;
	/* An empty value is a converter's way to say: none. */
	if (value && !*value)
		return 0;
	return trfs_profile_set_option(settings, flag->target, value, err);
}

int trfs_profile_flags_take(struct trfs_settings *settings, const char *name,
			    const char *value, const char *next, bool *ret_used_next,
			    struct trfs_error *err)
{
	const struct trfs_profile_flag *flag;
	bool off;
	int rc;

	flag = find_flag(settings->flags->profile, name, &off);
	if (!flag)
		return 0;
	if (!value && flag->is_switch) {
		value = off ? "false" : "true";
	} else if (!value) {
		if (!next)
			return trfs_fail(err, -EINVAL, "--%s wants a value", name);
		value = next;
		*ret_used_next = true;
	}
	rc = add_flag(settings, flag, value, err);
	return rc < 0 ? rc : 1;
}

int trfs_profile_flags_finish(struct trfs_settings *settings, struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;
	int rc = trfs_profile_make_parts(settings, err);

	if (rc == 0)
		rc = trfs_profile_find_lists(settings, err);
	if (rc == 0)
		rc = trfs_profile_fill_defaults(settings, err);
	if (rc == 0)
		rc = trfs_profile_find_output(settings, err);
	if (rc == 0)
		rc = trfs_profile_find_source(settings, err);
	if (rc < 0)
		return trfs_error_prefix(err, rc, "profile %s", flags->profile->name);
	return trfs_profile_apply(flags->profile, &settings->data, settings->given, err);
}

void trfs_profile_flags_place(const struct trfs_command *command,
			      struct trfs_settings *settings)
{
	const struct trfs_profile_flags *flags = settings->flags;
	int *nr = &settings->nr_positionals;

	if ((command->set & (TRFS_FOR_MOUNT | TRFS_FOR_EXPORT)) && flags->mountpoint &&
	    *nr < command->min_positionals) {
		settings->positionals[(*nr)++] = flags->mountpoint;
		settings->make_mountpoint = true;
	}
	if (flags->source && *nr < command->min_positionals) {
		memmove(settings->positionals + 1, settings->positionals,
			(size_t)*nr * sizeof(*settings->positionals));
		settings->positionals[0] = flags->source;
		(*nr)++;
	}
}

/* The first flag of one of these kinds, which end with TRFS_FLAG_NOTHING. */
static const char *name_of_kinds(const struct trfs_profile_flags *flags,
				 const enum trfs_flag_kind *kinds)
{
	for (; *kinds != TRFS_FLAG_NOTHING; kinds++) {
		const struct trfs_profile_flag *flag =
			trfs_profile_flags_kind(flags, *kinds);

		if (flag)
			return flag->name;
	}
	return NULL;
}

int trfs_profile_flags_fail_missing(const struct trfs_command *command,
				    const struct trfs_settings *settings,
				    struct trfs_error *err)
{
	static const enum trfs_flag_kind of_source[] = { TRFS_FLAG_SOURCE,
							 TRFS_FLAG_SPLIT_PATH,
							 TRFS_FLAG_SPLIT_IMAGES,
							 TRFS_FLAG_NOTHING };
	static const enum trfs_flag_kind of_mountpoint[] = { TRFS_FLAG_MOUNTPOINT,
							     TRFS_FLAG_OUTPUT_FILE,
							     TRFS_FLAG_PART_PREFIX,
							     TRFS_FLAG_NOTHING };
	const struct trfs_profile_flags *flags = settings->flags;
	const char *source = NULL, *mountpoint = NULL;

	if (!flags->source && settings->nr_positionals == 0)
		source = name_of_kinds(flags, of_source);
	if (!flags->mountpoint && (command->set & (TRFS_FOR_MOUNT | TRFS_FOR_EXPORT)))
		mountpoint = name_of_kinds(flags, of_mountpoint);
	return trfs_fail(err, -EINVAL,
			 "%s wants %s%s%s%s%s%s; tfrecordfs %s --profile %s --help tells "
			 "more",
			 command->name, command->arguments,
			 source || mountpoint ? ", by its place or by --" : "",
			 source ? source : "", source && mountpoint ? " and --" : "",
			 mountpoint ? mountpoint : "",
			 source || mountpoint ? ", which is missing" : "", command->name,
			 flags->profile->name);
}
