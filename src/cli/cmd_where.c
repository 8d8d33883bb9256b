/* SPDX-License-Identifier: MIT */
/*
 * where: the image behind a byte of a mounted shard.  The mount knows; it is asked
 * through extended attributes, so this works for any mount that this process can see.
 *
 * TensorFlow names a record by its first byte or by that of its data, twelve further on;
 * both lie within the record, so any byte it names will do.
 */
#include "cli/command.h"
#include "cli/json_output.h"
#include "cli/mount_attribute.h"
#include "cli/mount_place.h"
#include "cli/digits.h"
#include "cli/output.h"

#include "base/error.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Why the mount, or whatever @file is on, did not answer. */
static int explain(const char *file, uint64_t offset, struct trfs_error *err)
{
	char shard[64];
	struct stat st;

	if (stat(file, &st) < 0 && errno == ENOTCONN)
		return trfs_fail(err, -ENOTCONN,
				 "%s is on a mount that is dead; mount anew with "
				 "tfrecordfs mount --replace",
				 file);
	if (stat(file, &st) < 0)
		return trfs_fail_errno(err, -errno, "cannot look at %s", file);
	if (!trfs_mount_attribute(file, "shard", shard, sizeof(shard)))
		return trfs_fail(
			err, -EINVAL,
			S_ISDIR(st.st_mode)
				? "%s is a directory; name a shard of a tfrecordfs mount"
				: "%s is not a shard of a tfrecordfs mount, so nobody "
				  "knows its images; tfrecordfs show FILE:RECORD shows "
				  "what a record says of itself",
			file);
	if (st.st_size == 0)
		return trfs_fail(err, -EBADMSG, "%s is empty", file);
	return trfs_fail(err, -EBADMSG,
			 "byte %" PRIu64 " is behind the end of %s, whose last byte is "
			 "%" PRIu64,
			 offset, file, (uint64_t)st.st_size - 1);
}

/* The source of the mount that @file is on: the root of the mount is some way up. */
static bool find_source(const char *file, char source[PATH_MAX])
{
	char path[PATH_MAX];
	char *slash;

	if (!realpath(file, path))
		return false;
	while ((slash = strrchr(path, '/')) && slash > path) {
		*slash = '\0';
		if (trfs_mount_attribute(path, "source", source, PATH_MAX))
			return true;
	}
	return false;
}

/* The image's path from the root directory; relative where the source is not known. */
static char *image_path(const char *file, const struct trfs_mount_place *place)
{
	char source[PATH_MAX];
	char *path;

	if (!find_source(file, source))
		return strdup(place->image);
	if (strcmp(source, "/") == 0)
		source[0] = '\0';
	return asprintf(&path, "%s/%s", source, place->image) < 0 ? NULL : path;
}

static int print_place(const struct trfs_settings *settings,
		       const struct trfs_mount_place *place, const char *path,
		       uint64_t offset)
{
	const char *file = settings->positionals[0];

	if (settings->json)
		return trfs_json_print(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b}",
						 "file", trfs_json_text(file), "byte",
						 trfs_json_count(offset), "record",
						 trfs_json_count(place->record), "offset",
						 trfs_json_count(place->offset), "size",
						 trfs_json_count(place->size), "image",
						 trfs_json_text(path), "exists",
						 access(path, F_OK) == 0),
				       TRFS_EXIT_DONE);
	trfs_output_path(path);
	printf("record %" PRIu64 " of ", place->record);
	trfs_output_text(stdout, trfs_bytes_of(file));
	printf(", bytes %" PRIu64 " to %" PRIu64 "\n", place->offset,
	       place->offset + place->size - 1);
	if (access(path, F_OK) < 0)
		trfs_output_note("%s is not there any more", path);
	return TRFS_EXIT_DONE;
}

int trfs_cmd_where(const struct trfs_settings *settings)
{
	struct trfs_error err = { 0 };
	struct trfs_mount_place place = { 0 };
	uint64_t offset;
	char *path;
	int code;

	if (!trfs_digits_parse(settings->positionals[1], &offset)) {
		trfs_output_error("OFFSET is a byte of FILE, such as 478976069, not "
				  "\"%s\"",
				  settings->positionals[1]);
		return TRFS_EXIT_USAGE;
	}
	if (!trfs_mount_place(settings->positionals[0], offset, &place)) {
		explain(settings->positionals[0], offset, &err);
		trfs_output_error("%s", err.message);
		return trfs_output_exit_code(&err);
	}
	path = image_path(settings->positionals[0], &place);
	if (!path) {
		trfs_output_error("no memory for a path");
		return TRFS_EXIT_DATA;
	}
	code = print_place(settings, &place, path, offset);
	free(path);
	return code;
}
