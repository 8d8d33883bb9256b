/* SPDX-License-Identifier: MIT */
/*
 * TIFF directories: the head of a TIFF file, and EXIF in JPEG and PNG.
 *
 * Only the first directory is read, entry by entry, and only as far as the structure
 * reaches: a hostile count or offset ends the walk, and links are never followed.
 */
#include "image/tiff.h"

#define TAG_WIDTH	0x0100
#define TAG_HEIGHT	0x0101
#define TAG_ORIENTATION 0x0112

#define TYPE_SHORT 3
#define TYPE_LONG  4

#define HEADER_SIZE 8u
#define ENTRY_SIZE  12u

static uint32_t u16(const uint8_t *p, bool big)
{
	return big ? trfs_image_u16be(p) : trfs_image_u16le(p);
}

static uint32_t u32(const uint8_t *p, bool big)
{
	return big ? trfs_image_u32be(p) : trfs_image_u32le(p);
}

/* The first value of an entry; 0 where it is no whole number of a usual type. */
static uint32_t entry_value(const uint8_t *entry, bool big)
{
	switch (u16(entry + 2, big)) {
	case TYPE_SHORT:
		return u16(entry + 8, big);
	case TYPE_LONG:
		return u32(entry + 8, big);
	default:
		return 0;
	}
}

static void read_entry(const uint8_t *entry, bool big, struct trfs_image_tiff *tiff)
{
	switch (u16(entry, big)) {
	case TAG_WIDTH:
		tiff->width = entry_value(entry, big);
		break;
	case TAG_HEIGHT:
		tiff->height = entry_value(entry, big);
		break;
	case TAG_ORIENTATION:
		if (tiff->orientation == 0)
			tiff->orientation = entry_value(entry, big);
		break;
	}
}

/* @count entries from the cursor on, or as many as lie before @end. */
static void read_entries(struct trfs_image_cursor *c, uint64_t end, uint32_t count,
			 bool big, struct trfs_image_tiff *tiff)
{
	for (; count > 0 && c->offset < end && end - c->offset >= ENTRY_SIZE; count--) {
		const uint8_t *entry = trfs_image_cursor_take(c, ENTRY_SIZE);

		if (!entry)
			return;
		read_entry(entry, big, tiff);
	}
}

bool trfs_image_tiff_read(struct trfs_image_cursor *c, uint64_t end,
			  struct trfs_image_tiff *ret)
{
	uint64_t start = c->offset;
	struct trfs_image_tiff tiff = { 0 };
	const uint8_t *p;
	uint32_t directory;
	bool big;

	if (end < start || end - start < HEADER_SIZE)
		return false;
	p = trfs_image_cursor_take(c, HEADER_SIZE);
	if (!p)
		return false;
	big = p[0] == 'M';
	if (p[0] != p[1] || (p[0] != 'I' && !big) || u16(p + 2, big) != 42)
		return false;

	directory = u32(p + 4, big);
	if (directory >= HEADER_SIZE && end - start - 2 >= directory) {
		trfs_image_cursor_move(c, start + directory);
		p = trfs_image_cursor_take(c, 2);
		if (p)
			read_entries(c, end, u16(p, big), big, &tiff);
	}
	*ret = tiff;
	return true;
}

void trfs_image_exif_read(struct trfs_image_cursor *c, uint64_t end,
			  struct trfs_image_info *info)
{
	struct trfs_image_tiff tiff;

	if (!trfs_image_tiff_read(c, end, &tiff))
		return;
	if (tiff.orientation < 2 || tiff.orientation > 8)
		return;
	info->orientation = (uint8_t)tiff.orientation;
	info->oddities |= TRFS_IMAGE_TURNED;
}
