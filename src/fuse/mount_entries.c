/* SPDX-License-Identifier: MIT */
/* Our mounts as /proc/self/mounts lists them, the one on top after those beneath. */
#include "fuse/mountpoint.h"

#include "base/error.h"
#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOUNT_TYPE "fuse.tfrecordfs"
#define PLAIN_TYPE "fuse"

void trfs_mount_entries_free(struct trfs_mount_entry *entries, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		free(entries[i].mountpoint);
		free(entries[i].source);
	}
	free(entries);
}

static int append(struct trfs_mount_entry **entries, unsigned int *nr,
		  const struct mntent *mount)
{
	struct trfs_mount_entry *grown =
		reallocarray(*entries, (size_t)*nr + 1, sizeof(**entries));

	if (!grown)
		return -ENOMEM;
	*entries = grown;
	grown[*nr] = (struct trfs_mount_entry){
		.mountpoint = strdup(mount->mnt_dir),
		.source = strdup(mount->mnt_fsname),
		.is_plain = strcmp(mount->mnt_type, PLAIN_TYPE) == 0,
	};
	(*nr)++;
	return grown[*nr - 1].mountpoint && grown[*nr - 1].source ? 0 : -ENOMEM;
}

static void cover(struct trfs_mount_entry *entries, unsigned int nr, const char *path)
{
	for (unsigned int i = 0; i < nr; i++)
		if (strcmp(entries[i].mountpoint, path) == 0)
			entries[i].is_covered = true;
}

static bool may_be_ours(const struct mntent *mount)
{
	return strcmp(mount->mnt_type, MOUNT_TYPE) == 0 ||
	       strcmp(mount->mnt_type, PLAIN_TYPE) == 0;
}

int trfs_mount_entries_read(struct trfs_mount_entry **ret, unsigned int *ret_nr,
			    struct trfs_error *err)
{
	struct trfs_mount_entry *entries = NULL;
	unsigned int nr = 0;
	struct mntent mount;
	char line[16384];
	int rc = 0;
	FILE *table = setmntent("/proc/self/mounts", "re");

	if (!table)
		return trfs_fail_errno(err, -errno, "reading /proc/self/mounts");
	while (rc == 0 && getmntent_r(table, &mount, line, sizeof(line))) {
		cover(entries, nr, mount.mnt_dir);
		if (may_be_ours(&mount))
			rc = append(&entries, &nr, &mount);
	}
	endmntent(table);
	if (rc < 0) {
		trfs_mount_entries_free(entries, nr);
		return trfs_fail_memory(err, "the list of mounts");
	}
	*ret = entries;
	*ret_nr = nr;
	return 0;
}
