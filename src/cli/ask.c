/* SPDX-License-Identifier: MIT */
/* The answer comes by a pipe; its last byte is how asking went. */
#include "cli/ask.h"
#include "cli/mount_attribute.h"
#include "cli/output.h"

#include "base/clock.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TIMEOUT_SECONDS_MAX 86400

/* In the child. */
static void answer(trfs_ask_function *function, const char *about, int fd)
{
	int rc = function(about, fd);
	uint8_t how = (uint8_t)-rc;

	_exit(write(fd, &how, 1) == 1 ? 0 : 1);
}

struct trfs_question trfs_ask(trfs_ask_function *function, const char *about)
{
	struct trfs_question question = { .child = -1, .fd = -1 };
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return question;
	fflush(NULL);
	question.child = fork();
	if (question.child == 0)
		answer(function, about, ends[1]);
	trfs_file_close(ends[1]);
	if (question.child < 0)
		trfs_file_close(ends[0]);
	else
		question.fd = ends[0];
	return question;
}

/*
 * Whether what is asked, MOUNTPOINT/.tfrecordfs/NAME, is still on a mount: one that ended
 * left a directory, in which there is nothing of that name either.
 */
static bool is_mounted(const char *path)
{
	char mountpoint[PATH_MAX];

	snprintf(mountpoint, sizeof(mountpoint), "%s", path);
	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(mountpoint, '/');

		if (slash)
			*slash = '\0';
	}
	return trfs_mount_is_fuse(mountpoint) > 0;
}

static int copy(const char *path, int fd)
{
	char piece[1 << 14];
	ssize_t got;
	int in = open(path, O_RDONLY | O_CLOEXEC);

	if (in < 0)
		return errno == ENOENT && !is_mounted(path) ? -ENODEV : -errno;
	while ((got = read(in, piece, sizeof(piece))) > 0)
		if (write(fd, piece, (size_t)got) != got)
			return -EPIPE;
	return got < 0 ? -errno : 0;
}

struct trfs_question trfs_ask_mount(const char *mountpoint, const char *name)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/.tfrecordfs/%s", mountpoint, name);

	if (len < 0 || (size_t)len >= sizeof(path))
		return (struct trfs_question){ .child = -1, .fd = -1 };
	return trfs_ask(copy, path);
}

/* All that arrives until the deadline; 1 where the deadline came first. */
static int receive(int fd, uint64_t deadline_ms, struct trfs_buffer *ret)
{
	uint8_t piece[1 << 14];

	for (;;) {
		struct pollfd answered = { .fd = fd, .events = POLLIN };
		uint64_t now = trfs_clock_ms();
		int left = deadline_ms > now ? (int)(deadline_ms - now) : 0;
		ssize_t got;

		if (poll(&answered, 1, left) <= 0)
			return -ETIMEDOUT;
		got = read(fd, piece, sizeof(piece));
		if (got <= 0)
			return got < 0 ? -errno : 0;
		trfs_buffer_put(ret, piece, (size_t)got);
	}
}

/* One that hangs in the kernel does not even die; it ends with what it waits for. */
static void collect(pid_t child)
{
	for (int i = 0; i < 20; i++) {
		const struct timespec moment = { .tv_nsec = 1000000 };

		kill(child, SIGKILL);
		if (waitpid(child, NULL, WNOHANG) != 0)
			return;
		nanosleep(&moment, NULL);
	}
}

int trfs_ask_finish(struct trfs_question *question, uint64_t deadline_ms,
		    struct trfs_buffer *ret)
{
	size_t before = ret->len;
	int rc;

	if (question->fd < 0)
		return -ECHILD;
	rc = receive(question->fd, deadline_ms, ret);
	trfs_file_close(question->fd);
	collect(question->child);
	if (rc < 0)
		return rc;
	if (ret->failed || ret->len == before)
		return ret->failed ? -ENOMEM : -ECHILD;
	return -(int)ret->data[--ret->len];
}

bool trfs_ask_timeout(const char *text, double by_default, double *ret_seconds)
{
	char *end;

	*ret_seconds = by_default;
	if (!text)
		return true;
	*ret_seconds = strtod(text, &end);
	if (*text && !*end && *ret_seconds > 0 && *ret_seconds <= TIMEOUT_SECONDS_MAX)
		return true;
	trfs_output_error("--timeout wants seconds, not \"%s\"", text);
	return false;
}
