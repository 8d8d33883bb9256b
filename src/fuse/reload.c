/* SPDX-License-Identifier: MIT */
/* One thread, which waits for a signal or a wish, and reloads. */
#include "fuse/reload.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "fuse/aging.h"
#include "fuse/invalidate.h"
#include "index/same_shards.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* A thread that does not reload ends at once. */
#define STOP_SECONDS 1

/* Who is told of its progress is so that often. */
#define TELL_MS 1000

/* What became of a generation that was opened. */
struct outcome {
	bool is_same;
	uint32_t nr_shards;
	uint32_t nr_changed;
	uint64_t nr_records;
};

static void report(void *user, const char *what, uint64_t done, uint64_t total)
{
	struct trfs_reload *r = user;

	pthread_mutex_lock(&r->lock);
	snprintf(r->what, sizeof(r->what), "%s", what);
	r->done = done;
	r->total = total;
	pthread_mutex_unlock(&r->lock);
	if (trfs_clock_ms() - r->told_ms >= TELL_MS) {
		r->told_ms = trfs_clock_ms();
		trfs_state_tell(r->service, r);
	}
}

/* Give those shards of @next their inodes that have not changed. */
static int keep_inodes(const struct trfs_served *current, struct trfs_served *next,
		       struct outcome *outcome, struct trfs_error *err)
{
	const struct trfs_generation *g = next->generation;
	uint32_t *same_as;
	int rc;

	outcome->nr_shards = outcome->nr_changed = trfs_plan_nr_shards(g->plan);
	outcome->nr_records = g->plan->nr_records;
	same_as = calloc((size_t)outcome->nr_shards + 1, sizeof(*same_as));
	if (!same_as)
		return trfs_fail_memory(err, "comparing shards");
	for (uint32_t shard = 0; shard < outcome->nr_shards; shard++)
		same_as[shard] = TRFS_SHARD_NONE;
	/* A reload is the way out of one that was damaged, so nothing of that is kept;
	 * and what the kernel knows of an inode it goes on believing. */
	rc = 0;
	if (trfs_generation_check(current->generation, NULL) == 0 &&
	    trfs_served_is_alike(current, next))
		rc = trfs_same_shards(current->generation, g, same_as, err);
	if (rc == 0 && trfs_served_keep(next, current, same_as) < 0)
		rc = trfs_fail_memory(err, "comparing shards");
	for (uint32_t shard = 0; rc == 0 && shard < outcome->nr_shards; shard++)
		outcome->nr_changed -= same_as[shard] != TRFS_SHARD_NONE;
	free(same_as);
	return rc;
}

/* Serve @generation, which is taken over. */
static int take_over(struct trfs_reload *r, struct trfs_served *current,
		     struct trfs_generation *generation, struct outcome *outcome,
		     struct trfs_error *err)
{
	struct trfs_served *next;
	int rc = trfs_service_prepare(r->service, generation, &next, err);

	if (rc < 0) {
		trfs_generation_free(generation);
		return rc;
	}
	rc = keep_inodes(current, next, outcome, err);
	if (rc < 0) {
		trfs_view_nodes_forget(r->service->nodes, next->number, 1);
		trfs_served_free(next);
		return rc;
	}
	report(r, "Switching", 0, 0);
	trfs_service_switch(r->service, next);
	trfs_invalidate_root(r->session, current, next);
	if (r->service->aging)
		trfs_aging_hurry(r->service->aging);
	pthread_mutex_lock(&r->lock);
	r->nr_switched++;
	pthread_mutex_unlock(&r->lock);
	return 0;
}

/* What may be read was said when the mount began, see confinement.h. */
TRFS_COLD
static int explain_confinement(int rc, struct trfs_error *err)
{
	char why[sizeof(err->message)];

	snprintf(why, sizeof(why), "%s", err->message);
	return trfs_fail(err, rc,
			 "%s; a directory that was put in the place of another since the "
			 "mount may not be read: mount again, or with --confine off",
			 why);
}

static int reload_upon(struct trfs_reload *r, struct trfs_served *current,
		       struct outcome *outcome, struct trfs_error *err)
{
	const char *path = trfs_generation_index_path(current->generation);
	TRFS_CLEANUP(trfs_file_closep)
	int index = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	const struct trfs_progress progress = { .report = report, .user = r };
	struct trfs_generation *generation = NULL;
	int rc = r->callbacks.open(r->callbacks.user, &progress, &generation, err);

