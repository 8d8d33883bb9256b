/* SPDX-License-Identifier: MIT */
/*
 * Buffers of fixed sizes: a report is whole where there is no memory left.  A path is
 * shorter than PATH_MAX, or it would not have been opened; a longer text is cut.
 */
#include "cli/pasted.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

const char *trfs_pasted_word(const char *path, char buf[TRFS_PASTED_SIZE])
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789/._-+=@%,:";
	size_t len = 1;

	if (*path && *path != '-' && path[strspn(path, plain)] == '\0')
		return path;
	buf[0] = '\'';
	for (; *path && len < TRFS_PASTED_SIZE - 5; path++) {
		if (*path == '\'') {
			memcpy(buf + len, "'\\'", 3);
			len += 3;
		}
		buf[len++] = *path;
	}
	memcpy(buf + len, "'", 2);
	return buf;
}

const char *trfs_pasted_python(const char *path, char buf[TRFS_PASTED_SIZE])
{
	size_t len = 0;

	for (; *path && len < TRFS_PASTED_SIZE - 2; path++) {
		if (*path == '"' || *path == '\\')
			buf[len++] = '\\';
		buf[len++] = *path;
	}
	buf[len] = '\0';
	return buf;
}

const char *trfs_pasted_glob(const char *path, char buf[TRFS_PASTED_SIZE])
{
	size_t len = 0;

	for (; *path && len < TRFS_PASTED_SIZE - 5; path++) {
		bool is_special = strchr("*?[", *path);

		if (is_special)
			buf[len++] = '[';
		/* A backslash is one of glob and of Python. */
		for (int i = *path == '\\' ? 3 : *path == '"'; i > 0; i--)
			buf[len++] = '\\';
		buf[len++] = *path;
		if (is_special)
			buf[len++] = ']';
	}
	buf[len] = '\0';
	return buf;
}
