/* SPDX-License-Identifier: MIT */
/* umount: end a mount, and wait until its process is gone. */
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/json_output.h"
#include "cli/mount_attribute.h"
#include "cli/output.h"

#include "fuse/mountpoint.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Closing a mapped index takes milliseconds; a hanging source is not waited for. */
#define WAIT_MS	  5000
#define ANSWER_MS 2000

/* In a child, as a mount that hangs does not answer. */
static int tell_pid(const char *mountpoint, int fd)
{
	char text[32];

	if (!trfs_mount_attribute(mountpoint, "pid", text, sizeof(text)))
		return -ENODATA;
	return dprintf(fd, "%s", text) < 0 ? -EPIPE : 0;
}

/* A descriptor of the serving process, so that its number cannot become another's. */
static int open_server(const char *mountpoint)
{
	struct trfs_question question = trfs_ask(tell_pid, mountpoint);
	struct trfs_buffer text;
	long pid = 0;

	trfs_buffer_init(&text, 64);
	if (trfs_ask_finish(&question, trfs_clock_ms() + ANSWER_MS, &text) == 0 &&
	    trfs_buffer_text(&text))
		pid = strtol(trfs_buffer_text(&text), NULL, 10);
	trfs_buffer_done(&text);
	return pid > 0 ? (int)syscall(SYS_pidfd_open, (pid_t)pid, 0) : -1;
}

int trfs_cmd_umount(const struct trfs_settings *settings)
{
	const char *mountpoint = settings->positionals[0];
	struct trfs_error err = { 0 };
	struct pollfd server = { .fd = open_server(mountpoint), .events = POLLIN };
	int rc = trfs_mountpoint_unmount(mountpoint, settings->lazy, &err);

	/* A dead mount refuses the plain way only where something still uses it. */
	if (rc < 0) {
		trfs_output_error("%s", err.message);
		return TRFS_EXIT_MOUNT;
	}
	if (server.fd >= 0) {
		if (!settings->lazy)
			poll(&server, 1, WAIT_MS);
		close(server.fd);
	}
	if (settings->json)
		return trfs_json_print(json_pack("{s:b}", "unmounted", 1),
				       TRFS_EXIT_DONE);
	return TRFS_EXIT_DONE;
}
