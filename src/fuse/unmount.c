/* SPDX-License-Identifier: MIT */
/* Unmounting as whoever we are: the system call where it is allowed, else the helper. */
#include "fuse/mountpoint.h"

#include "base/error.h"
#include "base/file.h"
#include "fuse/helper.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* The helper needs no more of the environment than where to look for it. */
static char *const helper_environment[] = {
	(char *)(uintptr_t) "PATH=/usr/bin:/bin:/usr/local/bin", NULL
};

static int wait_for(pid_t pid, int *ret_status)
{
	while (waitpid(pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* What the helper wrote to @fd, as one line without its own name in front. */
static void read_complaint(int fd, char *line, size_t size)
{
	ssize_t len = read(fd, line, size - 1);

	line[len > 0 ? len : 0] = '\0';
	trfs_complaint_trim(line);
}

static int start_helper(const char *path, bool lazy, int complaints, pid_t *ret_pid)
{
	char *arguments[] = { (char *)(uintptr_t) "fusermount3",
			      (char *)(uintptr_t)(lazy ? "-uz" : "-u"),
			      (char *)(uintptr_t) "--", (char *)(uintptr_t)path, NULL };
	posix_spawn_file_actions_t actions;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc != 0)
		return -rc;
	rc = posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
	if (rc == 0)
		rc = posix_spawn(ret_pid, "/usr/bin/fusermount3", &actions, NULL,
				 arguments, helper_environment);
	if (rc == ENOENT)
		rc = posix_spawnp(ret_pid, "fusermount3", &actions, NULL, arguments,
				  helper_environment);
	posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

static int run_helper(const char *path, bool lazy, struct trfs_error *err)
{
	char complaint[256] = "";
	int status = 0;
	int ends[2];
	pid_t pid;
	int rc;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return trfs_fail_errno(err, -errno, "starting fusermount3");
	rc = start_helper(path, lazy, ends[1], &pid);
	trfs_file_close(ends[1]);
	if (rc < 0) {
		trfs_file_close(ends[0]);
		return trfs_fail_errno(err, rc, "starting fusermount3");
	}
	read_complaint(ends[0], complaint, sizeof(complaint));
	trfs_file_close(ends[0]);
	rc = wait_for(pid, &status);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "waiting for fusermount3");
	if (status == 0)
		return 0;
	if (strstr(complaint, "busy"))
		return -EBUSY;
	return trfs_fail(err, -EPERM, "unmounting %s: %s", path,
			 *complaint ? complaint : "fusermount3 failed");
}

int trfs_mountpoint_unmount(const char *path, bool lazy, struct trfs_error *err)
{
	int rc = 0;

	if (umount2(path, UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0)) < 0)
		rc = -errno;
	if (rc == -EPERM)
		rc = run_helper(path, lazy, err);
	else if (rc == -EINVAL)
		return trfs_fail(err, rc, "nothing is mounted on %s", path);
	else if (rc < 0 && rc != -EBUSY)
		return trfs_fail_errno(err, rc, "unmounting %s", path);
	if (rc == -EBUSY)
		return trfs_fail(
			err, rc,
			"%s is in use; close what is open in it (fuser -vm %s shows "
			"who), or type tfrecordfs umount --lazy %s",
			path, path, path);
	return rc;
}
