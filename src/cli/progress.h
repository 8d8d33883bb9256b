/* SPDX-License-Identifier: MIT */
/* Long work as a bar with rate and time left; as lines where there is no terminal. */
#ifndef TRFS_CLI_PROGRESS_H
#define TRFS_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <tfrecordfs/progress.h>

/**
 * struct trfs_progress_bar - one bar on standard error
 * @terminal: redraw a line; otherwise print one every ten seconds
 * @in_bytes: what is counted are bytes
 * @what: the stage being shown
 */
struct trfs_progress_bar {
	bool terminal;
	bool in_bytes;
	char what[96];
	uint64_t started_ns;
	uint64_t shown_ns;
	bool open; /* a line is on the terminal without its newline */
};

/* A listener for @bar; one that hears nothing when @quiet. */
struct trfs_progress trfs_progress_bar_init(struct trfs_progress_bar *bar, bool quiet);

/* End the line that may be on the terminal. */
void trfs_progress_bar_done(struct trfs_progress_bar *bar);

#endif
