/* SPDX-License-Identifier: MIT */
/* What an export tells at its end: what is there, what is missing, what to type next. */
#ifndef TRFS_CLI_EXPORT_PRINT_H
#define TRFS_CLI_EXPORT_PRINT_H

#include "cli/command.h"
#include "stream/export.h"

/* On standard output, as text or JSON, and what failed on standard error; the exit code
 * of @rc and @err, what trfs_export_run() returned.  @mountpoint: NULL: of a source. */
int trfs_export_print(const struct trfs_settings *settings,
		      const struct trfs_export_request *request,
		      const struct trfs_export_result *result, const char *mountpoint,
		      int rc, const struct trfs_error *err);

#endif
