/* SPDX-License-Identifier: MIT */
/*
 * Asking what may never answer: a mount whose process hangs, /proc of a process that
 * does.  A child asks, and is left behind where it cannot be killed either.
 */
#ifndef TRFS_CLI_ASK_H
#define TRFS_CLI_ASK_H

#include "base/buffer.h"
#include "base/clock.h"
#include <sys/types.h>

/**
 * struct trfs_question - one that was asked
 * @fd: where the answer arrives; -1 where it could not be asked
 */
struct trfs_question {
	pid_t child;
	int fd;
};

/* Write the answer to @fd; 0, or -errno.  Runs in a child that does nothing else. */
typedef int trfs_ask_function(const char *about, int fd);

/* The process must have no other threads. */
struct trfs_question trfs_ask(trfs_ask_function *function, const char *about);

/* Of a mount: its own file @name ("status", "metrics", "log", "version"). */
struct trfs_question trfs_ask_mount(const char *mountpoint, const char *name);

/*
 * Parse the value of --timeout, in seconds; NULL: @by_default.  False, which is told,
 * where it is none.
 */
bool trfs_ask_timeout(const char *text, double by_default, double *ret_seconds);

/*
 * Take the answer, appended to @ret.  To be called once for each question.
 *
 * Return: 0; -ETIMEDOUT at @deadline_ms of trfs_clock_ms(); -ECHILD where it could not be
 *asked; what the function returned.
 */
TRFS_MUST_CHECK
int trfs_ask_finish(struct trfs_question *question, uint64_t deadline_ms,
		    struct trfs_buffer *ret);

#endif
