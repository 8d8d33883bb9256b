/* SPDX-License-Identifier: MIT */
/* What a mount command says when the mount answers. */
#ifndef TRFS_CLI_MOUNTED_PRINT_H
#define TRFS_CLI_MOUNTED_PRINT_H

#include "cli/command.h"
#include <tfrecordfs/generation.h>

/*
 * The report on @generation, and where to look next; as JSON, or nothing, as @settings
 * say.  @seconds: how long mounting took; @note may be NULL.
 */
void trfs_mounted_print(const struct trfs_settings *settings,
			const struct trfs_generation *generation, double seconds,
			const char *note);

#endif
