/* SPDX-License-Identifier: MIT */
/*
 * A converter that is given a directory of lists writes a split for each, also for one
 * that is empty.  So each list becomes a part, which is a split even without rows.
 */
#include "cli/profile_parts.h"

#include "base/error.h"
#include "base/file.h"
#include "manifest/listing.h"

#include <errno.h>
#include <fcntl.h>

/* Lists in the order of their names. */
static int add_lists(struct trfs_settings *settings, const char *directory,
		     const char *ending, const struct trfs_listing *listing,
		     struct trfs_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < listing->nr; i++) {
		const char *name = trfs_listing_name(listing, i);
		const char *part;
		size_t len = strlen(name);

		if (!trfs_bytes_ends_with(trfs_bytes_of(name), ending))
			continue;
		part = trfs_profile_flags_printf(settings->flags, "%.*s=%s/%s",
						 (int)(len - strlen(ending)), name,
						 directory, name);
		if (!part)
			return trfs_fail_memory(err, "the command line");
		rc = trfs_profile_set_option(settings, "part", part, err);
	}
	return rc;
}

static int find_lists(struct trfs_settings *settings, const char *path,
		      const char *ending, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	int rc;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return trfs_fail_errno(err, -errno, "cannot open the lists %s", path);
	rc = trfs_listing_read_all(&listing, fd);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot list the directory %s", path);
	rc = add_lists(settings, path, ending, &listing, err);
	if (rc == 0 && settings->data.parts.nr == 0)
		return trfs_fail(err, -EBADMSG,
				 "%s has no list: a file SPLIT%s was expected", path,
				 ending);
	return rc;
}

int trfs_profile_find_lists(struct trfs_settings *settings, struct trfs_error *err)
{
	const struct trfs_profile_flags *flags = settings->flags;
	const struct trfs_profile_flag *flag = flags->profile->flags;

	for (; flag->name; flag++) {
		const char *path = trfs_profile_flags_value(flags, flag, 0);

		if (flag->kind == TRFS_FLAG_LISTS && path && *path)
			return find_lists(settings, path, flag->target, err);
	}
	return 0;
}
