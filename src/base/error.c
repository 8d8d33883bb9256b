/* SPDX-License-Identifier: MIT */
/*
 * Filling struct trfs_error.  Messages quote names out of untrusted files, so all of
 * them pass through set_message(), which keeps the promise of one line of UTF-8: what
 * a terminal would obey, what misleads readers and what is no UTF-8 becomes question
 * marks.
 */
#include "base/error.h"
#include "base/visible.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define MESSAGE_SIZE sizeof(((struct trfs_error *)NULL)->message)
/* Room for a whole character more, so that vsnprintf() cuts only what is cut anyway. */
#define TEXT_SIZE (MESSAGE_SIZE + 8)

static int set_message(struct trfs_error *err, int code, const char *text)
{
	struct trfs_bytes left = trfs_bytes_of(text);
	size_t used = 0;

	while (left.len > 0) {
		size_t len = trfs_visible_len(left);
		size_t taken = len ? len : 1;

		if (used + taken >= MESSAGE_SIZE)
			break;
		if (len)
			memcpy(err->message + used, left.data, len);
		else
			err->message[used] = '?';
		used += taken;
		left.data += taken;
		left.len -= taken;
	}
	err->message[used] = '\0';
	err->code = code;
	return code;
}

static const char *text_of(int code, char *buf, size_t len)
{
	return strerror_r(code < 0 ? -code : code, buf, len);
}

TRFS_PRINTF(2, 0)
static size_t compose(char text[TEXT_SIZE], const char *format, va_list args)
{
	int len = vsnprintf(text, TEXT_SIZE, format, args);

	if (len < 0) {
		text[0] = '\0';
		return 0;
	}
	return (size_t)len < TEXT_SIZE ? (size_t)len : TEXT_SIZE - 1;
}

int trfs_fail(struct trfs_error *err, int code, const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list args;

	if (!err)
		return code;
	err->is_told = false;
	va_start(args, format);
	compose(text, format, args);
	va_end(args);
	return set_message(err, code, text);
}

int trfs_fail_errno(struct trfs_error *err, int code, const char *format, ...)
{
	char text[TEXT_SIZE], reason[128];
	va_list args;
	size_t len;

	if (!err)
		return code;
	err->is_told = false;
	va_start(args, format);
	len = compose(text, format, args);
	va_end(args);
	snprintf(text + len, TEXT_SIZE - len, ": %s",
		 text_of(code, reason, sizeof(reason)));
	return set_message(err, code, text);
}

int trfs_error_prefix(struct trfs_error *err, int code, const char *format, ...)
{
	char text[TEXT_SIZE], reason[128];
	va_list args;
	size_t len;

	if (!err)
		return code;
	va_start(args, format);
	len = compose(text, format, args);
	va_end(args);
	snprintf(text + len, TEXT_SIZE - len, ": %s",
		 err->message[0] ? err->message : text_of(code, reason, sizeof(reason)));
	return set_message(err, code, text);
}

int trfs_fail_memory(struct trfs_error *err, const char *what)
{
	return trfs_fail(err, -ENOMEM, "no memory for %s", what);
}
