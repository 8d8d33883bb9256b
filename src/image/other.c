/* SPDX-License-Identifier: MIT */
/*
 * Formats that are recognised so that they can be named, and measured where a few
 * bytes tell: no TensorFlow before 2.20 decodes any of them, and most none at all.
 * They are let in only when asked for, and their ends are not looked for.
 */
#include "image/formats.h"
#include "image/tiff.h"

/* No number in a PNM header that is believed is larger. */
#define PNM_NUMBER_MAX 1000000000u

int trfs_image_nothing_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			     struct trfs_error *err)
{
	(void)c;
	(void)info;
	(void)err;
	return 0;
}

bool trfs_image_tiff_starts(struct trfs_bytes head)
{
	/* 43 is BigTIFF. */
	return TRFS_STARTS(head, "II*\0") || TRFS_STARTS(head, "MM\0*") ||
	       TRFS_STARTS(head, "II+\0") || TRFS_STARTS(head, "MM\0+");
}

int trfs_image_tiff_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			  struct trfs_error *err)
{
	struct trfs_image_tiff tiff;

	(void)err;
	if (!trfs_image_tiff_read(c, c->source->size, &tiff))
		return 0;
	info->width = tiff.width;
	info->height = tiff.height;
	if (tiff.orientation >= 2 && tiff.orientation <= 8) {
		info->orientation = (uint8_t)tiff.orientation;
		info->oddities |= TRFS_IMAGE_TURNED;
	}
	return 0;
}

/* Is one of the brands of the file type box in @brands, four letters each? */
static bool has_brand(struct trfs_bytes head, const char *brands)
{
	size_t end;

	if (head.len < 16 || memcmp(head.data + 4, "ftyp", 4) != 0)
		return false;
	end = trfs_image_u32be(head.data);
	if (end > head.len)
		end = head.len;
	for (size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4)
		for (const char *brand = brands; *brand; brand += 4)
			if (memcmp(head.data + at, brand, 4) == 0)
				return true;
	return false;
}

bool trfs_image_avif_starts(struct trfs_bytes head)
{
	return has_brand(head, "avifavis");
}

/* AVIF has some of these brands too. */
bool trfs_image_heic_starts(struct trfs_bytes head)
{
	return !trfs_image_avif_starts(head) &&
	       has_brand(head, "heicheixhevchevxheimheishevmhevsmif1msf1");
}

bool trfs_image_jpeg_2000_starts(struct trfs_bytes head)
{
	return TRFS_STARTS(head, "\0\0\0\x0cjP  \r\n\x87\n") ||
	       TRFS_STARTS(head, "\xff\x4f\xff\x51");
}

/* A bare code stream starts with its size; a file has it in the header box. */
int trfs_image_jpeg_2000_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			       struct trfs_error *err)
{
	const uint8_t *p = trfs_image_cursor_take(c, 24);

	(void)err;
	if (!p)
		return 0;
	if (p[0] == 0xff) {
		info->width = trfs_image_u32be(p + 8) - trfs_image_u32be(p + 16);
		info->height = trfs_image_u32be(p + 12) - trfs_image_u32be(p + 20);
		return 0;
	}
	/* Signature box, file type box, then the boxes "jp2h" and, inside, "ihdr". */
	trfs_image_cursor_move(c, 12 + (uint64_t)trfs_image_u32be(p + 12));
	p = trfs_image_cursor_take(c, 24);
	if (p && memcmp(p + 4, "jp2h", 4) == 0 && memcmp(p + 12, "ihdr", 4) == 0) {
		info->height = trfs_image_u32be(p + 16);
		info->width = trfs_image_u32be(p + 20);
	}
	return 0;
}

bool trfs_image_psd_starts(struct trfs_bytes head)
{
	return TRFS_STARTS(head, "8BPS\0\1") || TRFS_STARTS(head, "8BPS\0\2");
}

int trfs_image_psd_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			 struct trfs_error *err)
{
	const uint8_t *p = trfs_image_cursor_take(c, 26);

	(void)err;
	if (p) {
		info->height = trfs_image_u32be(p + 14);
		info->width = trfs_image_u32be(p + 18);
	}
	return 0;
}

bool trfs_image_ico_starts(struct trfs_bytes head)
{
	/* Reserved 0, kind 1, a few pictures, and of the first: reserved 0. */
	return TRFS_STARTS(head, "\0\0\1\0") && head.len >= 22 && head.data[4] > 0 &&
	       head.data[5] == 0 && head.data[9] == 0;
}

int trfs_image_ico_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			 struct trfs_error *err)
{
	const uint8_t *p = trfs_image_cursor_take(c, 8);

	(void)err;
	if (p) {
		info->width = p[6] ? p[6] : 256;
		info->height = p[7] ? p[7] : 256;
	}
	return 0;
}

bool trfs_image_svg_starts(struct trfs_bytes head)
{
	struct trfs_bytes text = head;

	if (TRFS_STARTS(text, "\xef\xbb\xbf")) {
		text.data += 3;
		text.len -= 3;
	}
	text = trfs_bytes_trim(text);
	if (TRFS_STARTS(text, "<svg"))
		return true;
	if (!TRFS_STARTS(text, "<?xml") && !TRFS_STARTS(text, "<!--") &&
	    !TRFS_STARTS(text, "<!DOCTYPE svg"))
		return false;
	return memmem(text.data, text.len, "<svg", 4) != NULL;
}

int trfs_image_svg_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			 struct trfs_error *err)
{
	return trfs_image_nothing_probe(c, info, err);
}

static bool is_blank(int byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

bool trfs_image_pnm_starts(struct trfs_bytes head)
{
	return head.len >= 8 && head.data[0] == 'P' && head.data[1] >= '1' &&
	       head.data[1] <= '7' && is_blank(head.data[2]) &&
	       (is_blank(head.data[3]) || head.data[3] == '#' || head.data[1] == '7' ||
		(head.data[3] >= '0' && head.data[3] <= '9'));
}

static int pnm_skip_comment(struct trfs_image_cursor *c)
{
	int byte;

	do
		byte = trfs_image_cursor_byte(c);
	while (byte >= 0 && byte != '\n');
	return byte;
}

/* Past blanks and comments to the first byte of a word. */
static int pnm_skip_blanks(struct trfs_image_cursor *c)
{
	int byte = trfs_image_cursor_byte(c);

	while (is_blank(byte) || byte == '#')
		byte = byte == '#' ? pnm_skip_comment(c) : trfs_image_cursor_byte(c);
	return byte;
}

/* The next number; 0 where there is none. */
static uint32_t pnm_number(struct trfs_image_cursor *c)
{
	uint32_t number = 0;
	int byte = pnm_skip_blanks(c);

	while (byte >= '0' && byte <= '9' && number < PNM_NUMBER_MAX / 10) {
		number = number * 10 + (uint32_t)(byte - '0');
		byte = trfs_image_cursor_byte(c);
	}
	return number;
}

int trfs_image_pnm_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			 struct trfs_error *err)
{
	const uint8_t *p = trfs_image_cursor_take(c, 2);

	(void)err;
	/* P7 spells its header out in words. */
	if (p && p[1] < '7') {
		info->width = pnm_number(c);
		info->height = pnm_number(c);
	}
	return 0;
}
