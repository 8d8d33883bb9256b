/* SPDX-License-Identifier: MIT */
/*
 * Scanning images  45% [#########           ] 640,512/1,423,333  81,204/s  00:09 left
 *
 * A stage that is done leaves its line with the time it took; one that took no time
 * worth a line leaves none.
 */
#include "cli/progress.h"

#include "cli/output.h"
#include "cli/style.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND	 1000000000u
#define NS_BETWEEN_LINES (10ull * NS_PER_SECOND)
#define NS_BETWEEN_DRAWS (NS_PER_SECOND / 10)
#define BAR_WIDTH	 20u
#define BAR_WIDTH_MIN	 8u

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

static const char *format_time(uint64_t seconds, char *buf, size_t len)
{
	if (seconds >= 3600)
		snprintf(buf, len, "%u:%02u:%02u", (unsigned int)(seconds / 3600),
			 (unsigned int)(seconds / 60 % 60), (unsigned int)(seconds % 60));
	else
		snprintf(buf, len, "%02u:%02u", (unsigned int)(seconds / 60),
			 (unsigned int)(seconds % 60));
	return buf;
}

static void format_number(const struct trfs_progress_bar *bar, uint64_t n,
			  char ret[TRFS_COUNT_SIZE])
{
	if (bar->in_bytes)
		trfs_output_bytes(n, ret, TRFS_COUNT_SIZE);
	else
		trfs_count_text(n, ret);
}

/**
 * struct state - the parts of a line; the bar grows into what they leave free
 * @total: with its slash
 * @left: until the end; empty where it is not known
 */
struct state {
	const char *what;
	double share; /* negative: of an unknown whole */
	char done[TRFS_COUNT_SIZE];
	char total[TRFS_COUNT_SIZE + 1];
	char rate[TRFS_COUNT_SIZE + 4];
	char left[40];
};

static struct state describe(const struct trfs_progress_bar *bar, uint64_t now,
			     uint64_t done, uint64_t total)
{
	double seconds = (double)(now - bar->started_ns) / NS_PER_SECOND;
	double per_second = seconds > 0 ? (double)done / seconds : 0;
	struct state state = { .what = bar->what, .share = -1 };
	char count[TRFS_COUNT_SIZE];

	format_number(bar, done, state.done);
	format_number(bar, (uint64_t)per_second, count);
	snprintf(state.rate, sizeof(state.rate), "  %s/s", count);
	if (total == 0)
		return state;
	state.share = done < total ? (double)done / (double)total : 1;
	format_number(bar, total, count);
	snprintf(state.total, sizeof(state.total), "/%s", count);
	if (done < total && per_second > 0)
		snprintf(state.left, sizeof(state.left), "  %s left",
			 format_time((uint64_t)((double)(total - done) / per_second),
				     count, sizeof(count)));
	return state;
}

static size_t width_of(const struct state *state)
{
	return trfs_style_width(state->what) + (state->share < 0 ? 1 : 6) +
	       strlen(state->done) + strlen(state->total) + strlen(state->rate) +
	       strlen(state->left);
}

/* A stage may be named after a file. */
static void print_what(const char *what)
{
	trfs_output_text(stderr, trfs_bytes_of(what));
}

/* On one line of @columns: of what does not fit, that goes first which tells least. */
static void print_state(struct state *state, size_t columns)
{
	char what[sizeof(((struct trfs_progress_bar *)NULL)->what)];
	size_t room, filled;

	state->what = trfs_style_shorten(state->what, columns / 3, what, sizeof(what));
	if (width_of(state) >= columns)
		state->total[0] = '\0';
	if (width_of(state) >= columns)
		state->rate[0] = '\0';
	print_what(state->what);
	if (state->share >= 0)
		fprintf(stderr, " %3u%%", (unsigned int)(state->share * 100));
	/* Its brackets, a space, and the last column, which some terminals wrap at. */
	room = width_of(state) + 4 < columns ? columns - width_of(state) - 4 : 0;
	room = room < BAR_WIDTH ? room : BAR_WIDTH;
	filled = (size_t)(state->share * (double)room);
	if (state->share >= 0 && room >= BAR_WIDTH_MIN)
		fprintf(stderr, " [%.*s%*s]", (int)filled, "####################",
			(int)(room - filled), "");
	fprintf(stderr, " %s%s%s%s", state->done, state->total, state->rate, state->left);
}

static void print_line(const struct state *state)
{
	print_what(state->what);
	if (state->share >= 0)
		fprintf(stderr, " %u%%", (unsigned int)(state->share * 100));
	fprintf(stderr, "  %s%s%s%s\n", state->done, state->total, state->rate,
		state->left);
}

static void begin_stage(struct trfs_progress_bar *bar, const char *what, uint64_t now)
{
	trfs_progress_bar_done(bar);
	snprintf(bar->what, sizeof(bar->what), "%s", what);
	bar->started_ns = now;
	bar->shown_ns = now;
}

static void report(void *user, const char *what, uint64_t done, uint64_t total)
{
	struct trfs_progress_bar *bar = user;
	uint64_t now = now_ns();
	struct state state;

	if (strncmp(bar->what, what, sizeof(bar->what) - 1) != 0)
		begin_stage(bar, what, now);
	if (now - bar->shown_ns < (bar->terminal ? NS_BETWEEN_DRAWS : NS_BETWEEN_LINES) &&
	    !(bar->open && done == total))
		return;
	bar->shown_ns = now;
	state = describe(bar, now, done, total);
	if (!bar->terminal) {
		print_line(&state);
		return;
	}
	fputs("\r\033[K", stderr);
	print_state(&state, trfs_style_columns(stderr));
	fflush(stderr);
	bar->open = true;
}

struct trfs_progress trfs_progress_bar_init(struct trfs_progress_bar *bar, bool quiet)
{
	*bar = (struct trfs_progress_bar){ .terminal = isatty(STDERR_FILENO) == 1 };
	return (struct trfs_progress){ .report = quiet ? NULL : report, .user = bar };
}

void trfs_progress_bar_done(struct trfs_progress_bar *bar)
{
	if (bar->open)
		putc('\n', stderr);
	bar->open = false;
	bar->what[0] = '\0';
}