	if (rc == -EACCES && r->service->confinement.parts & TRFS_CONFINE_LANDLOCK)
		return explain_confinement(rc, err);
	if (rc < 0)
		return rc;
	outcome->is_same = index >= 0 &&
			   trfs_same_index(index, trfs_generation_index_path(generation));
	if (outcome->is_same) {
		trfs_generation_free(generation);
		return 0;
	}
	return take_over(r, current, generation, outcome, err);
}

/* One sentence, for the log and for whoever asked. */
static void describe(int rc, const struct outcome *outcome, const struct trfs_error *err,
		     char *ret, size_t size)
{
	if (rc < 0)
		snprintf(ret, size,
			 "the reload failed, and what was shown before still is: %s",
			 err->message);
	else if (outcome->is_same)
		snprintf(ret, size, "reloaded: nothing has changed");
	else
		snprintf(ret, size,
			 "reloaded: %" PRIu32 " of %" PRIu32
			 " shards are new or changed; "
			 "%" PRIu64 " records",
			 outcome->nr_changed, outcome->nr_shards, outcome->nr_records);
}

static void reload_once(struct trfs_reload *r)
{
	struct trfs_served *current = trfs_service_current(r->service);
	char text[TRFS_RELOAD_TEXT_MAX];
	struct outcome outcome = { 0 };
	struct trfs_error err = { 0 };
	int rc = reload_upon(r, current, &outcome, &err);

	trfs_service_release(r->service, current);
	describe(rc, &outcome, &err, text, sizeof(text));
	trfs_log_line(&r->service->log, rc < 0 ? TRFS_LOG_ERROR : TRFS_LOG_NOTICE, "%s",
		      text);
	pthread_mutex_lock(&r->lock);
	r->code = rc;
	snprintf(r->text, sizeof(r->text), "%s", text);
	pthread_mutex_unlock(&r->lock);
}

/* Whether there is anything to do; from now on new wishes are for another one. */
static bool begin(struct trfs_reload *r, uint64_t *ret_number)
{
	bool is_wanted;

	pthread_mutex_lock(&r->lock);
	is_wanted = !r->has_ended && r->nr_wanted > r->nr_done;
	*ret_number = r->nr_wanted;
	r->is_running = is_wanted;
	r->done = r->total = 0;
	r->what[0] = '\0';
	pthread_mutex_unlock(&r->lock);
	return is_wanted;
}

static void end(struct trfs_reload *r, uint64_t number)
{
	pthread_mutex_lock(&r->lock);
	r->nr_done = number;
	r->is_running = false;
	pthread_mutex_unlock(&r->lock);
}

/* False when the mount ends. */
static bool wait_for_wish(struct trfs_reload *r)
{
	struct pollfd ready[] = {
		{ .fd = r->wake, .events = POLLIN },
		{ .fd = r->signals, .events = POLLIN },
		{ .fd = trfs_watching_fd(&r->watching), .events = POLLIN },
	};
	struct signalfd_siginfo signals;
	uint64_t wishes;
	bool has_ended;

	(void)poll(ready, TRFS_COUNT(ready), trfs_watching_ms_left(&r->watching));
	if (trfs_watching_is_due(&r->watching))
		trfs_reload_ask(r);
	if (read(r->wake, &wishes, sizeof(wishes)) < 0)
		wishes = 0;
	if (read(r->signals, &signals, sizeof(signals)) == (ssize_t)sizeof(signals))
		trfs_reload_ask(r);
	pthread_mutex_lock(&r->lock);
	has_ended = r->has_ended;
	pthread_mutex_unlock(&r->lock);
	return !has_ended;
}

static void start_watching(struct trfs_reload *r)
{
	struct trfs_served *current = trfs_service_current(r->service);
	char text[256];
	int rc = trfs_watching_start(&r->watching, current->generation);

	trfs_service_release(r->service, current);
	if (rc == -ENOSPC || rc == -EMFILE)
		snprintf(text, sizeof(text),
			 "--watch does not see all directories: raise "
			 "fs.inotify.max_user_watches, or reload by hand");
	else
		snprintf(text, sizeof(text), "--watch: %s; reload by hand",
			 strerror(-rc));
	if (rc < 0)
		trfs_log_line(&r->service->log, TRFS_LOG_WARNING, "%s", text);
}

