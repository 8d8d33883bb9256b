/* SPDX-License-Identifier: MIT */
/* What the mount tells: lines with a level.  The last ones are kept for who asks later.
 */
#ifndef TRFS_FUSE_LOG_H
#define TRFS_FUSE_LOG_H

#include "base/buffer.h"
#include <pthread.h>
#include <stdbool.h>

/* As syslog has them, the worst first. */
enum trfs_log_level {
	TRFS_LOG_ERROR,	  /* somebody does not get what was promised */
	TRFS_LOG_WARNING, /* or soon may not */
	TRFS_LOG_NOTICE,  /* the mount changes: reloads, files that can be read again */
	TRFS_LOG_INFO,	  /* what it does now and then */
	TRFS_LOG_DEBUG,	  /* what it does all the time: files that are opened */
};

/* For sentences. */
#define TRFS_LOG_LEVELS "error, warning, notice, info or debug"

/* "error", "warning", ...; and back, false where @word is none of them. */
const char *trfs_log_level_name(enum trfs_log_level level);
bool trfs_log_level_parse(const char *word, enum trfs_log_level *ret);

#define TRFS_LOG_LINES_MAX 256

/**
 * struct trfs_log - where lines go
 * @level: lines that are less bad are dropped; changed at any time
 * @write: prints a line; NULL: lines are only kept
 * @lock: guards what follows
 * @lines: the last ones, with time and level in front; @nr were there in all
 */
struct trfs_log {
	int level; /* atomically */
	void (*write)(void *user, enum trfs_log_level level, const char *line);
	void *user;
	pthread_mutex_t lock;
	char *lines[TRFS_LOG_LINES_MAX];
	uint64_t nr;
};

void trfs_log_init(struct trfs_log *log, enum trfs_log_level level,
		   void (*write)(void *user, enum trfs_log_level level, const char *line),
		   void *user);
void trfs_log_done(struct trfs_log *log);

/* Whether such lines are wanted, for who would have to work for one. */
static inline bool trfs_log_wants(const struct trfs_log *log, enum trfs_log_level level)
{
	return level <=
	       (enum trfs_log_level)__atomic_load_n(&log->level, __ATOMIC_RELAXED);
}

void trfs_log_set_level(struct trfs_log *log, enum trfs_log_level level);

/* One line of UTF-8, as messages of struct trfs_error are.  From any thread. */
TRFS_PRINTF(3, 4)
void trfs_log_line(struct trfs_log *log, enum trfs_log_level level, const char *format,
		   ...);

/* Append the lines that are kept, the oldest first. */
void trfs_log_print(struct trfs_log *log, struct trfs_buffer *ret);

#endif
