/* SPDX-License-Identifier: MIT */
/* getxattr with the prefix put in front; and statfs. */
#include "cli/mount_attribute.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#define NAME_SIZE 128

static const char *full_name(const char *name, char buf[NAME_SIZE])
{
	snprintf(buf, NAME_SIZE, "user.tfrecordfs.%s", name);
	return buf;
}

bool trfs_mount_attribute(const char *path, const char *name, char *ret, size_t size)
{
	char full[NAME_SIZE];
	ssize_t len = getxattr(path, full_name(name, full), ret, size - 1);

	if (len < 0)
		return false;
	ret[len] = '\0';
	return true;
}

bool trfs_mount_attribute_of(int fd, const char *name, char *ret, size_t size)
{
	char full[NAME_SIZE];
	ssize_t len = fgetxattr(fd, full_name(name, full), ret, size - 1);

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
