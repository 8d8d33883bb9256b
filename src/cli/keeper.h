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
 * trfs_keeper_run() - keep @mount until it was unmounted, or SIGTERM or SIGINT; unmount
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
		    struct trfs_error *err);

#endif
