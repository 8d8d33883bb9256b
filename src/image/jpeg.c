/* SPDX-License-Identifier: MIT */
/*
 * Probing JPEG: walk from marker to marker as libjpeg does, without decoding.
 *
 * The one idea: in the usual file the header leads to a scan and the last two bytes are
 * the end-of-image marker, and nothing between needs to be looked at.  Only where they
 * are not is the entropy-coded data walked.  Lengths of 0 and 1, fill bytes and bytes
 * between segments are passed over just as libjpeg passes over them; what it cannot
 * survive is called bad, all else is left to the full check.
 */
#include "image/formats.h"
#include "image/tiff.h"
#include <inttypes.h>

#define MARKER_TEM  0x01
#define MARKER_SOF0 0xc0
#define MARKER_DHT  0xc4
#define MARKER_DAC  0xcc
#define MARKER_RST0 0xd0
#define MARKER_RST7 0xd7
#define MARKER_SOI  0xd8
#define MARKER_EOI  0xd9
#define MARKER_SOS  0xda
#define MARKER_DRI  0xdd
#define MARKER_APP1 0xe1
#define MARKER_APPF 0xef
#define MARKER_COM  0xfe

#define FRAME_HEADER_SIZE 8u	 /* length to number of components */
#define SIDE_MAX	  65500u /* libjpeg's JPEG_MAX_DIMENSION */

/* What was met on the way. */
struct walk {
	struct trfs_image_cursor *c;
	struct trfs_image_info *info;
	struct trfs_error *err;
	bool saw_frame;
	bool saw_exif;
	bool saw_scan;
};

bool trfs_image_jpeg_starts(struct trfs_bytes head)
{
	/* The two bytes alone are a JPEG that ends very early. */
	return TRFS_STARTS(head, "\xff\xd8") && (head.len == 2 || head.data[2] == 0xff);
}

/* The next marker's second byte, or -1 where the bytes end before one. */
static int next_marker(struct trfs_image_cursor *c)
{
	for (;;) {
		struct trfs_bytes piece = trfs_image_cursor_piece(c);
		const uint8_t *found;
		int marker;

		if (piece.len == 0)
			return -1;
		found = memchr(piece.data, 0xff, piece.len);
		if (!found) {
			trfs_image_cursor_skip(c, piece.len);
			continue;
		}
		trfs_image_cursor_skip(c, (uint64_t)(found - piece.data) + 1);
		do {
			marker = trfs_image_cursor_byte(c);
		} while (marker == 0xff);
		if (marker != 0)
			return marker;
	}
}

/* The bytes end where more are needed. */
static int fail_early(struct walk *w)
{
	return trfs_image_fail_truncated(w->err, w->c->source->size,
					 w->saw_scan ? "before the end-of-image marker"
						     : "inside its header");
}

static int check_size(struct walk *w, uint8_t nr_components)
{
	uint32_t height = w->info->height;
	uint32_t width = w->info->width;

	if (height == 0 || width == 0)
		return trfs_fail(w->err, -EBADMSG,
				 "announces a picture of %" PRIu32 " x %" PRIu32
				 " pixels (width x height), which TensorFlow refuses",
				 width, height);
	if (height > SIDE_MAX || width > SIDE_MAX ||
	    (uint64_t)height * width * nr_components >= TRFS_IMAGE_NR_PIXELS_LIMIT)
		return trfs_image_fail_too_large(w->err, width, height);
	return 0;
}

static int read_frame(struct walk *w)
{
	const uint8_t *p = trfs_image_cursor_take(w->c, FRAME_HEADER_SIZE);
	uint8_t nr_components;

	if (!p)
		return fail_early(w);
	if (w->saw_frame)
		return trfs_fail(w->err, -EBADMSG, "is a JPEG with two frame headers");
	w->saw_frame = true;

	nr_components = p[7];
	w->info->height = trfs_image_u16be(p + 3);
	w->info->width = trfs_image_u16be(p + 5);
	w->info->depth = p[2];
	w->info->channels = nr_components == 1 ? 1 : 3;
	if (nr_components == 4)
		w->info->oddities |= TRFS_IMAGE_CMYK;

	if (p[2] != 8)
		return trfs_fail(
			w->err, -EBADMSG,
			"is a JPEG of %u bits a sample; TensorFlow decodes only 8", p[2]);
	if (nr_components != 1 && nr_components != 3 && nr_components != 4)
		return trfs_fail(w->err, -EBADMSG,
				 "is a JPEG of %u colour components; TensorFlow decodes "
				 "1, 3 or 4",
				 nr_components);
	if (trfs_image_u16be(p) != FRAME_HEADER_SIZE + 3u * nr_components)
		return trfs_fail(w->err, -EBADMSG, "has a damaged JPEG frame header");
	trfs_image_cursor_skip(w->c, 3u * nr_components);
	return check_size(w, nr_components);
}

