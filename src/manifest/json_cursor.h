/* SPDX-License-Identifier: MIT */
/*
 * Walks over JSON that lies in memory, whole or cut off anywhere, without parsing it, and
 * never leaves it.
 */
#ifndef TRFS_MANIFEST_JSON_CURSOR_H
#define TRFS_MANIFEST_JSON_CURSOR_H

#include "base/bytes.h"

/* What is left of the text. */
struct trfs_json_cursor {
	const uint8_t *at, *end;
};

static inline struct trfs_json_cursor trfs_json_cursor_of(struct trfs_bytes text)
{
	return (struct trfs_json_cursor){ text.data, text.data + text.len };
}

/* Go to the next byte that is not blank, which stays to be read; 0 at the end. */
uint8_t trfs_json_cursor_peek(struct trfs_json_cursor *c);

/* Step over blanks and @byte; false if something else is there. */
bool trfs_json_cursor_take(struct trfs_json_cursor *c, uint8_t byte);

/* Step over a value; false if the text ends in it. */
bool trfs_json_cursor_skip(struct trfs_json_cursor *c);

/* A member's key with its quotes, and the ':' behind it; false if there is none. */
bool trfs_json_cursor_key(struct trfs_json_cursor *c, struct trfs_bytes *ret);

#endif
