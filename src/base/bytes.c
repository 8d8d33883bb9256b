/* SPDX-License-Identifier: MIT */
/*
 * Views of bytes and the reader.  Every read goes through take(), the only place that
 * compares a length with what is left.
 */
#include "base/bytes.h"

#include <stdlib.h>

#define LOW_BITS  UINT64_C(0x0101010101010101)
#define HIGH_BITS UINT64_C(0x8080808080808080)

int trfs_bytes_compare(struct trfs_bytes a, struct trfs_bytes b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.data, b.data, common) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

char *trfs_bytes_to_string(struct trfs_bytes b)
{
	/* Not strndup(): the bytes are no string, and sanitizers mind. */
	char *text = malloc(b.len + 1);

	if (!text)
		return NULL;
	if (b.len > 0)
		memcpy(text, b.data, b.len);
	text[b.len] = '\0';
	return text;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct trfs_bytes trfs_bytes_trim(struct trfs_bytes b)
{
	while (b.len > 0 && is_blank(b.data[b.len - 1]))
		b.len--;
	while (b.len > 0 && is_blank(b.data[0])) {
		b.data++;
		b.len--;
	}
	return b;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

bool trfs_bytes_equal_nocase(struct trfs_bytes a, struct trfs_bytes b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.data[i]) != lower(b.data[i]))
			return false;
	}
	return true;
}

bool trfs_bytes_ends_with(struct trfs_bytes b, const char *tail)
{
	size_t len = strlen(tail);

	return len == 0 || (len <= b.len && memcmp(b.data + b.len - len, tail, len) == 0);
}

/* How many whole words of @b hold only ASCII and no NUL, in bytes. */
static size_t ascii_words(struct trfs_bytes b)
{
	size_t done = 0;

	while (b.len - done >= 8) {
		uint64_t word;

		memcpy(&word, b.data + done, 8);
		/* Subtracting 1 from a zero byte is what sets the high bit of an ASCII
		 * one. */
		if ((word | (word - LOW_BITS)) & HIGH_BITS)
			break;
		done += 8;
	}
	return done;
}

static bool is_continuation(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

/* Length of the character that starts at @p, 0 if it is malformed (Unicode, table 3-7).
 */
static size_t utf8_character_len(const uint8_t *p, size_t left)
{
	uint8_t lead = p[0];
	uint8_t second_min = 0x80, second_max = 0xbf;
	size_t len;

	if (lead < 0x80)
		return lead ? 1 : 0;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;

	len = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (left < len)
		return 0;
	if (lead == 0xe0) /* over-long */
		second_min = 0xa0;
	if (lead == 0xed) /* surrogates */
		second_max = 0x9f;
	if (lead == 0xf0) /* over-long */
		second_min = 0x90;
	if (lead == 0xf4) /* above U+10FFFF */
		second_max = 0x8f;
	if (p[1] < second_min || p[1] > second_max)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if (!is_continuation(p[i]))
			return 0;
	}
	return len;
}

bool trfs_utf8_valid(struct trfs_bytes b)
{
	size_t done = 0;

	while (done < b.len) {
		size_t len = 0;

		if (b.len - done >= 8)
			len = ascii_words(
				(struct trfs_bytes){ b.data + done, b.len - done });
		if (len == 0)
			len = utf8_character_len(b.data + done, b.len - done);
		if (len == 0)
			return false;
		done += len;
	}
	return true;
}

/* The next @len bytes (not 0), or NULL and nothing left for good. */
static const uint8_t *take(struct trfs_reader *r, uint64_t len)
{
	const uint8_t *start = r->left.data;

	if (len > r->left.len) {
		r->failed = true;
		r->left.len = 0;
		return NULL;
	}
	r->left.data += len;
	r->left.len -= (size_t)len;
	return start;
}

uint8_t trfs_reader_u8(struct trfs_reader *r)
{
	const uint8_t *p = take(r, 1);

	return p ? *p : 0;
}

uint32_t trfs_reader_u32le(struct trfs_reader *r)
{
	const uint8_t *p = take(r, sizeof(uint32_t));
	uint32_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

uint64_t trfs_reader_u64le(struct trfs_reader *r)
{
	const uint8_t *p = take(r, sizeof(uint64_t));
	uint64_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

uint64_t trfs_reader_varint(struct trfs_reader *r)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 70; shift += 7) {
		uint8_t byte = trfs_reader_u8(r);

		if (r->failed)
			return 0;
		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	r->failed = true;
	r->left.len = 0;
	return 0;
}

struct trfs_bytes trfs_reader_bytes(struct trfs_reader *r, uint64_t len)
{
	/* Apart, because even adding 0 to a NULL pointer is undefined. */
	const uint8_t *p = len > 0 ? take(r, len) : r->left.data;

	return (struct trfs_bytes){ p, p ? (size_t)len : 0 };
}

char *trfs_hexadecimal(const uint8_t *bytes, size_t len, char *ret)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*ret++ = digits[bytes[i] >> 4];
		*ret++ = digits[bytes[i] & 15];
	}
	return ret;
}
