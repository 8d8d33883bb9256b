/* SPDX-License-Identifier: MIT */
/*
 * A buffer of 256 KiB that slides over a file and grows only while one row or element
 * is larger than half of it: memory is bounded by the largest element, not by the file.
 */
#include "manifest/window.h"

#include "base/error.h"
#include "manifest/text.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Fuzzing makes it tiny, so that short inputs cross the window's end. */
#ifndef TRFS_WINDOW_CAPACITY_FIRST
#define TRFS_WINDOW_CAPACITY_FIRST (256 << 10)
#endif

int trfs_window_init(struct trfs_window *w, int fd, size_t max, struct trfs_error *err)
{
	*w = (struct trfs_window){ .fd = fd,
				   .capacity = TRFS_WINDOW_CAPACITY_FIRST,
				   .max = max };
	w->data = malloc(w->capacity + 1);
	if (!w->data)
		return trfs_fail_memory(err, "reading");
	w->data[0] = '\n';
	return 0;
}

void trfs_window_done(struct trfs_window *w)
{
	free(w->data);
	w->data = NULL;
}

static void forget_before_start(struct trfs_window *w)
{
	size_t gone = w->start;

	memmove(w->data, w->data + gone, w->len - gone);
	w->start = 0;
	w->at -= gone;
	w->len -= gone;
	w->base += gone;
}

static int grow(struct trfs_window *w, struct trfs_error *err)
{
	size_t larger = w->capacity * 2 < w->max ? w->capacity * 2 : w->max;
	uint8_t *data;

	if (larger <= w->capacity)
		return w->len < w->capacity ? 0 : -E2BIG;
	data = realloc(w->data, larger + 1);
	if (!data)
		return trfs_fail_memory(err, "reading");
	w->data = data;
	w->capacity = larger;
	return 0;
}

static int fill(struct trfs_window *w, struct trfs_error *err)
{
	while (w->len < w->capacity && !w->at_end) {
		ssize_t got = pread(w->fd, w->data + w->len, w->capacity - w->len,
				    (off_t)(w->base + w->len));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return trfs_fail_errno(err, -errno, "cannot read");
		w->len += (size_t)got;
		w->at_end = got == 0;
	}
	return 0;
}

int trfs_window_more(struct trfs_window *w, struct trfs_error *err)
{
	int rc;

	forget_before_start(w);
	if (w->len > w->capacity / 2) {
		rc = grow(w, err);
		if (rc < 0)
			return rc;
	}
	rc = fill(w, err);
	w->data[w->len] = '\n';
	return rc;
}

/* Have the whole line at @start in memory; @ret_end is where it ends. */
static int find_line_end(struct trfs_window *w, const uint8_t **ret_end,
			 struct trfs_error *err)
{
	for (;;) {
		const uint8_t *end = memchr(w->data + w->at, '\n', w->len - w->at);
		int rc;

		if (end || w->at_end) {
			*ret_end = end ? end : w->data + w->len;
			return 0;
		}
		w->at = w->len;
		rc = trfs_window_more(w, err);
		if (rc == -E2BIG)
			return trfs_fail(err, -EBADMSG, "the line is over %zu MiB long",
					 w->max >> 20);
		if (rc < 0)
			return rc;
	}
}

int trfs_window_line(struct trfs_window *w, struct trfs_bytes *ret,
		     struct trfs_error *err)
{
	const uint8_t *end = NULL;
	int rc;

	rc = find_line_end(w, &end, err);
	if (rc < 0 || w->start == w->len)
		return rc;
	ret->data = w->data + w->start;
	ret->len = (size_t)(end - ret->data);
	w->start += ret->len + (ret->len < w->len - w->start ? 1 : 0);
	w->at = w->start;
	return 1;
}

int trfs_window_skip_mark(struct trfs_window *w, struct trfs_error *err)
{
	struct trfs_bytes text;
	int rc;

	rc = trfs_window_more(w, err);
	if (rc < 0)
		return rc;
	text = trfs_text_after_mark((struct trfs_bytes){ w->data, w->len });
	w->start = w->at = w->len - text.len;
	return 0;
}
