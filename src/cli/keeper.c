/* SPDX-License-Identifier: MIT */
/* Signals arrive as data (signalfd), so that there is one loop and no handler. */
#include "cli/keeper.h"

#include "base/clock.h"
#include "base/error.h"
#include "cli/probe.h"
#include "fuse/mountpoint.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Workers that die more often than this are not started again. */
#define NR_DEATHS_MAX  5
#define DEATHS_SECONDS 60
/* A worker that is told to end and hangs in its storage is killed after this. */
#define END_MS 5000

/**
 * struct keeper - the loop's state
 * @signals: the descriptor that they arrive by
 * @before: how workers have signals
 * @has_exited: the worker, with @status as of waitpid()
 * @probe: whether the mount answers
 * @was_ready: the mount has answered
 * @deaths: when, in ms of the clock, the last workers died
 * @is_ending: the mount was given up; @kill_at: when the worker will be killed
 */
struct keeper {
	struct trfs_mount *mount;
	const struct trfs_keeper_job *job;
	struct trfs_daemon worker;
	int signals;
	const struct trfs_keeper_signals *before;
	bool has_exited;
	int status;
	struct trfs_probe probe;
	int died_of; /* the signal that killed the last worker, or 0 */
	bool was_ready;
	bool has_reported;
	uint64_t deaths[NR_DEATHS_MAX];
	bool is_ending;
	uint64_t kill_at;
};

static const int ours[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };

static sigset_t set_of_ours(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < TRFS_COUNT(ours); i++)
		sigaddset(&set, ours[i]);
	return set;
}

void trfs_keeper_hold_signals(struct trfs_keeper_signals *ret_before)
{
	const sigset_t set = set_of_ours();

	sigprocmask(SIG_BLOCK, &set, &ret_before->mask);
	/* Who reads what we say may go, which is no reason to leave a mount behind. */
	ret_before->at_pipe = signal(SIGPIPE, SIG_IGN);
}

void trfs_keeper_release_signals(const struct trfs_keeper_signals *before)
{
	signal(SIGPIPE, before->at_pipe);
	sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

static int open_signals(struct keeper *k, struct trfs_error *err)
{
	const sigset_t set = set_of_ours();

	/* Nor may they be ignored, or have a handler, which libfuse would respect. */
	for (size_t i = 0; i < TRFS_COUNT(ours); i++)
		signal(ours[i], SIG_DFL);
	k->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (k->signals < 0)
		return trfs_fail_errno(err, -errno, "listening for signals");
	return 0;
}

/* In the child; does not return. */
static void work(struct keeper *k, pid_t keeper_pid)
{
	struct trfs_keeper_signals signals;
	struct trfs_error err = { 0 };
	int rc;

	/* Nobody else unmounts, so nobody may serve what nobody can end. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper_pid)
		_exit(1);
	close(k->signals);
	/* It may come at once, and is for those who wait for it. */
	signals = *k->before;
	sigaddset(&signals.mask, SIGHUP);
	trfs_keeper_release_signals(&signals);
	rc = k->job->serve(k->job->user, &k->worker, k->died_of, &err);
	if (rc < 0 && k->worker.pipe_fd >= 0)
		trfs_daemon_failed(&k->worker, &err);
	else if (rc < 0)
		k->job->log(k->job->user, err.message);
	k->mount = trfs_mount_leave(k->mount);
	exit(rc < 0);
}

static int start_worker(struct keeper *k, struct trfs_error *err)
{
	pid_t keeper_pid = getpid();
	int rc = trfs_daemon_start(&k->worker, err);

	if (rc < 0)
		return rc;
	k->has_reported = k->has_exited = false;
	if (k->worker.is_child)
		work(k, keeper_pid);
	return 0;
}

static void signal_worker(const struct keeper *k, int signal_number)
{
	/* Else it is somebody else's number. */
	if (!k->has_exited)
		kill(k->worker.child, signal_number);
}

/* Make the mount vanish; who serves it ends when all that is open was closed, or now. */
static void end_mount(struct keeper *k)
{
	if (k->is_ending)
		return;
	k->is_ending = true;
	trfs_supervisor_stopping(k->job->supervisor);
	trfs_probe_stop(&k->probe);
	k->kill_at = trfs_clock_ms() + END_MS;
	k->mount = trfs_mount_close(k->mount);
	signal_worker(k, SIGTERM);
}

/* Its one report; closes the pipe. */
static void take_report(struct keeper *k, struct trfs_error *err)
{
	struct trfs_error note = { 0 };

	k->has_reported = true;
	if (trfs_daemon_receive(&k->worker, &note, err) < 0)
		return;
	if (!k->was_ready)
		k->job->ready(k->job->user, note.code ? note.message : NULL);
	k->was_ready = true;
}

/* All who have ended; as the first process of a container, not our own children alone. */
static void collect(struct keeper *k)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == k->worker.child) {
			k->has_exited = true;
			k->status = status;
		} else if (trfs_probe_has_answer(&k->probe, pid, status)) {
			trfs_supervisor_is_alive(k->job->supervisor);
		}
	}
}

