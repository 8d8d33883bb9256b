/* SPDX-License-Identifier: MIT */
/* The part of a file that is being looked at, as one stretch of memory that moves on. */
#ifndef TRFS_MANIFEST_WINDOW_H
#define TRFS_MANIFEST_WINDOW_H

#include "base/bytes.h"
#include "base/compiler.h"

/**
 * struct trfs_window - a stretch of a file in memory
 * @fd: borrowed; read with pread(), so that several windows can share it
 * @data: owned; data[len] is always a newline, where scanning loops may stop
 * @start: the first byte that still is needed
 * @at: the byte that is looked at next; start <= at <= len
 * @len: bytes in memory
 * @base: where data[0] stands in the file
 * @max: of bytes that may be needed at once
 * @at_end: nothing follows after @len
 */
struct trfs_window {
	int fd;
	uint8_t *data;
	size_t start, at, len;
	size_t capacity, max;
	uint64_t base;
	bool at_end;
};

/* Nothing is read yet. */
TRFS_MUST_CHECK
int trfs_window_init(struct trfs_window *w, int fd, size_t max, struct trfs_error *err);
void trfs_window_done(struct trfs_window *w);

/**
 * trfs_window_more() - forget what is before @start and read on
 *
 * @data moves, and @start and @at with it.  Memory grows when the needed bytes fill
 * more than half of it, so that starting over at @start after each call stays linear.
 *
 * Return: 0; -E2BIG, without a message, when @max bytes are needed already; -ENOMEM; or
 *	the errno of the read.
 */
TRFS_MUST_CHECK
int trfs_window_more(struct trfs_window *w, struct trfs_error *err);

/*
 * Hand out the line at @start without its LF, as it lies in memory until the next call,
 * and go on behind it: 1, 0 at the end of the file, -EBADMSG for a line that is longer
 * than @max, or what trfs_window_more() says.
 */
TRFS_MUST_CHECK
int trfs_window_line(struct trfs_window *w, struct trfs_bytes *ret,
		     struct trfs_error *err);

/* Step over a UTF-8 byte order mark; to be called before anything else is read. */
TRFS_MUST_CHECK
int trfs_window_skip_mark(struct trfs_window *w, struct trfs_error *err);

static inline uint64_t trfs_window_offset(const struct trfs_window *w)
{
	return w->base + w->at;
}

#endif
