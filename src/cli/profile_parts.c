/* SPDX-License-Identifier: MIT */
/*
 * A converter is run once a split, or names each split's directory in a flag of its own.
 * Either way the splits become parts of one data set, since one directory holds them.
 */
#include "cli/profile_parts.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>

/* With @flag as each flag of the profile in turn. */
#define FOR_EACH_FLAG(flags)                                                             \
	for (const struct trfs_profile_flag *flag = (flags)->profile->flags; flag->name; \
	     flag++)

static size_t count(const struct trfs_profile_flags *flags,
		    const struct trfs_profile_flag *flag)
{
	size_t nr = 0;

	for (size_t i = 0; i < flags->nr; i++)
		nr += flags->items[i].flag == flag;
	return nr;
}

const struct trfs_profile_flag *trfs_profile_flags_kind(
	const struct trfs_profile_flags *flags, enum trfs_flag_kind kind)
{
	FOR_EACH_FLAG(flags)
	{
		if (flag->kind == kind)
			return flag;
	}
	return NULL;
}

static bool is_given(const struct trfs_settings *settings, const char *name)
{
	return settings->given[trfs_option_find(name) - trfs_option_table];
}

/* The last component of a prefix, which is a split's name. */
static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int add_part(struct trfs_settings *settings, const char *split, const char *path,
		    struct trfs_error *err)
{
	const char *part =
		trfs_profile_flags_printf(settings->flags, "%s=%s", split, path);

	if (!part)
		return trfs_fail_memory(err, "the command line");
	return trfs_profile_set_option(settings, "part", part, err);
}

/* Where the images of a split are, in a profile whose splits have a directory each. */
static int add_split_images(struct trfs_settings *settings,
			    const struct trfs_profile_flag *of_split,
			    struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;

	FOR_EACH_FLAG(flags)
	{
		const char *path = trfs_profile_flags_value(flags, flag, 0);

		if (flag->kind != TRFS_FLAG_SPLIT_IMAGES ||
		    strcmp(flag->target, of_split->target) != 0)
			continue;
		if (!path || !*path)
			return trfs_fail(err, -EINVAL, "--%s needs --%s, too",
					 of_split->name, flag->name);
		return trfs_profile_set_option(settings, "image-dir", path, err);
	}
	return 0;
}

static int add_splits(struct trfs_settings *settings, struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;
	int rc = 0;

	FOR_EACH_FLAG(flags)
	{
		const char *path = trfs_profile_flags_value(flags, flag, 0);

		if (rc < 0 || flag->kind != TRFS_FLAG_SPLIT_PATH || !path || !*path)
			continue;
		rc = add_part(settings, flag->target, path, err);
		if (rc == 0)
			rc = add_split_images(settings, flag, err);
	}
	return rc;
}

/* Splits that have a flag each; "train=2,validation=2" for those that are given. */
static int make_named_parts(struct trfs_settings *settings, struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;
	const char *shards = "";
	int rc = add_splits(settings, err);

	if (rc < 0 || settings->data.parts.nr == 0 || is_given(settings, "shards"))
		return rc;
	for (unsigned int i = 0; i < settings->data.parts.nr; i++) {
		const char *part = settings->data.parts.items[i];
		size_t len = strcspn(part, "=");

		FOR_EACH_FLAG(flags)
		{
			const char *nr = trfs_profile_flags_value(flags, flag, 0);

			if (flag->kind != TRFS_FLAG_SPLIT_SHARDS ||
			    strlen(flag->target) != len ||
			    strncmp(flag->target, part, len) != 0)
				continue;
			shards = trfs_profile_flags_printf(
				flags, "%s%s%s=%s", shards, *shards ? "," : "",
				flag->target, nr ? nr : flag->otherwise);
			if (!shards)
				return trfs_fail_memory(err, "the command line");
		}
	}
	return *shards ? trfs_profile_set_option(settings, "shards", shards, err) : 0;
}

/* How many conversions the flags describe: the largest number of files of one kind. */
static size_t count_conversions(const struct trfs_profile_flags *flags)
{
	size_t most = 0;

	FOR_EACH_FLAG(flags)
	{
		size_t nr = flag->kind == TRFS_FLAG_PART_FILE ? count(flags, flag) : 0;

		most = nr > most ? nr : most;
	}
	return most;
}

/* The file with conversion @number's images: of the first kind that is given. */
static const char *images_file(const struct trfs_profile_flags *flags, size_t number)
{
	FOR_EACH_FLAG(flags)
	{
		const char *path = flag->kind == TRFS_FLAG_PART_FILE
					   ? trfs_profile_flags_value(flags, flag, number)
					   : NULL;

		if (path && *path)
			return path;
	}
	return NULL;
}

/* The value of @flag for conversion @number; given once, it counts for all. */
static const char *value_for(const struct trfs_profile_flags *flags,
			     const struct trfs_profile_flag *flag, size_t number)
{
	return trfs_profile_flags_value(flags, flag,
					count(flags, flag) == 1 ? 0 : number);
}

/*
 * The k-th item of each list belongs to the k-th part, so "none" stands where there is no
 * file.  What no conversion has annotations from is not taken from the images' own file
 * either: the converter would not.
 */
