/* SPDX-License-Identifier: MIT */
/*
 * The two processes of a mount.  The keeper, which is the one to send signals to, holds
 * the mount and does nothing else: it ends the mount when it is told to, and starts
 * another worker when one dies.  The worker serves.  When the keeper dies, so does the
 * worker.
 */
#ifndef TRFS_CLI_KEEPER_H
#define TRFS_CLI_KEEPER_H

#include "cli/daemon.h"
#include "cli/supervisor.h"
#include "fuse/mount.h"
#include <signal.h>

/**
 * struct trfs_keeper_job - what to do, with @user for all
 * @serve: in a worker: trfs_mount_serve(), calling trfs_daemon_ready(@worker) when the
 *	mount answers; @died_of: the signal that killed the worker before; 0: none did
 * @ready: in the keeper, when the mount answers for the first time; @note may be NULL
 * @log: a line about workers that died
 * @supervisor: who is told how it goes
 */
struct trfs_keeper_job {
	int (*serve)(void *user, struct trfs_daemon *worker, int died_of,
		     struct trfs_error *err);
	void (*ready)(void *user, const char *note);
	void (*log)(void *user, const char *message);
	struct trfs_supervisor *supervisor;
	void *user;
};

/**
 * struct trfs_keeper_signals - how signals were before trfs_keeper_hold_signals()
 */
struct trfs_keeper_signals {
	sigset_t mask;
	void (*at_pipe)(int);
};

/*
 * Before trfs_mount_open(): signals to end wait for trfs_keeper_run(), as a process that
 * they ended in between would leave a mount that nobody serves.
 */
void trfs_keeper_hold_signals(struct trfs_keeper_signals *ret_before);
void trfs_keeper_release_signals(const struct trfs_keeper_signals *before);

/**
 * trfs_keeper_run() - keep @mount until it was unmounted, or SIGTERM or SIGINT; unmount
 * @before: of trfs_keeper_hold_signals(), for workers; the caller releases them
 *
 * SIGHUP is handed on to the worker.  Whoever is our child is collected, as the first
 * process of a container has to do.  No other thread may exist.  Workers end in here,
 * by exit().
 *
 * Return: 0; why the first worker could not serve; -EIO after workers have died one after
 *	the other, or where requests of a dead one could not be got back.
 */
TRFS_MUST_CHECK
int trfs_keeper_run(struct trfs_mount *mount, const struct trfs_keeper_job *job,
		    const struct trfs_keeper_signals *before, struct trfs_error *err);

#endif
