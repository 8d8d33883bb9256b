/* SPDX-License-Identifier: MIT */
/*
 * Scanning images   45% [#########           ] 640,512/1,423,333  81,204/s  00:09 left
 *
 * A stage that is done leaves its line with the time it took; one that took no time
 * worth a line leaves none.
 */
#include "cli/progress.h"

#include "cli/output.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND	 1000000000u
#define NS_BETWEEN_LINES (10ull * NS_PER_SECOND)
#define NS_BETWEEN_DRAWS (NS_PER_SECOND / 10)
#define BAR_WIDTH	 20u

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

static void print_number(const struct trfs_progress_bar *bar, uint64_t n,
			 char ret[TRFS_COUNT_SIZE])
{
	if (bar->in_bytes)
		trfs_output_bytes(n, ret, TRFS_COUNT_SIZE);
	else
		trfs_count_text(n, ret);
}

static void print_state(const struct trfs_progress_bar *bar, uint64_t now, uint64_t done,
			uint64_t total)
{
	char counted[TRFS_COUNT_SIZE], all[TRFS_COUNT_SIZE], rate[TRFS_COUNT_SIZE],
		left[32];
	double seconds = (double)(now - bar->started_ns) / NS_PER_SECOND;
	double per_second = seconds > 0 ? (double)done / seconds : 0;
	unsigned int filled;

	print_number(bar, done, counted);
	print_number(bar, (uint64_t)per_second, rate);
	if (total == 0) {
		fprintf(stderr, "%-18s %s  %s/s", bar->what, counted, rate);
		return;
	}
	print_number(bar, total, all);
	filled = (unsigned int)((double)done / (double)total * BAR_WIDTH);
	fprintf(stderr, "%-18s %3u%%", bar->what,
		(unsigned int)((double)done / (double)total * 100));
	if (bar->terminal)
		fprintf(stderr, " [%.*s%*s]", (int)filled, "####################",
			(int)(BAR_WIDTH - filled), "");
	fprintf(stderr, " %s/%s  %s/s", counted, all, rate);
	if (done < total && per_second > 0)
		fprintf(stderr, "  %s left",
			format_time((uint64_t)((double)(total - done) / per_second), left,
				    sizeof(left)));
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

	if (strncmp(bar->what, what, sizeof(bar->what) - 1) != 0)
		begin_stage(bar, what, now);
	if (now - bar->shown_ns < (bar->terminal ? NS_BETWEEN_DRAWS : NS_BETWEEN_LINES) &&
	    !(bar->open && done == total))
		return;
	bar->shown_ns = now;
	if (bar->terminal)
		fputs("\r\033[K", stderr);
	print_state(bar, now, done, total);
	if (bar->terminal)
		fflush(stderr);
	else
		putc('\n', stderr);
	bar->open = bar->terminal;
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
