/* SPDX-License-Identifier: MIT */
/*
 * A converter names directories of images and of masks, each wherever it likes; we serve
 * what lies beneath one source.
 */
#include "cli/profile_parts.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Cut @common down to the directory that @path lies in as well. */
static void join_directory(char *common, const char *path)
{
	size_t i = 0;

	while (common[i] && common[i] == path[i])
		i++;
	/* Not in the middle of a name, of either. */
	if ((common[i] && common[i] != '/') || (path[i] && path[i] != '/') ||
	    (common[i] && path[i])) {
		while (i > 0 && common[i - 1] != '/')
			i--;
		while (i > 1 && common[i - 1] == '/')
			i--;
	}
	common[i] = '\0';
	if (i == 0)
		memcpy(common, "/", 2);
}

/* Let the source take in @path (NULL is fine), if that is a directory. */
static int take_in(char **common, const char *path, struct trfs_error *err)
{
	struct stat st;
	char *real;

	if (!path)
		return 0;
	if (stat(path, &st) < 0)
		return trfs_fail_errno(err, -errno, "cannot find %s", path);
	if (!S_ISDIR(st.st_mode))
		return 0;
	real = realpath(path, NULL);
	if (!real)
		return trfs_fail_errno(err, -errno, "cannot find %s", path);
	if (*common) {
		join_directory(*common, real);
		free(real);
	} else {
		*common = real;
	}
	return 0;
}

static int take_in_all(char **common, const struct trfs_option_list *list,
		       struct trfs_error *err)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < list->nr; i++)
		rc = take_in(common, list->items[i], err);
	return rc;
}

/* Lists of images may stand among them. */
static int take_in_lists(char **common, const struct trfs_options *options,
			 struct trfs_error *err)
{
	int rc = take_in(common, options->manifest, err);

	for (unsigned int i = 0; rc == 0 && i < options->parts.nr; i++) {
		const char *equals = strchr(options->parts.items[i], '=');

		/* Whoever reads the parts says what is wrong with one without. */
		if (equals)
			rc = take_in(common, equals + 1, err);
	}
	return rc;
}

/* The deepest directory that holds all directories of images and masks, or NULL. */
static int find_common(const struct trfs_options *options, char **ret,
		       struct trfs_error *err)
{
	int rc = take_in_all(ret, &options->image_directories, err);

	if (rc == 0 && !*ret)
		rc = take_in_lists(ret, options, err);
	if (rc == 0 && *ret)
		rc = take_in(ret, options->masks, err);
	if (rc == 0 && *ret)
		rc = take_in_all(ret, &options->panoptic_masks, err);
	return rc;
}

int trfs_profile_find_source(struct trfs_settings *settings, struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;
	const struct trfs_profile_flag *flag =
		trfs_profile_flags_kind(flags, TRFS_FLAG_SOURCE);
	const char *value = flag ? trfs_profile_flags_value(flags, flag, 0) : NULL;
	char *common = NULL;
	int rc;

	if (value && !flag->target) {
		flags->source = value;
		return 0;
	}
	if (value) {
		flags->source =
			trfs_profile_flags_printf(flags, "%s/%s", value, flag->target);
		return flags->source ? 0 : trfs_fail_memory(err, "the command line");
	}
	rc = find_common(&settings->data, &common, err);
	if (rc < 0)
		free(common);
	if (rc < 0 || !common)
		return rc;
	flags->source = trfs_profile_flags_keep(flags, common);
	return flags->source ? 0 : trfs_fail_memory(err, "the command line");
}
