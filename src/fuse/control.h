/* SPDX-License-Identifier: MIT */
/*
 * Telling a mount what to do: an ioctl on its root directory with a line of text, which
 * is answered by another.  It needs no signal, so it works from another PID namespace,
 * and is for the user who mounted and for root.
 */
#ifndef TRFS_FUSE_CONTROL_H
#define TRFS_FUSE_CONTROL_H

#include "base/compiler.h"
#include <sys/ioctl.h>

#define TRFS_CONTROL_TEXT_MAX 1024

struct trfs_control_message {
	char text[TRFS_CONTROL_TEXT_MAX]; /* ends with a NUL */
};

#define TRFS_CONTROL _IOWR('T', 0x52, struct trfs_control_message)

/**
 * trfs_control_send() - tell the mount on @mountpoint
 * @text: "reload", or what the program that serves knows
 * @answer: TRFS_CONTROL_TEXT_MAX bytes
 *
 * Return: 0; -ENOTTY where no mount of ours is; -EPERM of another user's; -EINVAL for
 *	what it does not know; or what reaching it fails with.
 */
TRFS_MUST_CHECK
int trfs_control_send(const char *mountpoint, const char *text, char *answer,
		      struct trfs_error *err);

#endif
