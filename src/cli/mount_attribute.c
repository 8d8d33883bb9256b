/* SPDX-License-Identifier: MIT */
/* getxattr with the prefix put in front; and statfs. */
#include "cli/mount_attribute.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

bool trfs_mount_attribute(const char *path, const char *name, char *ret, size_t size)
{
	char full[128];
	ssize_t len;

	snprintf(full, sizeof(full), "user.tfrecordfs.%s", name);
	len = getxattr(path, full, ret, size - 1);
	if (len < 0)
		return false;
	ret[len] = '\0';
	return true;
}

int trfs_mount_is_fuse(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) < 0)
		return -errno;
	return fs.f_type == FUSE_SUPER_MAGIC;
}
