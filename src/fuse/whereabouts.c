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

/* A line of the table: where the mount is, and the number of its device. */
struct row {
	char device[32];
	char path[PATH_MAX];
};

/* The next one that is as it should be; *@line is the caller's to free. */
static bool read_row(FILE *table, char **line, size_t *capacity, struct row *ret)
{
	while (table && getline(line, capacity, table) >= 0) {
		char *path = NULL;
		bool is_row =
			sscanf(*line, "%*s %*s %31s %*s %ms", ret->device, &path) == 2 &&
			strlen(path) < sizeof(ret->path);

		if (is_row) {
			decode(path);
			memcpy(ret->path, path, strlen(path) + 1);
		}
		free(path);
		if (is_row)
			return true;
	}
	return false;
}

/* The device of what is mounted last on @path. */
static bool find_device(const char *path, char ret[32])
{
	FILE *table = fopen("/proc/self/mountinfo", "re");
	struct row row;
	char *line = NULL;
	size_t capacity = 0;
	bool found = false;

	while (read_row(table, &line, &capacity, &row)) {
		if (strcmp(row.path, path) != 0)
			continue;
		memcpy(ret, row.device, sizeof(row.device));
		found = true;
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

/* Where @device is mounted: the first such path that @is_it takes. */
static bool find_path(const char *device,
		      bool (*is_it)(const void *user, const char *path), const void *user,
		      char ret[PATH_MAX])
{
	FILE *table = fopen("/proc/self/mountinfo", "re");
	struct row row;
	char *line = NULL;
	size_t capacity = 0;
	bool found = false;

	while (!found && read_row(table, &line, &capacity, &row)) {
		found = strcmp(row.device, device) == 0 && is_it(user, row.path);
		if (found)
			memcpy(ret, row.path, strlen(row.path) + 1);
	}
	free(line);
	if (table)
		fclose(table);
	return found;
}

static bool is_any(const void *user, const char *path)
{
	(void)user;
	(void)path;
	return true;
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
		if (find_path(w->device, is_any, NULL, path)) {
			w->unique_id = ask_unique_id(path);
			return;
		}
	} else if (find_device(w->path, w->device)) {
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

struct search {
	const struct trfs_whereabouts *w;
	int fd;
};

static bool is_ours(const void *user, const char *path)
{
	const struct search *search = user;
	const struct trfs_whereabouts *w = search->w;
	char on_top[sizeof(w->device)];

	if (!find_device(path, on_top) || strcmp(on_top, w->device) != 0)
		return false;
	return is_connected(search->fd) ||
	       (w->unique_id && ask_unique_id(path) == w->unique_id);
}

bool trfs_whereabouts_find(const struct trfs_whereabouts *w, int fd, char ret[PATH_MAX])
{
	const struct search search = { w, fd };

	return find_path(w->device, is_ours, &search, ret);
}
