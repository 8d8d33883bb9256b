/* SPDX-License-Identifier: MIT */
/*
 * Everything that libfuse or fusermount3 would refuse with a riddle is looked at before,
 * so that the sentence can say what to do.
 */
#include "fuse/mountpoint.h"

#include "base/error.h"
#include "base/file.h"
#include "fuse/attributes.h"
#include "fuse/helper.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/major.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Of /dev/fuse, for ever. */
#define FUSE_MINOR 229

static bool is_fuse(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == makedev(MISC_MAJOR, FUSE_MINOR);
}

static int check_device(struct trfs_error *err)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	int rc = fd < 0 ? -errno : 0;
	bool is_other = fd >= 0 && !is_fuse(fd);

	trfs_file_close(fd);
	if (is_other)
		return trfs_fail(err, -ENODEV,
				 "/dev/fuse is something else here; in a container, "
				 "start it with --device /dev/fuse");
	if (rc == -EACCES || rc == -EPERM)
		return trfs_fail(
			err, -EACCES,
			"/dev/fuse may not be opened by this user; an administrator "
			"can allow it with chmod 666 /dev/fuse (in a container, "
			"start it with --device /dev/fuse)");
	if (rc < 0)
		return trfs_fail(
			err, -ENODEV,
			"/dev/fuse is not there (%s); load it with modprobe fuse, or "
			"start the container with --device /dev/fuse --cap-add "
			"SYS_ADMIN",
			strerror(-rc));
	return 0;
}

/* @helper: what there is of fusermount3, which may have others open the device. */
static int check_means(enum trfs_helper helper, struct trfs_error *err)
{
	int rc = helper == TRFS_HELPER_PROXY ? 0 : check_device(err);

	if (rc == 0 && helper == TRFS_HELPER_NONE && geteuid() != 0)
		rc = trfs_fail(err, -ENOENT,
			       "fusermount3, which mounts for ordinary users, is not "
			       "installed: apt-get install fuse3");
	return rc;
}

/*
 * Whether @path is where a FUSE file system begins, of ours or another's.  On a volume of
 * another kind, or an automounter's, which waits for ours, one may mount if it is empty.
 */
static bool is_mounted(const char *path)
{
	struct stat here, above;
	struct statfs fs;
	char parent[4096];
	size_t len = strlen(path);

	if (len + sizeof("/..") > sizeof(parent))
		return false;
	memcpy(parent, path, len);
	memcpy(parent + len, "/..", sizeof("/.."));
	return stat(path, &here) == 0 && stat(parent, &above) == 0 &&
	       here.st_dev != above.st_dev && statfs(path, &fs) == 0 &&
	       fs.f_type == FUSE_SUPER_MAGIC;
}

static int check_empty(const char *path, struct trfs_error *err)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	int rc = 0;

	if (!directory)
		return trfs_fail_errno(err, -errno, "opening the mountpoint %s", path);
	while (rc == 0 && (entry = readdir(directory)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = trfs_fail(
				err, -ENOTEMPTY,
				"the mountpoint %s is not empty (it holds %s); name an "
				"empty directory",
				path, entry->d_name);
	closedir(directory);
	return rc;
}

/* Whether the kernel's list has a mount of ours there, or one that may be. */
static bool is_listed(const char *path, bool with_plain)
{
	struct trfs_mount_entry *entries = NULL;
	char real[PATH_MAX];
	unsigned int nr = 0;
	bool found = false;

	if (!realpath(path, real) || trfs_mount_entries_read(&entries, &nr, NULL) < 0)
		return false;
	for (unsigned int i = 0; i < nr; i++)
		found = found || (strcmp(entries[i].mountpoint, real) == 0 &&
				  (with_plain || !entries[i].is_plain));
	trfs_mount_entries_free(entries, nr);
	return found;
}

static int clear_dead(const char *path, bool replace, struct trfs_error *err)
{
	if (!replace)
		return trfs_fail(
			err, -ENOTCONN,
			"on %s is a dead mount, whose process is gone; clear it with "
			"--replace, or with %sumount %s",
			path, is_listed(path, true) ? "tfrecordfs " : "", path);
	return trfs_mountpoint_unmount(path, true, err);
}

/*
 * Whether what is mounted on @path has lost its process.  The kernel may answer stat from
 * what it remembers; opening has to ask.
 */
static bool is_dead(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -errno : 0;

	trfs_file_close(fd);
	return rc == -ENOTCONN || rc == -ECONNABORTED;
}

static int fail_mounted(const char *path, struct trfs_error *err)
{
	bool is_ours = getxattr(path, TRFS_ATTRIBUTE_PREFIX "pid", NULL, 0) >= 0;

	if (is_ours)
		return trfs_fail(err, -EBUSY,
				 "a mount of tfrecordfs is on %s already: tfrecordfs "
				 "umount %s",
				 path, path);
	return trfs_fail(err, -EBUSY,
			 "another FUSE file system is mounted on %s already; name "
			 "another directory",
			 path);
}

int trfs_mountpoint_descriptor(const char *path)
{
	static const char directory[] = "/dev/fd/";
	const char *number = path + sizeof(directory) - 1;
	unsigned long fd;
	char *end;

	/* As libfuse reads it. */
	if (strncmp(path, directory, sizeof(directory) - 1) != 0 || *number < '0' ||
	    *number > '9')
		return -1;
	fd = strtoul(number, &end, 10);
	return *end == '\0' && fd <= INT_MAX ? (int)fd : -1;
}

static int check_descriptor(int fd, struct trfs_error *err)
{
	if (fcntl(fd, F_GETFD) < 0)
		return trfs_fail(err, -EBADF,
				 "/dev/fd/%d is not open; who starts tfrecordfs has to "
				 "open /dev/fuse and to mount it with fd=%d",
				 fd, fd);
	if (!is_fuse(fd))
		return trfs_fail(err, -EBADF,
				 "/dev/fd/%d is not /dev/fuse, opened and mounted", fd);
	return 0;
}

int trfs_mountpoint_check(const char *path, bool replace, const char *search_path,
			  struct trfs_error *err)
{
	int given = trfs_mountpoint_descriptor(path);
	struct stat st;
	int rc;

	if (given >= 0)
		return check_descriptor(given, err);
	if (is_dead(path)) {
		rc = clear_dead(path, replace, err);
		if (rc < 0)
			return rc;
	}
	if (stat(path, &st) < 0) {
		rc = -errno;
		if (rc == -ENOENT)
			return trfs_fail(err, rc,
					 "the mountpoint %s does not exist: mkdir -p %s",
					 path, path);
		/* Its owner alone may look at it. */
		if (rc == -EACCES && is_listed(path, false))
			return trfs_fail(
				err, -EBUSY,
				"a mount of another user is on %s already, alive or "
				"dead; that user or root can end it: tfrecordfs umount "
				"%s",
				path, path);
		return trfs_fail_errno(err, rc, "the mountpoint %s", path);
	}
	if (!S_ISDIR(st.st_mode))
		return trfs_fail(err, -ENOTDIR, "the mountpoint %s is not a directory",
				 path);
	if (is_mounted(path))
		return fail_mounted(path, err);
	rc = check_empty(path, err);
	return rc < 0 ? rc : check_means(trfs_helper_find(search_path), err);
}
