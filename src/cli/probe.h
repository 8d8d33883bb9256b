/* SPDX-License-Identifier: MIT */
/*
 * Whether a mount answers, asked again and again by a child: who asks a mount that hangs
 * hangs with it.
 */
#ifndef TRFS_CLI_PROBE_H
#define TRFS_CLI_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct trfs_probe - a question every now and then
 * @mountpoint: borrowed; NULL: who serves is asked no more than to exist
 * @interval_ms: 0: never
 * @next_ms: when it is due, by base/clock.h
 * @child: who asks now; 0: nobody
 */
struct trfs_probe {
	const char *mountpoint;
	uint64_t interval_ms;
	uint64_t next_ms;
	pid_t child;
};

/*
 * Ask if that is due and nobody asks yet; true where nothing has to be asked.  The
 * process must have no other threads.
 */
bool trfs_probe_ask(struct trfs_probe *probe);

/* How long until it is due; -1: never, or not before the child has ended. */
int trfs_probe_ms_left(const struct trfs_probe *probe);

/* The caller has collected @child; true if it was ours and the mount has answered. */
bool trfs_probe_has_answer(struct trfs_probe *probe, pid_t child, int status);

/* End who asks, where it can be; the caller collects it. */
void trfs_probe_stop(struct trfs_probe *probe);

#endif
