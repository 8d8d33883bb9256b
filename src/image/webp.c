/* SPDX-License-Identifier: MIT */
/*
 * Probing WebP: the RIFF header says how long the file must be, the first chunk how
 * large the picture is.
 *
 * An animated one is always called bad: tf.io.decode_image of TensorFlow 2.21 does not
 * refuse it but kills the process that it runs in.
 */
#include "image/formats.h"

#define HEADER_SIZE	  12u /* "RIFF", size, "WEBP" */
#define CHUNK_HEADER_SIZE 8u
#define FLAG_ANIMATED	  0x02

bool trfs_image_webp_starts(struct trfs_bytes head)
{
	return head.len >= HEADER_SIZE && memcmp(head.data, "RIFF", 4) == 0 &&
	       memcmp(head.data + 8, "WEBP", 4) == 0;
}

static uint32_t u24le(const uint8_t *p)
{
	return (uint32_t)p[2] << 16 | trfs_image_u16le(p);
}

/* Each kind of first chunk has the size in its first ten bytes; false: no such kind. */
static bool read_size(const char type[4], const uint8_t *p, struct trfs_image_info *info)
{
	if (memcmp(type, "VP8 ", 4) == 0) {
		info->width = trfs_image_u16le(p + 6) & 0x3fff;
		info->height = trfs_image_u16le(p + 8) & 0x3fff;
	} else if (memcmp(type, "VP8L", 4) == 0) {
		uint32_t bits = trfs_image_u32le(p + 1);

		info->width = (bits & 0x3fff) + 1;
		info->height = (bits >> 14 & 0x3fff) + 1;
	} else if (memcmp(type, "VP8X", 4) == 0) {
		info->width = u24le(p + 4) + 1;
		info->height = u24le(p + 7) + 1;
		if (p[0] & FLAG_ANIMATED)
			info->oddities |= TRFS_IMAGE_ANIMATED;
	} else {
		return false;
	}
	return true;
}

int trfs_image_webp_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			  struct trfs_error *err)
{
	const uint8_t *p = trfs_image_cursor_take(c, HEADER_SIZE + CHUNK_HEADER_SIZE);
	uint64_t end;
	char type[4];

	if (!p)
		return trfs_image_fail_truncated(err, c->source->size,
						 "inside its header");
	end = (uint64_t)trfs_image_u32le(p + 4) + CHUNK_HEADER_SIZE;
	memcpy(type, p + HEADER_SIZE, sizeof(type));

	p = trfs_image_cursor_take(c, 10);
	if (!p)
		return trfs_image_fail_truncated(err, c->source->size,
						 "inside its header");
	info->channels = 3;
	info->depth = 8;
	if (!read_size(type, p, info))
		return trfs_fail(err, -EBADMSG, "has a damaged WebP header");
	if (c->source->size < end)
		return trfs_image_fail_truncated(err, c->source->size,
						 "before the size its header says");
	if (info->oddities & TRFS_IMAGE_ANIMATED)
		return trfs_fail(
			err, -EBADMSG,
			"is an animated WebP image, which makes TensorFlow 2.21 crash");
	return 0;
}
