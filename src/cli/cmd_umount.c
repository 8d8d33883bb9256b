/* SPDX-License-Identifier: MIT */
/* umount: end a mount, and wait until its process is gone. */
#include "cli/command.h"
#include "cli/json_output.h"
#include "cli/mount_list.h"
#include "cli/output.h"

#include "base/error.h"
#include "base/file.h"
#include "fuse/mountpoint.h"
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Closing a mapped index takes milliseconds; a hanging source is not waited for. */
#define WAIT_MS 5000

/* Without directory, and as it was before another was installed in its place. */
static bool read_program(const char *path, char ret[PATH_MAX])
{
	char text[PATH_MAX];
	ssize_t len = readlink(path, text, sizeof(text) - 1);
	char *end, *slash;

	if (len < 0)
		return false;
	text[len] = '\0';
	end = strstr(text, " (deleted)");
	if (end)
		*end = '\0';
	slash = strrchr(text, '/');
	snprintf(ret, PATH_MAX, "%s", slash ? slash + 1 : text);
	return true;
}

/*
 * A descriptor of the process that keeps the mount, so that its number cannot become
 * another's.  One that serves from a container has its number there, which may be
 * anybody's here.
 */
static int open_keeper(pid_t pid)
{
	char path[64], its[PATH_MAX], ours[PATH_MAX];
	int fd;

	if (pid <= 0)
		return -1;
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	if (fd >= 0 && read_program(path, its) && read_program("/proc/self/exe", ours) &&
	    strcmp(its, ours) == 0)
		return fd;
	trfs_file_close(fd);
	return -1;
}

/* Whether @entry is ours, and to be unmounted by its path. */
static int check(const struct trfs_mount_entry *entry, pid_t *ret_pid,
		 struct trfs_error *err)
{
	const char *path = entry->mountpoint;
	int rc = trfs_mount_entry_ask(entry, ret_pid);

	if (entry->is_covered)
		return trfs_fail(err, -EBUSY,
				 "something else is mounted on top of the mount on %s; "
				 "end that first: umount %s",
				 path, path);
	if (entry->is_plain && rc < 0 && rc != -ENOTCONN)
		return trfs_fail(err, -EPERM,
				 "what is mounted on %s does not say that it is ours; to "
				 "end it all the same: umount %s",
				 path, path);
	return 0;
}

static int unmount(const struct trfs_settings *settings,
		   const struct trfs_mount_entry *entry, struct trfs_error *err)
{
	struct pollfd keeper = { .events = POLLIN };
	pid_t pid;
	int rc = check(entry, &pid, err);

	if (rc < 0)
		return rc;
	keeper.fd = open_keeper(pid);
	/* A dead mount refuses the plain way only where something still uses it. */
	rc = trfs_mountpoint_unmount(entry->mountpoint, settings->lazy, err);
	if (rc == 0 && keeper.fd >= 0 && !settings->lazy)
		poll(&keeper, 1, WAIT_MS);
	trfs_file_close(keeper.fd);
	return rc;
}

int trfs_cmd_umount(const struct trfs_settings *settings)
{
	struct trfs_mount_list list;
	struct trfs_error err = { 0 };
	int rc = trfs_mount_list_read(&list, settings->positionals[0], &err);

	if (rc == 0) {
		rc = unmount(settings, &list.entries[0], &err);
		trfs_mount_list_done(&list);
	}
	if (rc < 0) {
		trfs_output_error("%s", err.message);
		return TRFS_EXIT_MOUNT;
	}
	if (settings->json)
		return trfs_json_print(json_pack("{s:b}", "unmounted", 1),
				       TRFS_EXIT_DONE);
	return TRFS_EXIT_DONE;
}
