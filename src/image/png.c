/* SPDX-License-Identifier: MIT */
/*
 * Probing PNG: the header, the chunks before the pixels, and whether IEND is there.
 *
 * The one idea: the last twelve bytes of a whole file are always the same, so pixels
 * are skipped unread; only where something stands behind them are the chunks walked.
 */
#include "image/formats.h"
#include "image/tiff.h"
#include <inttypes.h>

#define SIGNATURE "\x89PNG\r\n\x1a\n"
#define IEND	  "\0\0\0\0IEND\xae\x42\x60\x82"

#define SIGNATURE_SIZE	   8u
#define CHUNK_HEADER_SIZE  8u	/* length and type */
#define CHUNK_TRAILER_SIZE 4u	/* CRC */
#define ANCILLARY	   0x20 /* in the first letter of a chunk's type */
#define IHDR_SIZE	   13u
#define IEND_SIZE	   12u
#define CHUNK_MAX	   0x7fffffffu
#define SIDE_MAX	   1000000u /* libpng's default, which TensorFlow keeps */
#define NR_COLOURS_MAX	   256u

enum colour_type {
	COLOUR_GREY = 0,
	COLOUR_RGB = 2,
	COLOUR_PALETTE = 3,
	COLOUR_GREY_ALPHA = 4,
	COLOUR_RGB_ALPHA = 6,
};

struct chunk {
	uint64_t end; /* behind the data, before the CRC */
	uint32_t len;
	char type[4];
};

struct walk {
	struct trfs_image_cursor *c;
	struct trfs_image_info *info;
	struct trfs_error *err;
	uint8_t colour_type;
	uint32_t nr_colours; /* in the palette */
};

/* The whole signature, or as much of it as a file of a few bytes has. */
bool trfs_image_png_starts(struct trfs_bytes head)
{
	size_t len = head.len < SIGNATURE_SIZE ? head.len : SIGNATURE_SIZE;

	return len >= 4 && memcmp(head.data, SIGNATURE, len) == 0;
}

static int fail_early(struct walk *w)
{
	return trfs_image_fail_truncated(w->err, w->c->source->size,
					 "before the IEND chunk");
}

static bool is(const struct chunk *chunk, const char *type)
{
	return memcmp(chunk->type, type, sizeof(chunk->type)) == 0;
}

/* Which bit depths go with a colour type, as a set of bits; 0: no such type. */
static uint32_t depths_of(uint8_t colour_type)
{
	switch (colour_type) {
	case COLOUR_GREY:
		return 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8 | 1 << 16;
	case COLOUR_PALETTE:
		return 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8;
	case COLOUR_RGB:
	case COLOUR_GREY_ALPHA:
	case COLOUR_RGB_ALPHA:
		return 1 << 8 | 1 << 16;
	default:
		return 0;
	}
}

static uint8_t channels_of(uint8_t colour_type)
{
	switch (colour_type) {
	case COLOUR_GREY:
		return 1;
	case COLOUR_GREY_ALPHA:
		return 2;
	case COLOUR_RGB_ALPHA:
		return 4;
	default:
		return 3;
	}
}

static int check_header(struct walk *w, const uint8_t *p)
{
	uint32_t width = w->info->width;
	uint32_t height = w->info->height;

	if (p[8] > 16 || !(depths_of(p[9]) & 1u << p[8]))
		return trfs_fail(
			w->err, -EBADMSG,
			"has a damaged PNG header: no PNG has colour type %u with "
			"%u bits a sample",
			p[9], p[8]);
	if (p[10] != 0 || p[11] != 0 || p[12] > 1)
		return trfs_fail(
			w->err, -EBADMSG,
			"has a damaged PNG header: unknown compression, filter or "
			"interlace method");
	if (width == 0 || height == 0)
		return trfs_fail(w->err, -EBADMSG,
				 "has a damaged PNG header: %" PRIu32 " x %" PRIu32
				 " pixels",
				 width, height);
	if (width > SIDE_MAX || height > SIDE_MAX ||
	    (uint64_t)width * height >= TRFS_IMAGE_NR_PIXELS_LIMIT)
		return trfs_image_fail_too_large(w->err, width, height);
	return 0;
}

static int next_chunk(struct walk *w, struct chunk *ret)
{
	const uint8_t *p = trfs_image_cursor_take(w->c, CHUNK_HEADER_SIZE);

	if (!p)
		return fail_early(w);
	ret->len = trfs_image_u32be(p);
	ret->end = w->c->offset + ret->len;
	memcpy(ret->type, p + 4, sizeof(ret->type));
	if (ret->len > CHUNK_MAX)
		return trfs_fail(
			w->err, -EBADMSG,
			"is a damaged PNG: no chunk can be as long as the one at "
			"byte %" PRIu64,
			w->c->offset - CHUNK_HEADER_SIZE);
	return 0;
}

static int pass_chunk(struct walk *w, const struct chunk *chunk)
{
	trfs_image_cursor_move(w->c, chunk->end);
	if (!trfs_image_cursor_skip(w->c, CHUNK_TRAILER_SIZE))
		return fail_early(w);
	return 0;
}

