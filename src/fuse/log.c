/* SPDX-License-Identifier: MIT */
/* A ring of lines; lines are composed as errors are, so that they are printable. */
#include "fuse/log.h"

#include "base/error.h"
#include "fuse/clock_text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "error", "warning", "notice", "info", "debug" };

const char *trfs_log_level_name(enum trfs_log_level level)
{
	return names[level];
}

bool trfs_log_level_parse(const char *word, enum trfs_log_level *ret)
{
	for (unsigned int i = 0; i < TRFS_COUNT(names); i++) {
		if (strcmp(names[i], word) == 0) {
			*ret = (enum trfs_log_level)i;
			return true;
		}
	}
	return false;
}

void trfs_log_init(struct trfs_log *log, enum trfs_log_level level,
		   void (*write)(void *user, enum trfs_log_level level, const char *line),
		   void *user)
{
	*log = (struct trfs_log){ .level = (int)level, .write = write, .user = user };
	pthread_mutex_init(&log->lock, NULL);
}

void trfs_log_done(struct trfs_log *log)
{
	for (size_t i = 0; i < TRFS_LOG_LINES_MAX; i++)
		free(log->lines[i]);
	pthread_mutex_destroy(&log->lock);
}

void trfs_log_set_level(struct trfs_log *log, enum trfs_log_level level)
{
	__atomic_store_n(&log->level, (int)level, __ATOMIC_RELAXED);
}

/* Without memory the line is printed all the same. */
static void keep(struct trfs_log *log, enum trfs_log_level level, const char *text)
{
	char time[TRFS_CLOCK_TEXT_SIZE];
	char *line = NULL;

	trfs_clock_text(trfs_clock_now(), time);
	if (asprintf(&line, "%s %s: %s", time, names[level], text) < 0)
		return;
	pthread_mutex_lock(&log->lock);
	free(log->lines[log->nr % TRFS_LOG_LINES_MAX]);
	log->lines[log->nr++ % TRFS_LOG_LINES_MAX] = line;
	pthread_mutex_unlock(&log->lock);
}

void trfs_log_line(struct trfs_log *log, enum trfs_log_level level, const char *format,
		   ...)
{
	char text[sizeof(((struct trfs_error *)NULL)->message)];
	struct trfs_error line;
	va_list arguments;

	if (!trfs_log_wants(log, level))
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	trfs_fail(&line, -1, "%s", text);
	keep(log, level, line.message);
	if (log->write)
		log->write(log->user, level, line.message);
}

void trfs_log_print(struct trfs_log *log, struct trfs_buffer *ret)
{
	uint64_t first;

	pthread_mutex_lock(&log->lock);
	first = log->nr > TRFS_LOG_LINES_MAX ? log->nr - TRFS_LOG_LINES_MAX : 0;
	for (uint64_t i = first; i < log->nr; i++)
		trfs_buffer_printf(ret, "%s\n", log->lines[i % TRFS_LOG_LINES_MAX]);
	pthread_mutex_unlock(&log->lock);
}
