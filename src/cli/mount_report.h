/* SPDX-License-Identifier: MIT */
/* What mount says when the mount answers. */
#ifndef TRFS_CLI_MOUNT_REPORT_H
#define TRFS_CLI_MOUNT_REPORT_H

#include "cli/command.h"
#include "index/generation.h"

/*
 * What was found, what is shown, and what to type next, or all of it as JSON, or, if
 * quiet, nothing.  @seconds: how long it took; @note: what else is to be told, or NULL.
 */
void trfs_mount_report_print(const struct trfs_settings *settings,
			     const struct trfs_generation *generation, double seconds,
			     const char *note);

#endif
