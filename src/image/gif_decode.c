/* SPDX-License-Identifier: MIT */
/*
 * The full check of a GIF: decompress every frame's LZW data and look at each colour.
 *
 * Two walks.  The first finds the frames that decompress, and with them the size of
 * TensorFlow's tensor; the second checks the colours of what lies inside that size,
 * since TensorFlow looks at no others.  Codes that no encoder writes are taken as
 * TensorFlow's giflib takes them.
 */
#include "image/formats.h"
#include "image/gif.h"

#define CODE_BITS_MAX 12u
#define NR_CODES      (1u << CODE_BITS_MAX)
#define STRING_MAX    (NR_CODES - 1)
#define NO_CODE	      0xffffu
#define STRAY_PIXEL   2 /* giflib's last pixel for a code that is not defined */
#define CODE_SIZE_MAX 8

/**
 * struct lzw - the decompressor of one frame
 * @prefix, @suffix: a code's string is its prefix's with the suffix behind
 * @pixels: a string being unwound, last pixel first
 * @clear: the code that empties the table; the one behind it ends the data
 * @next: giflib's running code: the code just read may define number @next - 2
 * @last: the code before, or NO_CODE
 * @bits, @nr_bits: bits read and not yet used
 * @block, @block_left: rest of the data block
 */
struct lzw {
	struct trfs_image_cursor *c;
	uint16_t prefix[NR_CODES];
	uint8_t suffix[NR_CODES];
	uint8_t pixels[NR_CODES];
	unsigned int code_size;
	unsigned int clear;
	unsigned int next;
	unsigned int code_bits;
	unsigned int last;
	uint32_t bits;
	unsigned int nr_bits;
	const uint8_t *block;
	size_t block_left;
};

/* Where the pixels of a frame go: top to bottom, or in the four interlaced passes. */
struct raster {
	const struct trfs_image_gif_frame *frame;
	const struct trfs_image_gif *canvas; /* NULL: do not look at the colours */
	uint64_t nr_left;
	uint32_t x, y;
	unsigned int pass;
	bool bad_colour;
};

static void start_codes(struct lzw *lzw)
{
	memset(lzw->prefix, 0xff, sizeof(lzw->prefix));
	lzw->next = lzw->clear + 2;
	lzw->code_bits = lzw->code_size + 1;
	lzw->last = NO_CODE;
}

static bool read_byte(struct lzw *lzw, uint8_t *ret)
{
	if (lzw->block_left == 0) {
		int len = trfs_image_cursor_byte(lzw->c);

		if (len <= 0)
			return false;
		lzw->block = trfs_image_cursor_take(lzw->c, (size_t)len);
		if (!lzw->block)
			return false;
		lzw->block_left = (size_t)len;
	}
	lzw->block_left--;
	*ret = *lzw->block++;
	return true;
}

static bool read_code(struct lzw *lzw, unsigned int *ret)
{
	uint8_t byte;

	while (lzw->nr_bits < lzw->code_bits) {
		if (!read_byte(lzw, &byte))
			return false;
		lzw->bits |= (uint32_t)byte << lzw->nr_bits;
		lzw->nr_bits += 8;
	}
	*ret = lzw->bits & ((1u << lzw->code_bits) - 1);
	lzw->bits >>= lzw->code_bits;
	lzw->nr_bits -= lzw->code_bits;

	if (lzw->next < NR_CODES + 1 && ++lzw->next > 1u << lzw->code_bits &&
	    lzw->code_bits < CODE_BITS_MAX)
		lzw->code_bits++;
	return true;
}

/* The first pixel of a code's string. */
static uint8_t first_pixel(const struct lzw *lzw, unsigned int code)
{
	for (size_t i = 0; i < NR_CODES && code > lzw->clear; i++)
		code = code < NR_CODES ? lzw->prefix[code] : NO_CODE;
	return code <= lzw->clear ? (uint8_t)code : STRAY_PIXEL;
}

/* Next row of an interlaced frame; rows that do not exist are passed over. */
static void next_interlaced_row(struct raster *raster)
{
	static const uint8_t first[] = { 0, 4, 2, 1 };
	static const uint8_t step[] = { 8, 8, 4, 2 };

	raster->y += step[raster->pass];
	while (raster->y >= raster->frame->height && raster->pass < 3)
		raster->y = first[++raster->pass];
}

static void put_pixel(struct raster *raster, uint8_t colour)
{
	const struct trfs_image_gif_frame *frame = raster->frame;

	if (raster->nr_left == 0)
		return;
	raster->nr_left--;
	if (raster->canvas && colour >= frame->nr_colours &&
	    colour != frame->transparent &&
	    frame->left + raster->x < raster->canvas->width &&
	    frame->top + raster->y < raster->canvas->height)
		raster->bad_colour = true;

	if (++raster->x < frame->width)
		return;
	raster->x = 0;
	if (frame->interlaced)
		next_interlaced_row(raster);
	else
		raster->y++;
}

