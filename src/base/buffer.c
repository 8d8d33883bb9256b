/* SPDX-License-Identifier: MIT */
/*
 * Growing output bytes.  All growth is in reserve(), which refuses to pass the maximum;
 * after the first refusal nothing is stored until a reset, so callers test once.
 */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define CAPACITY_MIN 64

void trfs_buffer_init(struct trfs_buffer *b, size_t max)
{
	*b = (struct trfs_buffer){ .max = max };
}

void trfs_buffer_done(struct trfs_buffer *b)
{
	free(b->data);
	*b = (struct trfs_buffer){ .max = b->max };
}

/* By halves, so that putting n bytes one at a time copies O(n). */
static size_t next_capacity(const struct trfs_buffer *b, size_t needed)
{
	size_t capacity = b->capacity < CAPACITY_MIN ? CAPACITY_MIN : b->capacity;

	capacity += capacity / 2;
	if (capacity > b->max)
		capacity = b->max;
	return capacity < needed ? needed : capacity;
}

static bool reserve(struct trfs_buffer *b, size_t needed)
{
	size_t capacity;
	uint8_t *data;

	if (needed <= b->capacity)
		return true;
	capacity = next_capacity(b, needed);
	data = realloc(b->data, capacity);
	if (!data) {
		b->failed = true;
		b->lacks_memory = true;
		return false;
	}
	b->data = data;
	b->capacity = capacity;
	return true;
}

uint8_t *trfs_buffer_extend(struct trfs_buffer *b, size_t len)
{
	uint8_t *place;

	if (b->failed || b->len > b->max || len > b->max - b->len) {
		b->failed = true;
		return NULL;
	}
	/* At least one byte, so that an extension by nothing is not taken for a failure.
	 */
	if (!reserve(b, b->len + len > 0 ? b->len + len : 1))
		return NULL;
	place = b->data + b->len;
	b->len += len;
	return place;
}

void trfs_buffer_put(struct trfs_buffer *b, const void *data, size_t len)
{
	uint8_t *place = trfs_buffer_extend(b, len);

	if (place && len > 0)
		memcpy(place, data, len);
}

void trfs_buffer_put_u8(struct trfs_buffer *b, uint8_t v)
{
	trfs_buffer_put(b, &v, sizeof(v));
}

void trfs_buffer_put_u32le(struct trfs_buffer *b, uint32_t v)
{
	trfs_buffer_put(b, &v, sizeof(v));
}

void trfs_buffer_put_u64le(struct trfs_buffer *b, uint64_t v)
{
	trfs_buffer_put(b, &v, sizeof(v));
}

void trfs_buffer_printf(struct trfs_buffer *b, const char *format, ...)
{
	char text[256];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0) {
		b->failed = true;
	} else if ((size_t)len < sizeof(text)) {
		trfs_buffer_put(b, text, (size_t)len);
	} else if (trfs_buffer_extend(b, (size_t)len) && trfs_buffer_text(b)) {
		/* vsnprintf() ends with a NUL, for which trfs_buffer_text() made room. */
		va_start(args, format);
		vsnprintf((char *)b->data + b->len - len, (size_t)len + 1, format, args);
		va_end(args);
	}
}

const char *trfs_buffer_text(struct trfs_buffer *b)
{
	if (b->failed || b->len == SIZE_MAX || !reserve(b, b->len + 1))
		return NULL;
	b->data[b->len] = '\0';
	return (const char *)b->data;
}
