/* SPDX-License-Identifier: MIT */
#include "cli/log.h"

#include "cli/output.h"
#include <syslog.h>

void trfs_log_print_line(const char *mountpoint, enum trfs_log_level level,
			 const char *line)
{
	static const int priorities[] = {
		[TRFS_LOG_ERROR] = LOG_ERR,	[TRFS_LOG_WARNING] = LOG_WARNING,
		[TRFS_LOG_NOTICE] = LOG_NOTICE, [TRFS_LOG_INFO] = LOG_INFO,
		[TRFS_LOG_DEBUG] = LOG_DEBUG,
	};

	if (mountpoint)
		syslog(priorities[level], "%s: %s", mountpoint, line);
	else if (level == TRFS_LOG_ERROR)
		trfs_output_error("%s", line);
	else
		trfs_output_note("%s", line);
}
