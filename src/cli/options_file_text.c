/* SPDX-License-Identifier: MIT */
/* The parser keeps no places, so that the text is walked over once more. */
#include "cli/options_file_text.h"

#include "manifest/json_cursor.h"

#include <stdlib.h>

/* As it stands between its quotes, which is enough for names without escapes. */
static bool is_key(struct trfs_bytes key, const char *name)
{
	struct trfs_bytes inner = { key.data + 1, key.len - 2 };

	return trfs_bytes_equal(inner, trfs_bytes_of(name));
}

static size_t line_of(struct trfs_bytes text, const uint8_t *at)
{
	size_t line = 1;

	for (const uint8_t *p = text.data; p < at; p++)
		line += *p == '\n';
	return line;
}

size_t trfs_options_file_line(struct trfs_bytes text, const char *name)
{
	struct trfs_json_cursor c = trfs_json_cursor_of(text);
	struct trfs_bytes key;

	if (!trfs_json_cursor_take(&c, '{'))
		return 0;
	while (trfs_json_cursor_key(&c, &key)) {
		if (is_key(key, name))
			return line_of(text, key.data);
		if (!trfs_json_cursor_skip(&c) || !trfs_json_cursor_take(&c, ','))
			return 0;
	}
	return 0;
}

/* The number at *@at, which goes behind it and the dot there. */
static unsigned long take_number(const char **at)
{
	char *end;
	unsigned long number = strtoul(*at, &end, 10);

	*at = *end == '.' ? end + 1 : end;
	return number;
}

bool trfs_version_is_newer(const char *a, const char *b)
{
	while (*a || *b) {
		const char *a_before = a, *b_before = b;
		unsigned long a_number = take_number(&a), b_number = take_number(&b);

		if (a_number != b_number)
			return a_number > b_number;
		/* A word: what is in front of it decides. */
		if (a == a_before && b == b_before)
			return false;
	}
	return false;
}
