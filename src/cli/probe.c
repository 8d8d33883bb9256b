/* SPDX-License-Identifier: MIT */
#include "cli/probe.h"

#include "base/clock.h"
#include "cli/mount_attribute.h"
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * In the child.  The kernel keeps no answer to this, as it does of files.  Who waits for
 * a request that was taken cannot be killed until the last descriptor of the mount is
 * closed, so that it must not be the child's own.
 */
static void ask(const char *mountpoint)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)close_range(0, ~0U, 0);
	_exit(trfs_mount_is_fuse(mountpoint) > 0 ? 0 : 1);
}

bool trfs_probe_ask(struct trfs_probe *probe)
{
	uint64_t now = trfs_clock_ms();

	if (probe->interval_ms == 0 || probe->child > 0 || now < probe->next_ms)
		return false;
	probe->next_ms = now + probe->interval_ms;
	if (!probe->mountpoint)
		return true;
	probe->child = fork();
	if (probe->child == 0)
		ask(probe->mountpoint);
	if (probe->child < 0)
		probe->child = 0;
	return false;
}

int trfs_probe_ms_left(const struct trfs_probe *probe)
{
	uint64_t now = trfs_clock_ms();

	if (probe->interval_ms == 0 || probe->child > 0)
		return -1;
	return probe->next_ms > now ? (int)(probe->next_ms - now) : 0;
}

bool trfs_probe_has_answer(struct trfs_probe *probe, pid_t child, int status)
{
	if (child != probe->child)
		return false;
	probe->child = 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void trfs_probe_stop(struct trfs_probe *probe)
{
	probe->interval_ms = 0;
	if (probe->child > 0)
		kill(probe->child, SIGKILL);
}
