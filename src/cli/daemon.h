/* SPDX-License-Identifier: MIT */
/*
 * A child that reports once how its start went: the mount in the background, which goes
 * on when its command has returned, and the process that serves it (keeper.h).
 */
#ifndef TRFS_CLI_DAEMON_H
#define TRFS_CLI_DAEMON_H

#include "base/compiler.h"
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct trfs_daemon - the two ends of a start
 * @is_child: this process is the child
 * @pipe_fd: from the child to the parent
 */
struct trfs_daemon {
	bool is_child;
	int pipe_fd;
	pid_t child;
};

/* Fork.  No other thread may exist.  Both return; see @is_child.  -errno. */
TRFS_MUST_CHECK
int trfs_daemon_start(struct trfs_daemon *d, struct trfs_error *err);

/*
 * In the child: close what the command inherited, as whoever waits for the end of a pipe
 * or lock means the command, not its daemon; but not @but, unless that is -1.
 */
void trfs_daemon_close_inherited(int but);

/*
 * In the child: no signal of the terminal's, but those before this one, is for us.  Not
 * to be called before the mount answers: an automounter, who waits for that, has all but
 * its own process group wait before they look at the mountpoint.
 */
void trfs_daemon_leave_session(void);

/* The same, and standard input, output and error become /dev/null. */
void trfs_daemon_leave_terminal(void);

/* In the child: tell the parent that all is well; @note may be NULL. */
void trfs_daemon_ready(struct trfs_daemon *d, const char *note);

/* In the child: tell the parent why it failed. */
void trfs_daemon_failed(struct trfs_daemon *d, const struct trfs_error *err);

/*
 * In the parent: wait for either.  0 with the note in @note (code 0: none), the child's
 * error, or -ECHILD without a word in @err when the child has ended without a word.
 */
TRFS_MUST_CHECK
int trfs_daemon_receive(struct trfs_daemon *d, struct trfs_error *note,
			struct trfs_error *err);

/* Why a child ended without a word, by its @status as of waitpid(); -ECHILD. */
TRFS_MUST_CHECK
int trfs_daemon_fail_silent(int status, struct trfs_error *err);

/* As trfs_daemon_receive(), and collects a child that has ended. */
TRFS_MUST_CHECK
int trfs_daemon_wait(struct trfs_daemon *d, struct trfs_error *note,
		     struct trfs_error *err);

#endif
