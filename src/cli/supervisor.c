/* SPDX-License-Identifier: MIT */
#include "cli/supervisor.h"

#include "base/clock.h"
#include "base/file.h"
#include "cli/output.h"
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Progress is told that often, and where none was for so long the manager may give up. */
#define TELL_MS	    1000
#define PATIENCE_US (120 * 1000000)

/* A message of more than 4096 bytes is lost to systemd, with whatever else is in it. */
#define STATUS_MAX 3900

void trfs_supervisor_begin(struct trfs_supervisor *s, const char *mountpoint,
			   bool is_wanted)
{
	*s = (struct trfs_supervisor){ .pipe = { -1, -1 }, .mountpoint = mountpoint };
	trfs_notify_take(&s->notify, is_wanted);
	if (trfs_notify_is_heard(&s->notify) &&
	    pipe2(s->pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		s->pipe[0] = s->pipe[1] = -1;
}

void trfs_supervisor_done(struct trfs_supervisor *s)
{
	trfs_file_close(s->pipe[0]);
	trfs_file_close(s->pipe[1]);
	trfs_file_close(s->notify.fd);
	s->pipe[0] = s->pipe[1] = s->notify.fd = -1;
}

/* Cut @text within @max bytes, at the beginning of a character. */
static void cut(char *text, size_t max)
{
	size_t len = strlen(text);

	if (len <= max)
		return;
	len = max;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	text[len] = '\0';
}

/*
 * @text as one line that is valid UTF-8 and fits into a message; owned by the caller;
 * NULL: no memory.
 */
static char *printable(const char *text)
{
	char *shown = NULL;
	size_t len;
	FILE *out = open_memstream(&shown, &len);

	if (!out)
		return NULL;
	trfs_output_text(out, trfs_bytes_of(text));
	if (fclose(out) != 0) {
		free(shown);
		return NULL;
	}
	cut(shown, STATUS_MAX);
	return shown;
}

/* "Scanning images 63 %" */
static void print_progress(char *ret, size_t size, const char *what, uint64_t done,
			   uint64_t total)
{
	if (total > 0)
		snprintf(ret, size, "%s %u %%", what,
			 (unsigned int)((double)done / (double)total * 100));
	else
		snprintf(ret, size, "%s", what);
}

static void tell_progress(void *user, const char *what, uint64_t done, uint64_t total)
{
	struct trfs_supervisor *s = user;
	char text[TRFS_STATE_TEXT_MAX];
	uint64_t now = trfs_clock_ms();
	char *shown;

	if (s->told_ms && now - s->told_ms < TELL_MS)
		return;
	s->told_ms = now;
	print_progress(text, sizeof(text), what, done, total);
	shown = printable(text);
	trfs_notify_send(&s->notify, "EXTEND_TIMEOUT_USEC=%d\nSTATUS=%s", PATIENCE_US,
			 shown ? shown : "");
	free(shown);
}

struct trfs_progress trfs_supervisor_progress(struct trfs_supervisor *s)
{
	bool is_heard = trfs_notify_is_heard(&s->notify);

	return (struct trfs_progress){ .report = is_heard ? tell_progress : NULL,
				       .user = s };
}

static void print_served(char *ret, size_t size, uint64_t nr_shards, uint64_t nr_records)
{
	char shards[TRFS_COUNT_SIZE], records[TRFS_COUNT_SIZE];

	snprintf(ret, size, "Serving %s shard%s, %s record%s",
		 trfs_count_text(nr_shards, shards), nr_shards == 1 ? "" : "s",
		 trfs_count_text(nr_records, records), nr_records == 1 ? "" : "s");
}

void trfs_supervisor_ready(const struct trfs_supervisor *s, uint64_t nr_shards,
			   uint64_t nr_records)
{
	char text[128];

	print_served(text, sizeof(text), nr_shards, nr_records);
	trfs_notify_send(&s->notify, "READY=1\nSTATUS=%s", text);
}

void trfs_supervisor_pass(const struct trfs_supervisor *s,
			  const struct trfs_mount_state *state)
{
	/* Whole or not at all; where the pipe is full the keeper has stopped. */
	_Static_assert(sizeof(*state) <= PIPE_BUF, "fits a pipe's atomic write");
	ssize_t written = write(s->pipe[1], state, sizeof(*state));

	(void)written;
}

static void print_state(const struct trfs_supervisor *s,
			const struct trfs_mount_state *state, char *ret, size_t size)
{
	char served[128], nr[TRFS_COUNT_SIZE], progress[TRFS_STATE_TEXT_MAX + 16];

	print_served(served, sizeof(served), state->nr_shards, state->nr_records);
	print_progress(progress, sizeof(progress),
		       *state->text ? state->text : "looking at the source", state->done,
		       state->total);
	trfs_count_text(state->nr_failing, nr);
	if (state->is_reloading)
		snprintf(ret, size, "Reloading: %s", progress);
	else if (state->reload_failed)
		snprintf(ret, size, "%s; %s", served, state->text);
	else if (state->nr_failing > 0)
		snprintf(ret, size,
			 "Degraded: reads of %s image%s fail, tfrecordfs status %s tells "
			 "which; %s",
			 nr, state->nr_failing == 1 ? "" : "s", s->mountpoint, served);
	else
		snprintf(ret, size, "%s", served);
}

/* By the clock that the manager compares it with. */
static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void tell_state(struct trfs_supervisor *s, const struct trfs_mount_state *state)
{
	char text[PATH_MAX + TRFS_STATE_TEXT_MAX];
	char *shown;

	print_state(s, state, text, sizeof(text));
	shown = printable(text);
	if (state->is_reloading && !s->is_reloading)
		trfs_notify_send(&s->notify, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
				 now_us());
	if (state->is_reloading)
		trfs_notify_send(&s->notify, "EXTEND_TIMEOUT_USEC=%d\nSTATUS=%s",
				 PATIENCE_US, shown ? shown : "");
	else
		trfs_notify_send(&s->notify, "%sSTATUS=%s",
				 s->is_reloading ? "READY=1\n" : "", shown ? shown : "");
	s->is_reloading = state->is_reloading;
	free(shown);
}

void trfs_supervisor_relay(struct trfs_supervisor *s)
{
	struct trfs_mount_state state;

	while (read(s->pipe[0], &state, sizeof(state)) == (ssize_t)sizeof(state))
		tell_state(s, &state);
}

void trfs_supervisor_is_alive(const struct trfs_supervisor *s)
{
	trfs_notify_send(&s->notify, "WATCHDOG=1");
}

void trfs_supervisor_stopping(const struct trfs_supervisor *s)
{
	trfs_notify_send(&s->notify, "STOPPING=1\nSTATUS=Unmounting");
}
