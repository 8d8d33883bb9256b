/* SPDX-License-Identifier: MIT */
/* Sleep, look, repeat; often only while something is read. */
#include "fuse/watchdog.h"

#include "base/file.h"
#include "fuse/clock_text.h"
#include <inttypes.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define BUSY_MS 250u
#define IDLE_MS 1000u

/* Threads that have not ended so long after the mount did hang. */
#define LEAVE_SECONDS 2u

static void name_stuck(struct trfs_service *service)
{
	struct trfs_buffer path;
	uint64_t ms;

	trfs_buffer_init(&path, 1 << 16);
	while (trfs_source_reads_next_stuck(&service->reads, TRFS_STUCK_MS, &path, &ms)) {
		const char *text = trfs_buffer_text(&path);

		trfs_log_line(&service->log, TRFS_LOG_WARNING,
			      "a read of %s is stuck, since %" PRIu64
			      " s; whoever reads its record waits",
			      text ? text : "a file", ms / 1000);
		trfs_buffer_reset(&path);
	}
	trfs_buffer_done(&path);
}

/*
 * A thread that hangs in its storage keeps the process, and with it the kernel's
 * connection, even where the process was killed: readers would wait for it.
 */
static void leave_connection(const struct trfs_watchdog *watchdog)
{
	int other = eventfd(0, EFD_CLOEXEC);

	if (other < 0)
		return;
	dup2(other, fuse_session_fd(watchdog->session));
	trfs_file_close(other);
}

static void look_at_end(struct trfs_watchdog *watchdog)
{
	if (!fuse_session_exited(watchdog->session))
		return;
	trfs_pending_refuse(&watchdog->service->pending);
	if (watchdog->exited_at == 0)
		watchdog->exited_at = trfs_clock_steady();
	else if (trfs_clock_steady() - watchdog->exited_at > LEAVE_SECONDS)
		leave_connection(watchdog);
}

/* How long it may take until it has to be looked at again. */
static unsigned int look(struct trfs_service *service)
{
	unsigned int nr;

	name_stuck(service);
	trfs_pending_tick(&service->pending,
			  trfs_source_reads_nr_slow_ended(&service->reads));
	trfs_pending_nr_waiting(&service->pending, 0, &nr);
	return nr > 0 ? BUSY_MS : IDLE_MS;
}

static void add_ms(struct timespec *time, unsigned int ms)
{
	time->tv_nsec += (long)ms * 1000000;
	time->tv_sec += time->tv_nsec / 1000000000;
	time->tv_nsec %= 1000000000;
}

static void *watch(void *user)
{
	struct trfs_watchdog *watchdog = user;
	struct timespec next;

	pthread_mutex_lock(&watchdog->lock);
	while (!watchdog->has_ended) {
		unsigned int ms;

		pthread_mutex_unlock(&watchdog->lock);
		ms = look(watchdog->service);
		look_at_end(watchdog);
		pthread_mutex_lock(&watchdog->lock);
		clock_gettime(CLOCK_MONOTONIC, &next);
		add_ms(&next, ms);
		while (!watchdog->has_ended &&
		       pthread_cond_timedwait(&watchdog->ended, &watchdog->lock, &next) ==
			       0)
			;
	}
	pthread_mutex_unlock(&watchdog->lock);
	return NULL;
}

void trfs_watchdog_start(struct trfs_watchdog *watchdog, struct trfs_service *service,
			 struct fuse_session *session)
{
	pthread_condattr_t attributes;
	sigset_t all, before;

	*watchdog = (struct trfs_watchdog){ .service = service, .session = session };
	pthread_mutex_init(&watchdog->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&watchdog->ended, &attributes);
	pthread_condattr_destroy(&attributes);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	watchdog->has_thread =
		pthread_create(&watchdog->thread, NULL, watch, watchdog) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void trfs_watchdog_stop(struct trfs_watchdog *watchdog)
{
	pthread_mutex_lock(&watchdog->lock);
	watchdog->has_ended = true;
	pthread_cond_signal(&watchdog->ended);
	pthread_mutex_unlock(&watchdog->lock);
	if (watchdog->has_thread)
		pthread_join(watchdog->thread, NULL);
	pthread_cond_destroy(&watchdog->ended);
	pthread_mutex_destroy(&watchdog->lock);
}
