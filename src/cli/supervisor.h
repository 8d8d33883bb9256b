/* SPDX-License-Identifier: MIT */
/*
 * What a service manager hears of a mount: that it is ready, what it does, that it
 * answers.  With nobody to hear it nothing here does anything.
 */
#ifndef TRFS_CLI_SUPERVISOR_H
#define TRFS_CLI_SUPERVISOR_H

#include "cli/notify.h"
#include "fuse/state.h"
#include <tfrecordfs/progress.h>

/**
 * struct trfs_supervisor - the manager, and what it was told
 * @pipe: by which the process that serves tells the keeper of changes; -1 where nobody
 *	is told
 * @mountpoint: borrowed
 * @told_ms: when progress was last told, by base/clock.h
 * @is_reloading: it was told of a reload
 */
struct trfs_supervisor {
	struct trfs_notify notify;
	int pipe[2];
	const char *mountpoint;
	uint64_t told_ms;
	bool is_reloading;
};

/* @is_wanted: else nobody hears, whatever the environment says. */
void trfs_supervisor_begin(struct trfs_supervisor *supervisor, const char *mountpoint,
			   bool is_wanted);
void trfs_supervisor_done(struct trfs_supervisor *supervisor);

/* A listener for the time before the mount: it is told to wait longer. */
struct trfs_progress trfs_supervisor_progress(struct trfs_supervisor *supervisor);

/* The mount answers. */
void trfs_supervisor_ready(const struct trfs_supervisor *supervisor, uint64_t nr_shards,
			   uint64_t nr_records);

/* In the process that serves: hand @state to the keeper. */
void trfs_supervisor_pass(const struct trfs_supervisor *supervisor,
			  const struct trfs_mount_state *state);

/* In the keeper, when the pipe can be read: tell what was passed. */
void trfs_supervisor_relay(struct trfs_supervisor *supervisor);

/* The mount answers still. */
void trfs_supervisor_is_alive(const struct trfs_supervisor *supervisor);

void trfs_supervisor_stopping(const struct trfs_supervisor *supervisor);

#endif
