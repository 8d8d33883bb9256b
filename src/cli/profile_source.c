/* SPDX-License-Identifier: MIT */
/*
 * A converter names directories of images and of masks, each wherever it likes; we serve
 * what lies beneath one source.
 */
#include "cli/profile_parts.h"

#include "base/error.h"

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

/* Let the source take in @path, if that is a directory. */
static void take_in(char **common, const char *path)
{
	struct stat st;
	char *real;

	if (!path || stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return;
	real = realpath(path, NULL);
	if (!real)
		return;
	if (*common) {
		join_directory(*common, real);
		free(real);
	} else {
		*common = real;
	}
}

/* The deepest directory that holds all directories of images and masks. */
static char *common_directory(const struct trfs_options *options)
{
	char *common = NULL;

	for (unsigned int i = 0; i < options->image_directories.nr; i++)
		take_in(&common, options->image_directories.items[i]);
	if (!common) {
		for (unsigned int i = 0; i < options->parts.nr; i++)
			take_in(&common, strchr(options->parts.items[i], '=') + 1);
		take_in(&common, options->manifest);
	}
	if (common)
		take_in(&common, options->masks);
	for (unsigned int i = 0; common && i < options->panoptic_masks.nr; i++)
		take_in(&common, options->panoptic_masks.items[i]);
	return common;
}

int trfs_profile_find_source(struct trfs_settings *settings, struct trfs_error *err)
{
	struct trfs_profile_flags *flags = settings->flags;
	const struct trfs_profile_flag *flag =
		trfs_profile_flags_kind(flags, TRFS_FLAG_SOURCE);
	const char *value = flag ? trfs_profile_flags_value(flags, flag, 0) : NULL;
	char *common;

	if (value && !flag->target) {
		flags->source = value;
		return 0;
	}
	if (value) {
		flags->source =
			trfs_profile_flags_printf(flags, "%s/%s", value, flag->target);
		return flags->source ? 0 : trfs_fail_memory(err, "the command line");
	}
	common = common_directory(&settings->data);
	if (!common)
		return 0;
	flags->source = trfs_profile_flags_keep(flags, common);
	return flags->source ? 0 : trfs_fail_memory(err, "the command line");
}
