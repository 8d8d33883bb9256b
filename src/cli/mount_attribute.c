/* SPDX-License-Identifier: MIT */
/* getxattr with the prefix put in front. */
#include "cli/mount_attribute.h"

#include <stdio.h>
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
