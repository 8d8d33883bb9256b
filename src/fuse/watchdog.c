/* SPDX-License-Identifier: MIT */
/* Sleep, look, repeat; often only while something is read. */
#include "fuse/watchdog.h"

#include "base/clock.h"
#include "base/file.h"
#include <inttypes.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BUSY_MS 250u
#define IDLE_MS 1000u

/* Threads that have not ended so long after the mount did hang. */
#define LEAVE_MS 2000u

#define STOP_SECONDS 1

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
	if (watchdog->exited_ms == 0)
		watchdog->exited_ms = trfs_clock_ms();
	else if (trfs_clock_ms() - watchdog->exited_ms > LEAVE_MS)
		leave_connection(watchdog);
}

/* How long it may take until it has to be looked at again. */
static unsigned int look(struct trfs_service *service)
{
	struct trfs_rate_sample now = trfs_service_sample(service);
	unsigned int nr;

	trfs_rates_note(&service->rates, &now);
	name_stuck(service);
	trfs_state_tell_failing(service);
	trfs_pending_tick(&service->pending,
			  trfs_source_reads_nr_slow_ended(&service->reads));
	trfs_pending_nr_waiting(&service->pending, 0, &nr);
	return nr > 0 ? BUSY_MS : IDLE_MS;
}

/* Until it is to look again, or the end. */
static bool wait_ms(struct trfs_watchdog *watchdog, unsigned int ms)
{
	uint64_t until = trfs_clock_ms() + ms;
	bool has_ended;

	pthread_mutex_lock(&watchdog->lock);
	while (!watchdog->has_ended &&
	       trfs_clock_wait_until(&watchdog->ended, &watchdog->lock, until))
		;
	has_ended = watchdog->has_ended;
	pthread_mutex_unlock(&watchdog->lock);
	return !has_ended;
}

static void watch(void *user)
{
	struct trfs_watchdog *watchdog = user;
	unsigned int ms;

	do {
		ms = look(watchdog->service);
		look_at_end(watchdog);
	} while (wait_ms(watchdog, ms));
}

void trfs_watchdog_start(struct trfs_watchdog *watchdog, struct trfs_service *service,
			 struct fuse_session *session)
{
	*watchdog = (struct trfs_watchdog){ .service = service, .session = session };
	pthread_mutex_init(&watchdog->lock, NULL);
	trfs_clock_cond_init(&watchdog->ended);
	watchdog->has_thread = trfs_thread_start(&watchdog->thread, watch, watchdog) == 0;
}

bool trfs_watchdog_stop(struct trfs_watchdog *watchdog)
{
	pthread_mutex_lock(&watchdog->lock);
	watchdog->has_ended = true;
	pthread_cond_signal(&watchdog->ended);
	pthread_mutex_unlock(&watchdog->lock);
	if (watchdog->has_thread && !trfs_thread_join(&watchdog->thread, STOP_SECONDS))
		return false;
	pthread_cond_destroy(&watchdog->ended);
	pthread_mutex_destroy(&watchdog->lock);
	return true;
}
