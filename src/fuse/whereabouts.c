/* SPDX-License-Identifier: MIT */
/* The kernel's list of mounts has one a line, with the one on top after those beneath. */
#include "fuse/whereabouts.h"

#include "base/error.h"
#include "base/file.h"
#include "fuse/mountpoint.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* STATX_MNT_ID_UNIQUE: Debian 12's headers are older. */
#define MOUNT_ID_UNIQUE 0x4000u

/* What is written as a backslash and three octal digits. */
static void decode(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (from[0] == '\\' && strspn(from + 1, "01234567") >= 3) {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 |
				     (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/*
 * Look for the last mount of @device, or for the last on @path, whichever is not NULL;
 * fills in the other.
 */
static bool look(const char *device, const char *path, char *ret_device, size_t size,
		 char *ret_path)
{
	FILE *table = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t capacity = 0;
	bool found = false;

	while (table && getline(&line, &capacity, table) >= 0) {
		char this_device[32], *this_path = NULL;

		if (sscanf(line, "%*s %*s %31s %*s %ms", this_device, &this_path) == 2 &&
		    strlen(this_path) < PATH_MAX) {
			decode(this_path);
			if (path && strcmp(path, this_path) == 0) {
				snprintf(ret_device, size, "%s", this_device);
				found = true;
			} else if (device && strcmp(device, this_device) == 0) {
				memcpy(ret_path, this_path, strlen(this_path) + 1);
				found = true;
			}
		}
		free(this_path);
	}
	free(line);
	if (table)
		fclose(table);
	return found;
}

/* Newer kernels tell there; the number is that of the device. */
static bool ask_descriptor(int fd, char *ret, size_t size)
{
	static const char key[] = "fuse_connection:";
	char path[64], line[128];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && !found && fgets(line, sizeof(line), file))
		found = strncmp(line, key, sizeof(key) - 1) == 0;
	if (file)
		fclose(file);
	if (found)
		snprintf(ret, size, "0:%lu", strtoul(line + sizeof(key) - 1, NULL, 10));
	return found;
}

/*
 * Have the descriptor for us alone, so that the mount ends when we do, out of the way of
 * standard input and output, and as one that waits.
 */
static int take_descriptor(struct trfs_whereabouts *w, int given, struct trfs_error *err)
{
	int fd = fcntl(given, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0) {
		int rc = -errno;

		trfs_file_close(fd);
		return trfs_fail_errno(err, rc, "/dev/fd/%d", given);
	}
	trfs_file_close(given);
	w->is_given = true;
	snprintf(w->path, sizeof(w->path), "/dev/fd/%d", fd);
	return 0;
}

int trfs_whereabouts_take(struct trfs_whereabouts *w, const char *mountpoint,
			  struct trfs_error *err)
{
	int given = trfs_mountpoint_descriptor(mountpoint);

	if (given >= 0)
		return take_descriptor(w, given, err);
	if (!realpath(mountpoint, w->path))
		return trfs_fail_errno(err, -errno, "the mountpoint %s", mountpoint);
	return 0;
}

/* 0 where the kernel does not tell.  Asks nothing of who serves the mount. */
static uint64_t ask_unique_id(const char *path)
{
	struct statx st;

	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, MOUNT_ID_UNIQUE,
		  &st) < 0 ||
	    !(st.stx_mask & MOUNT_ID_UNIQUE))
		return 0;
	return st.stx_mnt_id;
}

void trfs_whereabouts_note(struct trfs_whereabouts *w, int fd)
{
	char path[PATH_MAX];

	if (ask_descriptor(fd, w->device, sizeof(w->device))) {
		/* Who mounted for us may have done so where we do not see it. */
		if (look(w->device, NULL, NULL, 0, path)) {
			w->unique_id = ask_unique_id(path);
			return;
		}
	} else if (look(NULL, w->path, w->device, sizeof(w->device), NULL)) {
		w->unique_id = ask_unique_id(w->path);
		return;
	}
	w->device[0] = '\0';
}

/* As long as it is, the kernel has the mount, and nobody else the number of its device.
 */
static bool is_connected(int fd)
{
	struct pollfd connection = { .fd = fd };

	return poll(&connection, 1, 0) == 0;
}

bool trfs_whereabouts_find(const struct trfs_whereabouts *w, int fd, char ret[PATH_MAX])
{
	char on_top[sizeof(w->device)];

	if (!look(w->device, NULL, NULL, 0, ret) ||
	    !look(NULL, ret, on_top, sizeof(on_top), NULL) ||
	    strcmp(on_top, w->device) != 0)
		return false;
	return is_connected(fd) || (w->unique_id && ask_unique_id(ret) == w->unique_id);
}
