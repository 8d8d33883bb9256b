/* SPDX-License-Identifier: MIT */
#include "fuse/clock_text.h"

#include <stdio.h>
#include <time.h>

int64_t trfs_clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

void trfs_clock_text(int64_t seconds, char ret[TRFS_CLOCK_TEXT_SIZE])
{
	time_t time = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&time, &tm) ||
	    strftime(ret, TRFS_CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(ret, TRFS_CLOCK_TEXT_SIZE, "(no time)");
}
