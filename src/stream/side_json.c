/* SPDX-License-Identifier: MIT */
/* Texts in JSON as Python's json.dump writes them: ASCII alone. */
#include "stream/side_file.h"

#include "base/visible.h"

#define REPLACEMENT 0xfffdu /* for what is no UTF-8, a byte each */

/* One character, which is taken off the front. */
static uint32_t take_character(struct trfs_bytes *text)
{
	uint32_t character = text->data[0];
	size_t len = trfs_utf8_take(*text, &character);

	if (len == 0 && character != 0)
		character = REPLACEMENT;
	text->data += len ? len : 1;
	text->len -= len ? len : 1;
	return character;
}

static void put_escape(struct trfs_buffer *out, uint32_t character)
{
	static const char letters[] = "btnvfr"; /* from 0x08 on; \v has none */

	if (character == '"' || character == '\\')
		trfs_buffer_printf(out, "\\%c", (char)character);
	else if (character >= '\b' && character <= '\r' && character != '\v')
		trfs_buffer_printf(out, "\\%c", letters[character - '\b']);
	else if (character >= 0x10000)
		trfs_buffer_printf(out, "\\u%04x\\u%04x",
				   0xd800 + ((character - 0x10000) >> 10),
				   0xdc00 + ((character - 0x10000) & 0x3ff));
	else
		trfs_buffer_printf(out, "\\u%04x", character);
}

void trfs_side_put_json(struct trfs_buffer *out, struct trfs_bytes text)
{
	while (text.len > 0) {
		uint32_t character = take_character(&text);

		if (character >= ' ' && character < 0x7f && character != '"' &&
		    character != '\\')
			trfs_buffer_put_u8(out, (uint8_t)character);
		else
			put_escape(out, character);
	}
}

void trfs_side_put_json_text(struct trfs_buffer *out, struct trfs_bytes text)
{
	trfs_buffer_put_u8(out, '"');
	trfs_side_put_json(out, text);
	trfs_buffer_put_u8(out, '"');
}
