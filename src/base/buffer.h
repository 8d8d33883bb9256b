/* SPDX-License-Identifier: MIT */
/* Growing output bytes with a mandatory maximum and sticky failure. */
#ifndef TRFS_BASE_BUFFER_H
#define TRFS_BASE_BUFFER_H

#include "base/bytes.h"
#include "base/compiler.h"

/**
 * struct trfs_buffer - bytes being put together
 * @data: owned; may move at each put
 * @failed: an allocation failed or @max was passed: nothing is stored any more
 * @lacks_memory: it was the allocation
 *
 * Put everything, then test @failed once.  Reset keeps the memory for the next use.
 */
struct trfs_buffer {
	uint8_t *data;
	size_t len;
	size_t capacity;
	size_t max;
	bool failed;
	bool lacks_memory;
};

void trfs_buffer_init(struct trfs_buffer *b, size_t max);
void trfs_buffer_done(struct trfs_buffer *b);

static inline void trfs_buffer_reset(struct trfs_buffer *b)
{
	b->len = 0;
	b->failed = false;
	b->lacks_memory = false;
}

void trfs_buffer_put(struct trfs_buffer *b, const void *data, size_t len);
void trfs_buffer_put_u8(struct trfs_buffer *b, uint8_t v);
void trfs_buffer_put_u32le(struct trfs_buffer *b, uint32_t v);
void trfs_buffer_put_u64le(struct trfs_buffer *b, uint64_t v);
TRFS_PRINTF(2, 3)
void trfs_buffer_printf(struct trfs_buffer *b, const char *format, ...);

static inline struct trfs_bytes trfs_buffer_bytes(const struct trfs_buffer *b)
{
	return (struct trfs_bytes){ b->data, b->len };
}

/* Room for @len bytes whose content the caller sets; NULL on failure. */
uint8_t *trfs_buffer_extend(struct trfs_buffer *b, size_t len);

/* The text with a NUL behind it (not counted in len); NULL on failure. */
const char *trfs_buffer_text(struct trfs_buffer *b);

#endif
