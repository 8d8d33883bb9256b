/* SPDX-License-Identifier: MIT */
/* Walks over the text of a JSON file of any size, value by value, without parsing. */
#ifndef TRFS_MANIFEST_JSON_SCAN_H
#define TRFS_MANIFEST_JSON_SCAN_H

#include "manifest/text.h"
#include "manifest/window.h"

enum {
	TRFS_JSON_VALUE_MAX = 64 << 20,
	TRFS_JSON_NESTING_MAX = 64,
	TRFS_JSON_END = 256, /* no byte of a file: its end */
};

/**
 * struct trfs_json_scan - where in the file we are
 * @line, @line_start: at the window's place; where in the file that line begins
 * @value_line: where the value that is walked over begins
 */
struct trfs_json_scan {
	struct trfs_window window;
	uint64_t line, line_start;
	uint64_t value_line;
};

/* @fd is borrowed. */
TRFS_MUST_CHECK
int trfs_json_scan_init(struct trfs_json_scan *s, int fd, struct trfs_error *err);
void trfs_json_scan_done(struct trfs_json_scan *s);

/* The place that is looked at. */
struct trfs_text_place trfs_json_scan_place(const struct trfs_json_scan *s);

/*
 * Go to the next token.  Its first byte, which stays to be read; TRFS_JSON_END; or a
 * negative errno.
 */
TRFS_MUST_CHECK
int trfs_json_scan_token(struct trfs_json_scan *s, struct trfs_error *err);

/* Step over the one byte that trfs_json_scan_token() found. */
void trfs_json_scan_step(struct trfs_json_scan *s);

/*
 * Go behind the next value.  Only brackets and strings are checked, as far as needed to
 * find its end.  With @keep, trfs_json_scan_kept() gives its bytes until the next token.
 */
TRFS_MUST_CHECK
int trfs_json_scan_value(struct trfs_json_scan *s, bool keep, struct trfs_error *err);
struct trfs_bytes trfs_json_scan_kept(const struct trfs_json_scan *s);

/* "found X where @expected was expected"; -EBADMSG. */
TRFS_COLD
int trfs_json_scan_fail(int byte, const char *expected, struct trfs_error *err);

#endif