static void take_signals(struct keeper *k)
{
	struct signalfd_siginfo info;

	while (read(k->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			end_mount(k);
		else if (info.ssi_signo == SIGHUP)
			signal_worker(k, SIGHUP);
	}
}

static bool dies_too_often(struct keeper *k)
{
	uint64_t now = trfs_clock_ms();
	bool too_often = k->deaths[0] && now - k->deaths[0] < DEATHS_SECONDS * 1000;

	memmove(k->deaths, k->deaths + 1, sizeof(k->deaths) - sizeof(k->deaths[0]));
	k->deaths[NR_DEATHS_MAX - 1] = now;
	return too_often;
}

/* The worker died of @signal_number; -EIO where that ends the mount. */
static int replace_worker(struct keeper *k, int signal_number, struct trfs_error *err)
{
	char message[256];

	if (dies_too_often(k))
		return trfs_fail(err, -EIO,
				 "the process that serves died of signal %d (%s), the "
				 "%dth time within %d seconds; the mount is ended",
				 signal_number, strsignal(signal_number),
				 NR_DEATHS_MAX + 1, DEATHS_SECONDS);
	if (trfs_mount_resume(k->mount) < 0)
		return trfs_fail(err, -EIO,
				 "the process that serves died of signal %d (%s); the "
				 "mount is ended, as this kernel (before Linux 6.9) "
				 "cannot hand its requests to another",
				 signal_number, strsignal(signal_number));
	snprintf(message, sizeof(message),
		 "the process that serves died of signal %d (%s) and is replaced; what "
		 "was being read fails, and files that are open have to be opened again",
		 signal_number, strsignal(signal_number));
	k->job->log(k->job->user, message);
	k->died_of = signal_number;
	return start_worker(k, err);
}

/* Whether the worker has ended for good; @err tells if that was not as it should be. */
static bool has_ended(struct keeper *k, struct trfs_error *err)
{
	int status = k->status;

	if (!k->has_exited)
		return false;
	if (k->is_ending)
		return true;
	if (!k->has_reported)
		take_report(k, err);
	if (err->code)
		return true;
	if (!k->was_ready)
		return trfs_daemon_fail_silent(status, err) < 0;
	if (WIFSIGNALED(status))
		return replace_worker(k, WTERMSIG(status), err) < 0;
	if (WEXITSTATUS(status) != 0)
		trfs_fail(err, -EIO, "the process that serves ended with status %d",
			  WEXITSTATUS(status));
	return true;
}

static int ms_to_wait(const struct keeper *k)
{
	if (k->is_ending)
		return 1000;
	return k->was_ready ? trfs_probe_ms_left(&k->probe) : -1;
}

static void keep(struct keeper *k, struct trfs_error *err)
{
	struct trfs_supervisor *supervisor = k->job->supervisor;

	do {
		struct pollfd ready[] = {
			{ .fd = k->signals, .events = POLLIN },
			/* Who unmounts hears neither, and is not to spin on them. */
			{ .fd = k->has_reported || k->is_ending ? -1 : k->worker.pipe_fd,
			  .events = POLLIN },
			{ .fd = k->was_ready && !k->is_ending ? supervisor->pipe[0] : -1,
			  .events = POLLIN },
		};

		(void)poll(ready, TRFS_COUNT(ready), ms_to_wait(k));
		/* First what has been, then what is to be. */
		if (ready[1].revents)
			take_report(k, err);
		if (ready[2].revents)
			trfs_supervisor_relay(supervisor);
		take_signals(k);
		if (k->is_ending && trfs_clock_ms() >= k->kill_at)
			signal_worker(k, SIGKILL);
		collect(k);
		if (k->was_ready && trfs_probe_ask(&k->probe))
			trfs_supervisor_is_alive(supervisor);
	} while (!has_ended(k, err));
	if (!k->is_ending)
		trfs_supervisor_stopping(supervisor);
	trfs_probe_stop(&k->probe);
}

/* Where a descriptor was mounted is not known to us. */
static const char *mountpoint_to_ask(const struct trfs_supervisor *supervisor)
{
	const char *path = supervisor->mountpoint;

	return trfs_mountpoint_descriptor(path) < 0 ? path : NULL;
}

int trfs_keeper_run(struct trfs_mount *mount, const struct trfs_keeper_job *job,
		    const struct trfs_keeper_signals *before, struct trfs_error *err)
{
	struct keeper k = {
		.mount = mount,
		.job = job,
		.before = before,
		.probe = { .mountpoint = mountpoint_to_ask(job->supervisor),
			   /* In time even where one answer is late. */
			   .interval_ms = job->supervisor->notify.watchdog_ms / 3 },
	};
	int rc = open_signals(&k, err);

	if (rc == 0)
		rc = start_worker(&k, err);
	if (rc == 0) {
		keep(&k, err);
		rc = err->code;
	}
	if (k.signals >= 0)
		close(k.signals);
	trfs_mount_close(k.mount);
	return rc;
}