static void run(void *user)
{
	struct trfs_reload *r = user;
	uint64_t number;

	/* What the kernel remembers of a worker that died is not known. */
	if (r->service->nr_workers_before > 0) {
		struct trfs_served *current = trfs_service_current(r->service);

		trfs_invalidate_root(r->session, NULL, current);
		trfs_service_release(r->service, current);
	}
	if (r->callbacks.watches)
		start_watching(r);
	trfs_state_tell(r->service, r);
	while (wait_for_wish(r)) {
		while (begin(r, &number)) {
			r->told_ms = trfs_clock_ms();
			trfs_state_tell(r->service, r);
			reload_once(r);
			end(r, number);
			trfs_state_tell(r->service, r);
		}
	}
}

static void free_parts(struct trfs_reload *r)
{
	trfs_file_close(r->wake);
	trfs_file_close(r->signals);
	trfs_watching_stop(&r->watching);
	pthread_mutex_destroy(&r->lock);
}

int trfs_reload_start(struct trfs_reload *r, struct trfs_service *service,
		      struct fuse_session *session,
		      const struct trfs_reload_callbacks *callbacks)
{
	sigset_t hangup;
	int rc;

	*r = (struct trfs_reload){ .service = service,
				   .session = session,
				   .callbacks = *callbacks };
	sigemptyset(&hangup);
	sigaddset(&hangup, SIGHUP);
	r->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r->signals = signalfd(-1, &hangup, SFD_CLOEXEC | SFD_NONBLOCK);
	if (r->wake < 0 || r->signals < 0) {
		rc = -errno;
		trfs_file_close(r->wake);
		trfs_file_close(r->signals);
		return rc;
	}
	pthread_mutex_init(&r->lock, NULL);
	rc = trfs_thread_start(&r->thread, run, r);
	if (rc < 0)
		free_parts(r);
	return rc;
}

bool trfs_reload_stop(struct trfs_reload *r)
{
	uint64_t wake = 1;

	pthread_mutex_lock(&r->lock);
	r->has_ended = true;
	pthread_mutex_unlock(&r->lock);
	if (write(r->wake, &wake, sizeof(wake)) < 0)
		return false; /* cannot happen: the counter is far from its end */
	if (!trfs_thread_join(&r->thread, STOP_SECONDS))
		return false;
	free_parts(r);
	return true;
}

uint64_t trfs_reload_ask(struct trfs_reload *r)
{
	uint64_t number, wake = 1;
	ssize_t written;

	pthread_mutex_lock(&r->lock);
	/* One that is under way may have looked already. */
	if (r->nr_wanted == r->nr_done || r->is_running)
		r->nr_wanted++;
	number = r->nr_wanted;
	pthread_mutex_unlock(&r->lock);
	written = write(r->wake, &wake, sizeof(wake));
	(void)written;
	return number;
}

void trfs_reload_print(struct trfs_reload *r, struct trfs_buffer *ret)
{
	const char *word = "idle";

	pthread_mutex_lock(&r->lock);
	if (r->is_running)
		word = "running";
	else if (r->nr_wanted > r->nr_done)
		word = "waiting";
	trfs_buffer_printf(ret, "%" PRIu64 " %s %" PRIu64 " %" PRIu64 " %d %s",
			   r->nr_done, word, r->done, r->total, r->code,
			   r->is_running ? r->what : r->text);
	pthread_mutex_unlock(&r->lock);
}

void trfs_reload_look(struct trfs_reload *r, struct trfs_mount_state *state)
{
	pthread_mutex_lock(&r->lock);
	state->is_reloading = r->is_running;
	state->reload_failed = !r->is_running && r->code < 0;
	state->done = r->done;
	state->total = r->total;
	snprintf(state->text, sizeof(state->text), "%s",
		 r->is_running ? r->what : r->text);
	pthread_mutex_unlock(&r->lock);
}

uint64_t trfs_reload_nr_switched(struct trfs_reload *r)
{
	uint64_t nr;

	pthread_mutex_lock(&r->lock);
	nr = r->nr_switched;
	pthread_mutex_unlock(&r->lock);
	return nr;
}
