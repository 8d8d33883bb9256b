/* SPDX-License-Identifier: MIT */
/*
 * Probing GIF: walk its blocks from the header to the trailer.
 *
 * The one idea: TensorFlow shows the frames up to the first broken or missing one and
 * is content with one, so a GIF is whole when one frame is, and cut when more follows
 * that is not.  Data blocks are stepped over by their lengths.
 */
#include "image/formats.h"
#include "image/gif.h"

#define HEADER_SIZE	13u /* signature, version, screen, flags, background, aspect */
#define DESCRIPTOR_SIZE 9u

#define BLOCK_EXTENSION		  0x21
#define BLOCK_FRAME		  0x2c
#define BLOCK_TRAILER		  0x3b
#define EXTENSION_GRAPHIC_CONTROL 0xf9

#define FLAG_PALETTE	0x80
#define FLAG_INTERLACED 0x40
#define CODE_SIZE_MAX	8

/* The walk's own state: what blocks before a frame say about it. */
struct walk {
	struct trfs_image_cursor *c;
	trfs_image_gif_frame_fn *on_frame;
	void *user;
	uint16_t nr_colours; /* of the palette common to all */
	int transparent;
	bool saw_control; /* the first one before a frame counts */
};

bool trfs_image_gif_starts(struct trfs_bytes head)
{
	return TRFS_STARTS(head, "GIF8");
}

/* Step over the palette that @flags announce; its colours. */
static uint16_t pass_palette(struct trfs_image_cursor *c, uint8_t flags)
{
	uint16_t nr_colours;

	if (!(flags & FLAG_PALETTE))
		return 0;
	nr_colours = (uint16_t)(2u << (flags & 7));
	trfs_image_cursor_skip(c, 3u * nr_colours);
	return nr_colours;
}

bool trfs_image_gif_skip_blocks(struct trfs_image_cursor *c)
{
	int len;

	do {
		len = trfs_image_cursor_byte(c);
		if (len < 0 || !trfs_image_cursor_skip(c, (uint64_t)len))
			return false;
	} while (len > 0);
	return true;
}

static void read_control(struct walk *w, const uint8_t *data, int len)
{
	if (w->saw_control)
		return;
	w->saw_control = true;
	if (len == 4 && data[0] & 1)
		w->transparent = data[3];
}

static bool read_extension(struct walk *w)
{
	int label = trfs_image_cursor_byte(w->c);
	int len = trfs_image_cursor_byte(w->c);
	const uint8_t *data;

	if (len < 0)
		return false;
	data = trfs_image_cursor_take(w->c, (size_t)len);
	if (!data)
		return false;
	if (label == EXTENSION_GRAPHIC_CONTROL && len > 0)
		read_control(w, data, len);
	/* After an empty first block TensorFlow's giflib expects more, and so do we. */
	return trfs_image_gif_skip_blocks(w->c);
}

static bool read_frame(struct walk *w, struct trfs_image_gif *gif)
{
	const uint8_t *p = trfs_image_cursor_take(w->c, DESCRIPTOR_SIZE);
	struct trfs_image_gif_frame frame;
	uint16_t nr_own_colours;

	if (!p)
		return false;
	frame.left = trfs_image_u16le(p);
	frame.top = trfs_image_u16le(p + 2);
	frame.width = trfs_image_u16le(p + 4);
	frame.height = trfs_image_u16le(p + 6);
	frame.interlaced = p[8] & FLAG_INTERLACED;
	frame.transparent = w->transparent;
	nr_own_colours = pass_palette(w->c, p[8]);
	frame.nr_colours = nr_own_colours ? nr_own_colours : w->nr_colours;

	if (frame.width == 0 || frame.height == 0 ||
	    frame.width > INT32_MAX / frame.height)
		return false;
	if (!w->on_frame(w->user, w->c, &frame))
		return false;

	gif->nr_frames++;
	gif->without_palette |= frame.nr_colours == 0;
	if (frame.width > gif->width)
		gif->width = frame.width;
	if (frame.height > gif->height)
		gif->height = frame.height;
	w->transparent = TRFS_IMAGE_GIF_OPAQUE;
	w->saw_control = false;
	return true;
}

bool trfs_image_gif_walk(struct trfs_image_cursor *c, trfs_image_gif_frame_fn *on_frame,
			 void *user, struct trfs_image_gif *ret)
{
	struct walk w = { .c = c, .on_frame = on_frame, .user = user };
	struct trfs_image_gif gif = { 0 };
	const uint8_t *p = trfs_image_cursor_take(c, HEADER_SIZE);
	bool sound = true;

	if (!p)
		return false;
	w.nr_colours = pass_palette(c, p[10]);
	w.transparent = TRFS_IMAGE_GIF_OPAQUE;
	while (sound && !gif.ended) {
		switch (trfs_image_cursor_byte(c)) {
		case BLOCK_EXTENSION:
			sound = read_extension(&w);
			break;
		case BLOCK_FRAME:
			sound = read_frame(&w, &gif);
			break;
		case BLOCK_TRAILER:
			gif.ended = true;
			break;
		default:
			sound = false;
		}
	}
	*ret = gif;
	return true;
}

/* Without decoding: a code size that can be, and all data blocks. */
static bool pass_pixels(void *user, struct trfs_image_cursor *c,
			const struct trfs_image_gif_frame *frame)
{
	int code_size = trfs_image_cursor_byte(c);

	(void)user;
	(void)frame;
	return code_size >= 0 && code_size <= CODE_SIZE_MAX &&
	       trfs_image_gif_skip_blocks(c);
}

int trfs_image_gif_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			 struct trfs_error *err)
{
	struct trfs_image_gif gif = { 0 };
	bool has_header = trfs_image_gif_walk(c, pass_pixels, NULL, &gif);

	info->channels = 3;
	info->depth = 8;
	info->width = gif.width;
	info->height = gif.height;
	if (gif.nr_frames > 1)
		info->oddities |= TRFS_IMAGE_ANIMATED;
	if (gif.nr_frames == 0 && gif.ended)
		return trfs_fail(err, -EBADMSG, "is a GIF without a picture");
	if (gif.nr_frames == 0 && trfs_image_cursor_left(c) > 0)
		return trfs_fail(err, -EBADMSG, "is a GIF whose first frame is damaged");
	if (!has_header || gif.nr_frames == 0)
		return trfs_image_fail_truncated(err, c->source->size,
						 "inside its first frame");
	if (gif.without_palette)
		return trfs_fail(
			err, -EBADMSG,
			"is a GIF with a frame without colours, which TensorFlow "
			"refuses");

	if (!gif.ended)
		info->oddities |= TRFS_IMAGE_CUT;
	else if (trfs_image_cursor_left(c) > 0)
		info->oddities |= TRFS_IMAGE_TRAILING;
	return 0;
}
