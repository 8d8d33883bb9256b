/* SPDX-License-Identifier: MIT */
/*
 * What is no image at all: say what it seems to be, since that tells the reader how it
 * came there (a failed download, a pointer of Git LFS, a text-mode transfer).
 */
#include "image/formats.h"
#include <stdio.h>

#define NR_SHOWN 16u

struct impostor {
	uint8_t offset; /* of the bytes to compare */
	uint8_t len;
	const char *bytes;
	const char *sentence;
};

#define AT(offset, bytes, sentence)                                                      \
	{                                                                                \
		offset, sizeof(bytes) - 1, bytes, sentence                               \
	}

static const struct impostor impostors[] = {
	AT(0, "version https://git-lfs",
	   "is a Git LFS pointer, not the image itself (type: git lfs pull)"),
	AT(0, "\x1f\x8b", "is gzip data, not an image (unpack it first)"),
	AT(0, "PK\x03\x04", "is a ZIP archive, not an image (unpack it first)"),
	AT(0, "BZh", "is bzip2 data, not an image (unpack it first)"),
	AT(0,
	   "\xfd"
	   "7zXZ",
	   "is xz data, not an image (unpack it first)"),
	AT(0, "\x28\xb5\x2f\xfd", "is Zstandard data, not an image (unpack it first)"),
	AT(0, "7z\xbc\xaf\x27\x1c", "is a 7-Zip archive, not an image (unpack it first)"),
	AT(0, "Rar!", "is a RAR archive, not an image (unpack it first)"),
	AT(0, "%PDF", "is a PDF document, not an image"),
	AT(0, "\0\x05\x16\x07",
	   "is macOS's resource data, not an image (it can be deleted)"),
	AT(0, "\x93NUMPY", "is a NumPy array, not an image"),
	AT(0, "\x89HDF\r\n", "is an HDF5 file, not an image"),
	AT(128, "DICM", "is a DICOM file, which TensorFlow does not decode"),
	AT(4, "ftyp", "is a video or another MPEG-4 file, not an image"),
	AT(0, "\x1a\x45\xdf\xa3", "is a Matroska or WebM video, not an image"),
	AT(8, "AVI ", "is an AVI video, not an image"),
	AT(0, "\x89PNG\n",
	   "is a PNG damaged by a text-mode transfer: line ends were changed"),
	AT(0, "\x89PNG\r\r",
	   "is a PNG damaged by a text-mode transfer: line ends were changed"),
	AT(0, "\x89PNG\r\n\n",
	   "is a PNG damaged by a text-mode transfer: line ends were changed"),
	AT(0, "\xef\xbf\xbd",
	   "is damaged: its bytes were converted as if they were text"),
};

static bool is_html(struct trfs_bytes head)
{
	static const char *const starts[] = { "<!doctype html", "<html", "<head",
					      "<body" };
	struct trfs_bytes text = trfs_bytes_trim(head);

	for (size_t i = 0; i < TRFS_COUNT(starts); i++) {
		struct trfs_bytes want = trfs_bytes_of(starts[i]);
		struct trfs_bytes have = { text.data, want.len };

		if (text.len >= want.len && trfs_bytes_equal_nocase(have, want))
			return true;
	}
	return false;
}

/* How many zero bytes the image starts with. */
static uint64_t count_zeros(struct trfs_image_cursor *c)
{
	struct trfs_bytes piece = trfs_image_cursor_piece(c);

	while (piece.len > 0) {
		for (size_t i = 0; i < piece.len; i++)
			if (piece.data[i] != 0)
				return c->offset + i;
		trfs_image_cursor_skip(c, piece.len);
		piece = trfs_image_cursor_piece(c);
	}
	return c->offset;
}

static int fail_zeros(struct trfs_image_cursor *c, struct trfs_error *err)
{
	uint64_t nr_zeros = count_zeros(c);
	char count[32];

	trfs_count_text(nr_zeros, count);
	if (nr_zeros == c->source->size)
		return trfs_fail(
			err, -EBADMSG,
			"holds nothing but zero bytes (%s), as an interrupted copy "
			"leaves them",
			count);
	return trfs_fail(err, -EBADMSG, "is not an image: starts with %s zero bytes",
			 count);
}

/* The first bytes as text if they are, up to the line's end, else in hexadecimal. */
static void show_start(struct trfs_bytes head, char *buf, size_t len)
{
	size_t nr = head.len < NR_SHOWN ? head.len : NR_SHOWN;
	size_t nr_text = 0;
	size_t at = 0;

	while (nr_text < nr && head.data[nr_text] >= 0x20 && head.data[nr_text] < 0x7f)
		nr_text++;
	if (nr_text == nr || (nr_text >= 4 && (head.data[nr_text] == '\n' ||
					       head.data[nr_text] == '\r'))) {
		snprintf(buf, len, "\"%.*s\"", (int)nr_text, (const char *)head.data);
		return;
	}
	if (nr > 8)
		nr = 8;
	at += (size_t)snprintf(buf, len, "the byte%s", nr == 1 ? "" : "s");
	for (size_t i = 0; i < nr; i++)
		at += (size_t)snprintf(buf + at, len - at, " %02x", head.data[i]);
}

int trfs_image_fail_unknown(struct trfs_image_cursor *c, struct trfs_error *err)
{
	const struct trfs_bytes head = trfs_image_start(c->source);
	char start[64];

	for (size_t i = 0; i < TRFS_COUNT(impostors); i++) {
		const struct impostor *known = &impostors[i];

		if (head.len >= (size_t)known->offset + known->len &&
		    memcmp(head.data + known->offset, known->bytes, known->len) == 0)
			return trfs_fail(err, -EBADMSG, "%s", known->sentence);
	}
	if (is_html(head))
		return trfs_fail(
			err, -EBADMSG,
			"is an HTML page, not an image: most likely the error page of "
			"a download");
	if (head.len >= 4 && memcmp(head.data, "\0\0\0\0", 4) == 0)
		return fail_zeros(c, err);

	show_start(head, start, sizeof(start));
	return trfs_fail(err, -EBADMSG, "is not an image: starts with %s", start);
}
