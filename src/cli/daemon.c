/* SPDX-License-Identifier: MIT */
/*
 * The child writes one message: a byte for how it went and a struct trfs_error.  A pipe
 * that closes without one is a child that died.
 */
#include "cli/daemon.h"

#include "base/error.h"
#include "base/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct message {
	bool ready;
	struct trfs_error text;
};

int trfs_daemon_start(struct trfs_daemon *d, struct trfs_error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return trfs_fail_errno(err, -errno, "starting in the background");
	fflush(NULL);
	d->child = fork();
	if (d->child < 0) {
		int rc = -errno;

		trfs_file_close(ends[0]);
		trfs_file_close(ends[1]);
		if (rc == -EAGAIN)
			return trfs_fail(err, rc,
					 "starting in the background: no more processes "
					 "may be started (see ulimit -u, or the limit of "
					 "the container)");
		return trfs_fail_errno(err, rc, "starting in the background");
	}
	d->is_child = d->child == 0;
	d->pipe_fd = d->is_child ? ends[1] : ends[0];
	trfs_file_close(d->is_child ? ends[0] : ends[1]);
	return 0;
}

static void send_message(struct trfs_daemon *d, const struct message *message)
{
	/* Smaller than PIPE_BUF, so whole or not at all; a parent that is gone is fine.
	 */
	_Static_assert(sizeof(*message) <= 4096, "fits a pipe's atomic write");
	ssize_t written = write(d->pipe_fd, message, sizeof(*message));

	(void)written;
	trfs_file_close(d->pipe_fd);
	d->pipe_fd = -1;
}

/* What was inherited passed exec, and all of ours would not. */
void trfs_daemon_close_inherited(int but)
{
	DIR *descriptors = opendir("/proc/self/fd");
	const struct dirent *entry;

	/* Without /proc they stay, which does little harm. */
	if (!descriptors)
		return;
	while ((entry = readdir(descriptors)) != NULL) {
		int fd = (int)strtol(entry->d_name, NULL, 10);

		if (fd > STDERR_FILENO && fd != but && !(fcntl(fd, F_GETFD) & FD_CLOEXEC))
			close(fd);
	}
	closedir(descriptors);
}

void trfs_daemon_leave_session(void)
{
	(void)setsid();
}

void trfs_daemon_leave_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	trfs_daemon_leave_session();
	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
}

void trfs_daemon_ready(struct trfs_daemon *d, const char *note)
{
	struct message message = { .ready = true };

	if (note)
		trfs_fail(&message.text, -EPERM, "%s", note);
	send_message(d, &message);
}

void trfs_daemon_failed(struct trfs_daemon *d, const struct trfs_error *err)
{
	struct message message = { .ready = false, .text = *err };

	send_message(d, &message);
}

int trfs_daemon_fail_silent(int status, struct trfs_error *err)
{
	if (WIFSIGNALED(status))
		return trfs_fail(err, -ECHILD,
				 "the process that serves died of signal %d (%s) before "
				 "the mount answered",
				 WTERMSIG(status), strsignal(WTERMSIG(status)));
	return trfs_fail(
		err, -ECHILD,
		"the process that serves ended before the mount answered; try with "
		"--foreground");
}

int trfs_daemon_receive(struct trfs_daemon *d, struct trfs_error *note,
			struct trfs_error *err)
{
	struct message message;
	ssize_t len;

	do
		len = read(d->pipe_fd, &message, sizeof(message));
	while (len < 0 && errno == EINTR);
	trfs_file_close(d->pipe_fd);
	d->pipe_fd = -1;
	if (len != (ssize_t)sizeof(message))
		return -ECHILD;
	if (!message.ready) {
		*err = message.text;
		return message.text.code < 0 ? message.text.code : -EIO;
	}
	*note = message.text;
	return 0;
}

int trfs_daemon_wait(struct trfs_daemon *d, struct trfs_error *note,
		     struct trfs_error *err)
{
	int rc = trfs_daemon_receive(d, note, err);
	int status = 0;

	if (rc != -ECHILD || err->code)
		return rc;
	while (waitpid(d->child, &status, 0) < 0 && errno == EINTR)
		;
	return trfs_daemon_fail_silent(status, err);
}
