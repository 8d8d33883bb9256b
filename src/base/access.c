/* SPDX-License-Identifier: MIT */
/*
 * Whoever is not the file's owner is a member of its group or not, which we do not know
 * of people: for them both bits have to be set, unless the group is the one in question.
 */
#include "base/access.h"

uint32_t trfs_access_of_file(const struct trfs_access *access,
			     const struct trfs_file_owner *file)
{
	bool is_owner = file->uid == access->uid;
	bool is_group = file->gid == access->gid;
	bool owner = file->mode & TRFS_ACCESS_OWNER;
	bool group = file->mode & TRFS_ACCESS_GROUP;
	bool other = file->mode & TRFS_ACCESS_OTHER;
	uint32_t mode = 0;

	if (access->uid == 0 || (is_owner ? owner : owner && group && other))
		mode |= TRFS_ACCESS_OWNER;
	/* One of them, or of the rest, may be the file's owner. */
	if (!is_owner && !owner)
		return mode;
	if (group && (is_group || other))
		mode |= TRFS_ACCESS_GROUP;
	if (other && (is_group || group))
		mode |= TRFS_ACCESS_OTHER;
	return mode;
}

uint32_t trfs_access_of_directory(const struct trfs_access *access,
				  const struct trfs_file_owner *directory)
{
	struct trfs_file_owner readable = *directory;

	readable.mode = (directory->mode & 0111u) << 2;
	return trfs_access_of_file(access, &readable);
}
