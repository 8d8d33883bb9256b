/* SPDX-License-Identifier: MIT */
/*
 * What messages need to know of bytes that somebody else wrote: where they stop being
 * text, and how to show them without a newline or an escape sequence reaching the
 * terminal.
 */
#include "manifest/text.h"

#include "base/error.h"
#include "base/visible.h"
#include <errno.h>
#include <stdio.h>

/* How long the sequence is that begins with this byte; 0 where none does. */
static size_t sequence_len(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

/* The length of the character at @at, or 0 if there is none. */
static size_t character_len(struct trfs_bytes text, size_t at)
{
	size_t len = sequence_len(text.data[at]);

	if (len == 0 || len > text.len - at)
		return 0;
	if (!trfs_utf8_valid((struct trfs_bytes){ text.data + at, len }))
		return 0;
	return len;
}

size_t trfs_text_first_invalid(struct trfs_bytes text)
{
	size_t at = 0;

	while (at < text.len) {
		size_t len = character_len(text, at);

		if (len == 0)
			return at;
		at += len;
	}
	return at;
}

int trfs_text_check_utf8(struct trfs_bytes line, struct trfs_error *err)
{
	size_t bad;

	if (trfs_utf8_valid(line))
		return 0;
	bad = trfs_text_first_invalid(line);
	return trfs_fail(err, -EBADMSG,
			 "byte %zu of the line (0x%02x) is not UTF-8; save the file as "
			 "UTF-8",
			 bad + 1, line.data[bad]);
}

bool trfs_text_take_line(struct trfs_bytes *text, struct trfs_bytes *ret)
{
	const uint8_t *end = text->len > 0 ? memchr(text->data, '\n', text->len) : NULL;
	size_t len = end ? (size_t)(end - text->data) : text->len;

	if (text->len == 0)
		return false;
	*ret = trfs_bytes_trim((struct trfs_bytes){ text->data, len });
	len += end ? 1 : 0;
	text->data += len;
	text->len -= len;
	return true;
}

struct trfs_bytes trfs_text_after_mark(struct trfs_bytes text)
{
	if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
		return (struct trfs_bytes){ text.data + 3, text.len - 3 };
	return text;
}

bool trfs_text_integer(struct trfs_bytes text, int64_t *ret)
{
	size_t at = text.len > 0 && text.data[0] == '-' ? 1 : 0;
	bool negative = at == 1;
	int64_t value = 0;

	if (at == text.len)
		return false;
	for (; at < text.len; at++) {
		int digit = text.data[at] - '0';

		if (digit < 0 || digit > 9)
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	*ret = value;
	return true;
}

const char *trfs_text_printable(struct trfs_bytes text, char *buf, size_t len)
{
	size_t used = 0;
	size_t at = 0;

	/* Each turn leaves room for four more bytes, "...", and the NUL. */
	while (at < text.len && used + 8 <= len) {
		size_t n = trfs_visible_len(
			(struct trfs_bytes){ text.data + at, text.len - at });

		if (n == 0) {
			snprintf(buf + used, 5, "\\x%02x", text.data[at]);
			used += 4;
			at++;
			continue;
		}
		memcpy(buf + used, text.data + at, n);
		used += n;
		at += n;
	}
	snprintf(buf + used, len - used, "%s", at < text.len ? "..." : "");
	return buf;
}