/* Put the string of @code, which is no mere pixel; false where it cannot be. */
static bool put_string(struct lzw *lzw, unsigned int code, struct raster *raster)
{
	unsigned int defines = lzw->next - 2;
	unsigned int at = code;
	size_t nr_pixels = 0;

	if (lzw->prefix[code] == NO_CODE) {
		lzw->pixels[nr_pixels++] =
			first_pixel(lzw, code == defines ? lzw->last : code);
		at = lzw->last;
	}
	while (nr_pixels < STRING_MAX && at > lzw->clear && at < NR_CODES) {
		lzw->pixels[nr_pixels++] = lzw->suffix[at];
		at = lzw->prefix[at];
	}
	if (nr_pixels >= STRING_MAX || at >= NR_CODES)
		return false;
	put_pixel(raster, (uint8_t)at);
	while (nr_pixels > 0)
		put_pixel(raster, lzw->pixels[--nr_pixels]);
	return true;
}

static void define_code(struct lzw *lzw, unsigned int code)
{
	unsigned int defines = lzw->next - 2;

	if (lzw->last != NO_CODE && defines < NR_CODES &&
	    lzw->prefix[defines] == NO_CODE) {
		uint8_t suffix = first_pixel(lzw, code == defines ? lzw->last : code);

		lzw->prefix[defines] = (uint16_t)lzw->last;
		lzw->suffix[defines] = suffix;
	}
	lzw->last = code;
}

/* All pixels of a frame. */
static bool decompress(struct lzw *lzw, struct raster *raster)
{
	unsigned int code;

	start_codes(lzw);
	while (raster->nr_left > 0) {
		if (!read_code(lzw, &code) || code == lzw->clear + 1)
			return false;
		if (code == lzw->clear) {
			start_codes(lzw);
			continue;
		}
		if (code < lzw->clear)
			put_pixel(raster, (uint8_t)code);
		else if (!put_string(lzw, code, raster))
			return false;
		define_code(lzw, code);
	}
	return true;
}

struct check {
	const struct trfs_image_gif *canvas;
	struct lzw lzw;
	bool bad_colour;
};

static bool check_frame(void *user, struct trfs_image_cursor *c,
			const struct trfs_image_gif_frame *frame)
{
	struct check *check = user;
	struct lzw *lzw = &check->lzw;
	struct raster raster = { .frame = frame,
				 .canvas = check->canvas,
				 .nr_left = (uint64_t)frame->width * frame->height };
	int code_size = trfs_image_cursor_byte(c);

	if (code_size < 0 || code_size > CODE_SIZE_MAX)
		return false;
	lzw->c = c;
	lzw->code_size = (unsigned int)code_size;
	lzw->clear = 1u << code_size;
	lzw->bits = 0;
	lzw->nr_bits = 0;
	lzw->block_left = 0;
	if (!decompress(lzw, &raster) || !trfs_image_gif_skip_blocks(c))
		return false;
	check->bad_colour |= raster.bad_colour;
	return true;
}

int trfs_image_gif_decode(struct trfs_bytes whole, struct trfs_image_info *info,
			  struct trfs_error *err)
{
	struct trfs_image_source source = trfs_image_source_of(whole);
	struct trfs_image_gif gif, again;
	struct trfs_image_cursor c;
	struct check check;

	check.canvas = NULL;
	check.bad_colour = false;
	trfs_image_cursor_init(&c, &source);
	if (!trfs_image_gif_walk(&c, check_frame, &check, &gif) || gif.nr_frames == 0)
		return trfs_fail(err, -EBADMSG, "is a GIF whose first frame is damaged");

	check.canvas = &gif;
	trfs_image_cursor_init(&c, &source);
	trfs_image_gif_walk(&c, check_frame, &check, &again);
	if (gif.without_palette || check.bad_colour)
		return trfs_fail(
			err, -EBADMSG,
			"is a GIF with colours that its palette does not have, which "
			"TensorFlow refuses");

	info->width = gif.width;
	info->height = gif.height;
	info->oddities &= ~(uint32_t)(TRFS_IMAGE_ANIMATED | TRFS_IMAGE_CUT);
	if (gif.nr_frames > 1)
		info->oddities |= TRFS_IMAGE_ANIMATED;
	if (!gif.ended)
		info->oddities |= TRFS_IMAGE_CUT;
	return 0;
}
