/* SPDX-License-Identifier: MIT */
/* Our mounts as /proc/self/mountinfo lists them. */
#include "fuse/mountpoint.h"

#include "base/error.h"
#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOUNT_TYPE "fuse.tfrecordfs"

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
	grown[*nr] = (struct trfs_mount_entry){ strdup(mount->mnt_dir),
						strdup(mount->mnt_fsname) };
	(*nr)++;
	return grown[*nr - 1].mountpoint && grown[*nr - 1].source ? 0 : -ENOMEM;
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
	while (rc == 0 && getmntent_r(table, &mount, line, sizeof(line)))
		if (strcmp(mount.mnt_type, MOUNT_TYPE) == 0)
			rc = append(&entries, &nr, &mount);
	endmntent(table);
	if (rc < 0) {
		trfs_mount_entries_free(entries, nr);
		return trfs_fail_memory(err, "the list of mounts");
	}
	*ret = entries;
	*ret_nr = nr;
	return 0;
}
