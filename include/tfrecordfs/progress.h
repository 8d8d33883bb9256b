/* SPDX-License-Identifier: MIT */
/* How long work tells its caller how far it is. */
#ifndef TFRECORDFS_PROGRESS_H
#define TFRECORDFS_PROGRESS_H

#include <stdint.h>

/**
 * struct trfs_progress - a caller's ear for long work
 * @report: called now and then with what is being done ("Reading labels.csv",
 *          "Scanning images"), how many rows or images are done and how many
 *          there are; @total is 0 while unknown.  Called from one thread at a time,
 *          at least when a stage begins, and with @done == @total when it ends; must
 *          return soon
 * @user: handed back to @report
 *
 * A NULL struct or a NULL @report means nobody listens.
 */
struct trfs_progress {
	void (*report)(void *user, const char *what, uint64_t done, uint64_t total);
	void *user;
};

#endif
