/* SPDX-License-Identifier: MIT */
/* Where the lines of a mount's log go. */
#ifndef TRFS_CLI_LOG_H
#define TRFS_CLI_LOG_H

#include "fuse/log.h"

/*
 * To standard error, as errors or notes are; or to syslog, with @mountpoint in front,
 * where that is not NULL.
 */
void trfs_log_print_line(const char *mountpoint, enum trfs_log_level level,
			 const char *line);

#endif