/* To IHDR; libpng passes over unknown chunks before it that are not critical. */
static int walk_to_header(struct walk *w, struct chunk *ret)
{
	int rc;

	trfs_image_cursor_skip(w->c, SIGNATURE_SIZE);
	rc = next_chunk(w, ret);
	while (rc == 0 && ret->type[0] & ANCILLARY) {
		rc = pass_chunk(w, ret);
		if (rc == 0)
			rc = next_chunk(w, ret);
	}
	return rc;
}

static int read_header(struct walk *w)
{
	struct chunk chunk;
	const uint8_t *p;
	int rc = walk_to_header(w, &chunk);

	if (rc < 0)
		return rc;
	if (is(&chunk, "CgBI"))
		return trfs_fail(
			w->err, -EBADMSG,
			"is a PNG in Apple's own form (CgBI), which TensorFlow does "
			"not decode");
	if (!is(&chunk, "IHDR") || chunk.len != IHDR_SIZE)
		return trfs_fail(
			w->err, -EBADMSG,
			"has a damaged PNG header: it does not start with an IHDR "
			"chunk of 13 bytes");

	p = trfs_image_cursor_take(w->c, IHDR_SIZE);
	if (!p || !trfs_image_cursor_skip(w->c, CHUNK_TRAILER_SIZE))
		return fail_early(w);
	w->info->width = trfs_image_u32be(p);
	w->info->height = trfs_image_u32be(p + 4);
	w->info->depth = p[8];
	w->info->channels = channels_of(p[9]);
	w->colour_type = p[9];
	if (p[8] == 16)
		w->info->oddities |= TRFS_IMAGE_DEEP;
	return check_header(w, p);
}

static void read_exif(struct walk *w, const struct chunk *chunk)
{
	uint64_t start = w->c->offset;
	const uint8_t *p = trfs_image_cursor_take(w->c, 6);

	if (!p || chunk->end > w->c->source->size)
		return;
	/* Some writers keep the six bytes that stand before EXIF in a JPEG. */
	if (memcmp(p, "Exif\0", 5) != 0)
		trfs_image_cursor_move(w->c, start);
	trfs_image_exif_read(w->c, chunk->end, w->info);
}

static void read_frame_count(struct walk *w, const struct chunk *chunk)
{
	const uint8_t *p = chunk->len == 8 ? trfs_image_cursor_take(w->c, 4) : NULL;

	if (p && trfs_image_u32be(p) > 1)
		w->info->oddities |= TRFS_IMAGE_ANIMATED;
}

/* A chunk before the pixels that changes what is said of the image. */
static void read_chunk(struct walk *w, const struct chunk *chunk)
{
	if (is(chunk, "PLTE") && chunk->len % 3 == 0) {
		w->nr_colours = chunk->len / 3;
		if (w->nr_colours > NR_COLOURS_MAX)
			w->nr_colours = 0;
	} else if (is(chunk, "tRNS") && w->colour_type == COLOUR_PALETTE) {
		if (chunk->len > 0 && chunk->len <= w->nr_colours)
			w->info->channels = 4;
	} else if (is(chunk, "eXIf") && w->info->orientation == 1) {
		read_exif(w, chunk);
	} else if (is(chunk, "acTL")) {
		read_frame_count(w, chunk);
	}
}

/* To the first chunk of pixels, which the cursor is left inside of. */
static int walk_to_pixels(struct walk *w, struct chunk *ret_pixels)
{
	for (;;) {
		struct chunk chunk;
		int rc = next_chunk(w, &chunk);

		if (rc < 0)
			return rc;
		if (is(&chunk, "IDAT")) {
			*ret_pixels = chunk;
			return 0;
		}
		if (is(&chunk, "IEND"))
			return trfs_fail(w->err, -EBADMSG, "is a PNG without a picture");
		read_chunk(w, &chunk);
		rc = pass_chunk(w, &chunk);
		if (rc < 0)
			return rc;
	}
}

/* From @chunk on to behind IEND. */
static int walk_to_end(struct walk *w, struct chunk chunk)
{
	int rc;

	while (!is(&chunk, "IEND")) {
		rc = pass_chunk(w, &chunk);
		if (rc == 0)
			rc = next_chunk(w, &chunk);
		if (rc < 0)
			return rc;
	}
	rc = pass_chunk(w, &chunk);
	if (rc == 0 && trfs_image_cursor_left(w->c) > 0)
		w->info->oddities |= TRFS_IMAGE_TRAILING;
	return rc;
}

int trfs_image_png_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			 struct trfs_error *err)
{
	struct walk w = { .c = c, .info = info, .err = err };
	struct chunk pixels;
	uint64_t here;
	const uint8_t *p;
	int rc;

	rc = read_header(&w);
	if (rc == 0)
		rc = walk_to_pixels(&w, &pixels);
	if (rc < 0)
		return rc;

	here = c->offset;
	if (trfs_image_cursor_left(c) >= IEND_SIZE) {
		trfs_image_cursor_move(c, c->source->size - IEND_SIZE);
		p = trfs_image_cursor_take(c, IEND_SIZE);
		if (p && memcmp(p, IEND, IEND_SIZE) == 0)
			return 0;
	}
	trfs_image_cursor_move(c, here);
	return walk_to_end(&w, pixels);
}
