/* SPDX-License-Identifier: MIT */
/* Characters, and which of them are seen as what they are, by people and terminals. */
#ifndef TRFS_BASE_VISIBLE_H
#define TRFS_BASE_VISIBLE_H

#include "base/bytes.h"

/*
 * How many bytes the character at the start of @text (not empty) has, and which it is; 0,
 * and @ret untouched, where these are no UTF-8.
 */
size_t trfs_utf8_take(struct trfs_bytes text, uint32_t *ret);

/*
 * Control characters (C0, DEL, C1), ends of lines and paragraphs, what turns the
 * direction of text round it, and what takes no room (U+200B, U+2060 to U+2064, U+FEFF).
 * Joiners are none of these: some scripts and emoji need them.
 */
bool trfs_is_hidden(uint32_t character);

/* The length of the character at the start of @text (not empty); 0 if hidden, or none. */
size_t trfs_visible_len(struct trfs_bytes text);

/* Whether all of @text is visible characters. */
bool trfs_is_visible(struct trfs_bytes text);

#endif
