/* SPDX-License-Identifier: MIT */
/*
 * Names come from whoever made the files.  A name may hold what makes a terminal do
 * things, or what makes people read it as another ("exe.gpj" for "jpg.exe").
 */
#include "base/visible.h"

size_t trfs_utf8_take(struct trfs_bytes text, uint32_t *ret)
{
	uint8_t first = text.data[0];
	size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t c = len == 1 ? first : first & (0x7fu >> len);

	if (len > text.len || !trfs_utf8_valid((struct trfs_bytes){ text.data, len }))
		return 0;
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (text.data[i] & 0x3fu);
	*ret = c;
	return len;
}

bool trfs_is_hidden(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return true;
	return c == 0x061c || c == 0x200b || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) ||
	       c == 0xfeff;
}

size_t trfs_visible_len(struct trfs_bytes text)
{
	uint32_t c = 0;
	size_t len = trfs_utf8_take(text, &c);

	return trfs_is_hidden(c) ? 0 : len;
}

bool trfs_is_visible(struct trfs_bytes text)
{
	while (text.len > 0) {
		size_t len = trfs_visible_len(text);

		if (len == 0)
			return false;
		text.data += len;
		text.len -= len;
	}
	return true;
}