static int add_further_files(struct trfs_settings *settings, size_t number,
			     struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;
	int rc = 0;

	FOR_EACH_FLAG(flags)
	{
		bool is_file = flag->kind == TRFS_FLAG_PART_FILE;
		const char *file;

		if (rc < 0 || !flag->target ||
		    (!is_file && flag->kind != TRFS_FLAG_PART_OPTION) ||
		    (!is_file && count(flags, flag) == 0))
			continue;
		file = is_file ? trfs_profile_flags_value(flags, flag, number)
			       : value_for(flags, flag, number);
		rc = trfs_profile_set_option(settings, flag->target,
					     file && *file ? file : "none", err);
	}
	return rc;
}

static int add_conversion(struct trfs_settings *settings, size_t number,
			  const struct trfs_profile_flag *prefix, const char **shards,
			  struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;
	const struct trfs_profile_flag *nr_shards =
		trfs_profile_flags_kind(flags, TRFS_FLAG_PART_SHARDS);
	const char *given = trfs_profile_flags_value(flags, prefix, number);
	const char *split = last_component(given ? given : prefix->otherwise);
	const char *path = images_file(flags, number);
	const char *nr = value_for(flags, nr_shards, number);
	int rc;

	if (!path)
		return trfs_fail(err, -EINVAL, "conversion %zu has no file of images",
				 number + 1);
	if (!*split)
		return trfs_fail(err, -EINVAL, "--%s=%s ends in no name: DIR/train",
				 prefix->name, given);
	*shards = trfs_profile_flags_printf(flags, "%s%s%s=%s", *shards,
					    **shards ? "," : "", split,
					    nr ? nr : nr_shards->otherwise);
	if (!*shards)
		return trfs_fail_memory(err, "the command line");
	rc = add_part(settings, split, path, err);
	return rc == 0 ? add_further_files(settings, number, err) : rc;
}

/*
 * Which file belongs to which conversion is told by its place among those of its flag, so
 * each of them must have one, which may be empty.
 */
static int check_counts(const struct trfs_profile_flags *flags, size_t nr_conversions,
			const struct trfs_profile_flag *prefix, struct trfs_error *err)
{
	FOR_EACH_FLAG(flags)
	{
		size_t nr = count(flags, flag);
		bool fits = nr == 0 || nr == nr_conversions;

		if (flag->kind == TRFS_FLAG_PART_OPTION ||
		    flag->kind == TRFS_FLAG_PART_SHARDS)
			fits |= nr == 1;
		else if (flag->kind == TRFS_FLAG_PART_PREFIX)
			fits &= nr > 0 || nr_conversions == 1;
		else if (flag->kind != TRFS_FLAG_PART_FILE)
			continue;
		if (!fits)
			return trfs_fail(
				err, -EINVAL,
				"--%s is given %zu times for %zu conversions; "
				"give it for each --%s, empty (--%s=) where there "
				"is none",
				flag->name, nr, nr_conversions, prefix->name, flag->name);
	}
	return 0;
}

int trfs_profile_make_parts(struct trfs_settings *settings, struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;
	const struct trfs_profile_flag *prefix =
		trfs_profile_flags_kind(flags, TRFS_FLAG_PART_PREFIX);
	size_t nr = count_conversions(flags);
	const char *shards = "";
	int rc = 0;

	if (!prefix)
		return make_named_parts(settings, err);
	if (nr == 0) /* a --manifest in their place */
		return add_further_files(settings, 0, err);
	rc = check_counts(flags, nr, prefix, err);
	for (size_t i = 0; rc == 0 && i < nr; i++)
		rc = add_conversion(settings, i, prefix, &shards, err);
	if (rc == 0 && !is_given(settings, "shards"))
		rc = trfs_profile_set_option(settings, "shards", shards, err);
	return rc;
}

/* "OUT/train" is in OUT, "train" in the working directory. */
static int set_output_directory(struct trfs_profile_flags *flags, const char *path,
				const char *flag, struct trfs_error *err)
{
	const char *slash = strrchr(path, '/');
	int len = slash ? (int)(slash - path) : 1;
	const char *directory = trfs_profile_flags_printf(
		flags, "%.*s", slash == path ? 1 : len, slash ? path : ".");

	if (!directory)
		return trfs_fail_memory(err, "the command line");
	if (flags->mountpoint && strcmp(flags->mountpoint, directory) != 0)
		return trfs_fail(err, -EINVAL,
				 "--%s names two directories, %s and %s; mount each of "
				 "them by itself",
				 flag, flags->mountpoint, directory);
	flags->mountpoint = directory;
	return 0;
}

int trfs_profile_find_output(struct trfs_settings *settings, struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < flags->nr; i++) {
		const struct trfs_profile_flag *flag = flags->items[i].flag;
		const char *value = flags->items[i].value;

		if (flag->kind == TRFS_FLAG_MOUNTPOINT) {
			flags->mountpoint = value;
		} else if (flag->kind == TRFS_FLAG_PART_PREFIX) {
			rc = set_output_directory(flags, value, flag->name, err);
		} else if (flag->kind == TRFS_FLAG_OUTPUT_FILE) {
			rc = set_output_directory(flags, value, flag->name, err);
			if (rc == 0)
				rc = trfs_profile_set_option(settings, "shard-names",
							     last_component(value), err);
		}
	}
	return rc;
}
