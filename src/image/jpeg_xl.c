/* SPDX-License-Identifier: MIT */
/*
 * Probing JPEG XL: a bare code stream (ff 0a) or the boxes round one.
 * The size stands in the first bits of the code stream, the least bit first.
 */
#include "image/formats.h"

#define CONTAINER    "\0\0\0\x0cJXL \r\n\x87\n"
#define NR_BOXES_MAX 16

/* Bits from up to eight bytes. */
struct bits {
	uint64_t left;
};

bool trfs_image_jpeg_xl_starts(struct trfs_bytes head)
{
	return TRFS_STARTS(head, "\xff\x0a") || TRFS_STARTS(head, CONTAINER);
}

static uint32_t take(struct bits *bits, unsigned int nr)
{
	uint32_t value = (uint32_t)(bits->left & ((1ull << nr) - 1));

	bits->left >>= nr;
	return value;
}

static uint32_t take_side(struct bits *bits, bool small)
{
	static const uint8_t nr_bits[] = { 9, 13, 18, 30 };

	if (small)
		return (take(bits, 5) + 1) * 8;
	return take(bits, nr_bits[take(bits, 2)]) + 1;
}

/* The width where it is a set ratio of the height. */
static uint32_t width_by_ratio(uint32_t height, uint32_t ratio)
{
	static const uint8_t over[] = { 0, 1, 12, 4, 3, 16, 5, 2 };
	static const uint8_t under[] = { 1, 1, 10, 3, 2, 9, 4, 1 };

	return (uint32_t)((uint64_t)height * over[ratio] / under[ratio]);
}

static void read_size(const uint8_t *p, struct trfs_image_info *info)
{
	struct bits bits = { (uint64_t)trfs_image_u32le(p + 4) << 32 |
			     trfs_image_u32le(p) };
	bool small = take(&bits, 1);
	uint32_t ratio;

	info->height = take_side(&bits, small);
	ratio = take(&bits, 3);
	info->width =
		ratio ? width_by_ratio(info->height, ratio) : take_side(&bits, small);
}

/* Put the cursor at the code stream inside the boxes. */
static bool find_stream(struct trfs_image_cursor *c)
{
	for (int i = 0; i < NR_BOXES_MAX; i++) {
		const uint8_t *p = trfs_image_cursor_take(c, 8);
		uint32_t len;

		if (!p)
			return false;
		len = trfs_image_u32be(p);
		if (memcmp(p + 4, "jxlc", 4) == 0)
			return true;
		if (memcmp(p + 4, "jxlp", 4) == 0) /* parts, numbered */
			return trfs_image_cursor_skip(c, 4);
		if (len < 8)
			return false;
		trfs_image_cursor_skip(c, len - 8);
	}
	return false;
}

int trfs_image_jpeg_xl_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			     struct trfs_error *err)
{
	const uint8_t *p;

	(void)err;
	if (TRFS_STARTS(c->source->head, CONTAINER) && !find_stream(c))
		return 0;
	p = trfs_image_cursor_take(c, 2 + 8);
	if (p && p[0] == 0xff && p[1] == 0x0a)
		read_size(p + 2, info);
	return 0;
}
