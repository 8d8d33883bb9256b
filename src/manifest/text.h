/* SPDX-License-Identifier: MIT */
/* Places in a text, and how messages show bytes that may not be text at all. */
#ifndef TRFS_MANIFEST_TEXT_H
#define TRFS_MANIFEST_TEXT_H

#include "base/bytes.h"
#include "base/compiler.h"

/**
 * struct trfs_text_place - where something stands in a file
 * @line: from 1; 0 where the file as a whole is meant
 * @column: bytes from the start of the line, from 1; 0 where only the line is known
 */
struct trfs_text_place {
	uint64_t line;
	uint64_t column;
};

/* Room for a name or path in a message; longer ones are cut. */
#define TRFS_PRINTABLE_SIZE 400

/*
 * @text on one line in @buf: what is not visible (base/visible.h) as \xNN, what does
 * not fit cut off with "...".  @len is at least 16.  Returns @buf.
 */
const char *trfs_text_printable(struct trfs_bytes text, char *buf, size_t len);

/* Where the first byte is that cannot be in well-formed UTF-8; text.len if nowhere. */
size_t trfs_text_first_invalid(struct trfs_bytes text);

/* -EBADMSG where @line is not UTF-8, with a sentence that tells which byte. */
TRFS_MUST_CHECK
int trfs_text_check_utf8(struct trfs_bytes line, struct trfs_error *err);

/* Take a line off @text, without its LF and the blanks around it; false at the end. */
bool trfs_text_take_line(struct trfs_bytes *text, struct trfs_bytes *ret);

/* @text without a UTF-8 byte order mark in front. */
struct trfs_bytes trfs_text_after_mark(struct trfs_bytes text);

/* The whole of @text as a decimal integer; false for anything else or beyond 64 bits. */
bool trfs_text_integer(struct trfs_bytes text, int64_t *ret);

#endif
