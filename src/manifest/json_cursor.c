/* SPDX-License-Identifier: MIT */
/* A walk over one level of JSON: only brackets and strings are looked at. */
#include "manifest/json_cursor.h"

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

uint8_t trfs_json_cursor_peek(struct trfs_json_cursor *c)
{
	while (c->at < c->end && is_blank(*c->at))
		c->at++;
	return c->at < c->end ? *c->at : 0;
}

bool trfs_json_cursor_take(struct trfs_json_cursor *c, uint8_t byte)
{
	if (trfs_json_cursor_peek(c) != byte)
		return false;
	c->at++;
	return true;
}

/* Over a string, from its opening quote. */
static bool skip_string(struct trfs_json_cursor *c)
{
	for (c->at++; c->at < c->end; c->at++) {
		if (*c->at == '"') {
			c->at++;
			return true;
		}
		if (*c->at == '\\' && ++c->at == c->end)
			return false;
	}
	return false;
}

static bool skip_brackets(struct trfs_json_cursor *c)
{
	static const uint8_t stops[256] = {
		['"'] = 1, ['['] = 1, [']'] = 1, ['{'] = 1, ['}'] = 1
	};
	size_t depth = 0;

	do {
		while (c->at < c->end && !stops[*c->at])
			c->at++;
		if (c->at == c->end)
			return false;
		if (*c->at == '"') {
			if (!skip_string(c))
				return false;
			continue;
		}
		if (*c->at == '[' || *c->at == '{')
			depth++;
		else
			depth--;
		c->at++;
	} while (depth > 0);
	return true;
}

bool trfs_json_cursor_skip(struct trfs_json_cursor *c)
{
	uint8_t byte = trfs_json_cursor_peek(c);
	const uint8_t *start = c->at;

	if (byte == '"')
		return skip_string(c);
	if (byte == '[' || byte == '{')
		return skip_brackets(c);
	while (c->at < c->end && *c->at != ',' && *c->at != '}' && !is_blank(*c->at))
		c->at++;
	return c->at > start;
}

bool trfs_json_cursor_key(struct trfs_json_cursor *c, struct trfs_bytes *ret)
{
	const uint8_t *start;

	if (trfs_json_cursor_peek(c) != '"')
		return false;
	start = c->at;
	if (!skip_string(c))
		return false;
	*ret = (struct trfs_bytes){ start, (size_t)(c->at - start) };
	return trfs_json_cursor_take(c, ':');
}