/* A segment whose content does not matter here, but for EXIF. */
static int pass_segment(struct walk *w, int marker)
{
	const uint8_t *p = trfs_image_cursor_take(w->c, 2);
	uint64_t len, end;

	if (!p)
		return fail_early(w);
	len = trfs_image_u16be(p);
	end = w->c->offset + (len > 2 ? len - 2 : 0);
	if (marker == MARKER_APP1 && !w->saw_exif && len >= 2 + 6) {
		p = trfs_image_cursor_take(w->c, 6);
		if (p && memcmp(p, "Exif\0", 5) == 0) {
			w->saw_exif = true;
			if (end <= w->c->source->size)
				trfs_image_exif_read(w->c, end, w->info);
		}
	}
	trfs_image_cursor_move(w->c, end);
	return 0;
}

static int fail_marker(struct walk *w, int marker)
{
	if (marker == MARKER_SOI)
		return trfs_fail(w->err, -EBADMSG,
				 "is a damaged JPEG: starts again at byte %" PRIu64,
				 w->c->offset - 2);
	if (marker >= MARKER_SOF0 && marker < MARKER_RST0)
		return trfs_fail(w->err, -EBADMSG,
				 "is a JPEG of a kind that TensorFlow does not decode "
				 "(lossless or hierarchical, marker ff%02x)",
				 (unsigned int)marker);
	return trfs_fail(w->err, -EBADMSG,
			 "is a damaged JPEG: unknown marker ff%02x at byte %" PRIu64,
			 (unsigned int)marker, w->c->offset - 2);
}

/* One marker other than SOS and EOI, with the segment behind it. */
static int pass_marker(struct walk *w, int marker)
{
	switch (marker) {
	case MARKER_SOF0:
	case MARKER_SOF0 + 1:
	case MARKER_SOF0 + 2:
	case MARKER_SOF0 + 9:
	case MARKER_SOF0 + 10:
		return read_frame(w);
	case MARKER_DHT:
	case MARKER_DAC:
	case MARKER_COM:
		return pass_segment(w, marker);
	case MARKER_TEM:
		return 0;
	}
	if (marker >= MARKER_RST0 && marker <= MARKER_RST7)
		return 0;
	/* DQT, DNL and DRI; APP0 to APP15 */
	if ((marker > MARKER_SOS && marker <= MARKER_DRI) ||
	    (marker >= MARKER_APP1 - 1 && marker <= MARKER_APPF))
		return pass_segment(w, marker);
	return fail_marker(w, marker);
}

/* From the start to behind the first scan's header. */
static int walk_header(struct walk *w)
{
	int rc;

	trfs_image_cursor_skip(w->c, 2);
	for (;;) {
		int marker = next_marker(w->c);

		if (marker < 0)
			return fail_early(w);
		if (marker == MARKER_EOI)
			return trfs_fail(w->err, -EBADMSG, "is a JPEG without a picture");
		if (marker == MARKER_SOS)
			break;
		rc = pass_marker(w, marker);
		if (rc < 0)
			return rc;
	}
	if (!w->saw_frame)
		return trfs_fail(
			w->err, -EBADMSG,
			"is a damaged JPEG: its picture data come without a frame "
			"header");
	rc = pass_segment(w, MARKER_SOS);
	w->saw_scan = rc == 0;
	return rc;
}

/* Are the last two bytes, all behind the cursor, the end-of-image marker? */
static bool ends_with_marker(struct trfs_image_cursor *c)
{
	uint64_t here = c->offset;
	const uint8_t *p = NULL;

	if (trfs_image_cursor_left(c) >= 2) {
		trfs_image_cursor_move(c, c->source->size - 2);
		p = trfs_image_cursor_take(c, 2);
	}
	if (p && p[0] == 0xff && p[1] == MARKER_EOI)
		return true;
	trfs_image_cursor_move(c, here);
	return false;
}

/* From inside the first scan to the end-of-image marker. */
static int walk_scans(struct walk *w)
{
	for (;;) {
		int marker = next_marker(w->c);
		int rc = 0;

		if (marker < 0)
			return fail_early(w);
		if (marker == MARKER_EOI)
			break;
		/* libjpeg may pass over reserved ones while looking for a restart. */
		if (marker == MARKER_SOS)
			rc = pass_segment(w, marker);
		else if (marker >= MARKER_SOF0)
			rc = pass_marker(w, marker);
		if (rc < 0)
			return rc;
	}
	if (trfs_image_cursor_left(w->c) > 0)
		w->info->oddities |= TRFS_IMAGE_TRAILING;
	return 0;
}

int trfs_image_jpeg_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			  struct trfs_error *err)
{
	struct walk w = { .c = c, .info = info, .err = err };
	int rc = walk_header(&w);

	if (rc < 0)
		return rc;
	if (ends_with_marker(c))
		return 0;
	return walk_scans(&w);
}
