/* SPDX-License-Identifier: MIT */
/* A text file line by line, in bounded memory: lists of ids, labels, synsets, boxes. */
#ifndef TRFS_MANIFEST_LINES_H
#define TRFS_MANIFEST_LINES_H

#include "manifest/inputs.h"
#include "manifest/text.h"
#include "manifest/window.h"

/**
 * struct trfs_lines - a file being read
 * @fd: owned
 * @number: of the line read last, from 1; 0 before the first
 * @shown: its path for messages
 */
struct trfs_lines {
	int fd;
	struct trfs_window window;
	uint64_t number;
	char shown[TRFS_PRINTABLE_SIZE];
};

/**
 * trfs_lines_open() - begin to read
 * @path: absolute, or relative to the working directory
 * @what: what it should be, for messages: "the labels"
 * @inputs: receives the file
 *
 * Messages name the file.  -errno of open or read; -EISDIR and -EINVAL for what is no
 * regular file.
 */
TRFS_MUST_CHECK
int trfs_lines_open(struct trfs_lines *lines, const char *path, const char *what,
		    struct trfs_inputs *inputs, struct trfs_error *err);
/* Harmless on a zeroed struct and after a failure to open. */
void trfs_lines_done(struct trfs_lines *lines);

/*
 * The next line without its end (LF or CRLF) but with its blanks, valid until the next
 * call: 1, 0 at the end of the file, or a negative errno.  -EBADMSG for a line that is
 * not UTF-8 or over a MiB long; messages name file and line.
 */
TRFS_MUST_CHECK
int trfs_lines_next(struct trfs_lines *lines, struct trfs_bytes *ret,
		    struct trfs_error *err);

/* Put "FILE:LINE: " of the line read last in front of the message; returns @rc. */
TRFS_COLD
int trfs_lines_prefix(const struct trfs_lines *lines, int rc, struct trfs_error *err);

#endif
