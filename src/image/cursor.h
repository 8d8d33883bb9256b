/* SPDX-License-Identifier: MIT */
/* Walking an image's bytes forward with as few reads as can be. */
#ifndef TRFS_IMAGE_CURSOR_H
#define TRFS_IMAGE_CURSOR_H

#include "image/image.h"

#define TRFS_IMAGE_CURSOR_BUFFER 32768u

/**
 * struct trfs_image_cursor - a place in an image
 * @offset: of the next byte; never beyond source->size
 * @error: what source->read returned when it failed; all is at its end from then on
 * @buffer_offset, @buffer_len: which bytes of the image @buffer holds
 * @next_read: bytes to ask for next: few after a jump, ever more when walking on
 *
 * What lies in source->head is used in place.  Large: lives on the stack, and is left
 * uninitialised but for what trfs_image_cursor_init() sets.
 */
struct trfs_image_cursor {
	const struct trfs_image_source *source;
	uint64_t offset;
	int error;
	uint64_t buffer_offset;
	size_t buffer_len;
	size_t next_read;
	uint8_t buffer[TRFS_IMAGE_CURSOR_BUFFER];
};

void trfs_image_cursor_init(struct trfs_image_cursor *c,
			    const struct trfs_image_source *source);

/*
 * The next @len bytes (at most TRFS_IMAGE_CURSOR_BUFFER), and step behind them; valid
 * until the next call.  NULL, and at the end, where fewer are left.
 */
const uint8_t *trfs_image_cursor_take(struct trfs_image_cursor *c, size_t len);

/* As many of the next bytes as are at hand, without stepping; empty at the end only. */
struct trfs_bytes trfs_image_cursor_piece(struct trfs_image_cursor *c);

/* The next byte, or -1 at the end. */
static inline int trfs_image_cursor_byte(struct trfs_image_cursor *c)
{
	const uint8_t *p = trfs_image_cursor_take(c, 1);

	return p ? *p : -1;
}

static inline uint64_t trfs_image_cursor_left(const struct trfs_image_cursor *c)
{
	return c->source->size - c->offset;
}

/* To @offset, or to the end where that is nearer. */
static inline void trfs_image_cursor_move(struct trfs_image_cursor *c, uint64_t offset)
{
	c->offset = offset < c->source->size ? offset : c->source->size;
}

/* Step over @len bytes; false, and at the end, where fewer are left. */
static inline bool trfs_image_cursor_skip(struct trfs_image_cursor *c, uint64_t len)
{
	bool enough = len <= trfs_image_cursor_left(c);

	c->offset = enough ? c->offset + len : c->source->size;
	return enough;
}

/* Numbers at @p, where the caller has made sure of the bytes. */
static inline uint16_t trfs_image_u16be(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint16_t trfs_image_u16le(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t trfs_image_u32be(const uint8_t *p)
{
	return (uint32_t)trfs_image_u16be(p) << 16 | trfs_image_u16be(p + 2);
}

static inline uint32_t trfs_image_u32le(const uint8_t *p)
{
	return (uint32_t)trfs_image_u16le(p + 2) << 16 | trfs_image_u16le(p);
}

#endif
