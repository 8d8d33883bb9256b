/* SPDX-License-Identifier: MIT */
/*
 * What an image is, and whether it is whole: the table of formats asked in order.
 * Whatever a format says, a failed read is reported as that and nothing else.
 */
#include "image/formats.h"

#include "base/buffer.h"

#define NAMES_SIZE_MAX 256

/* Nothing is read where all bytes are the head. */
static int read_nothing(void *user, uint64_t offset, void *buf, size_t len)
{
	(void)user;
	(void)offset;
	(void)buf;
	(void)len;
	return -EIO;
}

struct trfs_image_source trfs_image_source_of(struct trfs_bytes whole)
{
	return (struct trfs_image_source){
		.read = read_nothing,
		.head = whole,
		.size = whole.len,
	};
}

/* "is a BMP image; only JPEG and PNG are taken (--formats bmp lets it in)" */
static int fail_not_taken(const struct trfs_image_format_row *row,
			  trfs_image_formats allowed, struct trfs_error *err)
{
	struct trfs_buffer names;
	const char *before = "";
	int rc;

	trfs_buffer_init(&names, NAMES_SIZE_MAX);
	for (unsigned int f = 0; f < TRFS_IMAGE_NR_FORMATS; f++) {
		if (!(allowed & 1u << f))
			continue;
		allowed &= ~(1u << f);
		trfs_buffer_printf(&names, "%s%s", before,
				   trfs_image_format_row(f)->title);
		before = (allowed & (allowed - 1)) ? ", " : " or ";
	}
	if (names.failed)
		rc = trfs_fail_memory(err, "the names of formats");
	else
		rc = trfs_fail(err, -EBADMSG,
			       "is %s, and not %.*s (--formats %s lets it in)",
			       row->described, TRFS_BYTES_ARG(trfs_buffer_bytes(&names)),
			       row->name);
	trfs_buffer_done(&names);
	return rc;
}

static int fail_not_allowed(unsigned int format, trfs_image_formats allowed,
			    struct trfs_error *err)
{
	const struct trfs_image_format_row *row = trfs_image_format_row(format);

	if (TRFS_IMAGE_FORMATS_DEFAULT & 1u << format)
		return fail_not_taken(row, allowed, err);
	return trfs_fail(err, -EBADMSG, "is %s, which %s (--formats %s lets it in)",
			 row->described, row->tensorflow, row->name);
}

static int probe_format(struct trfs_image_cursor *c, trfs_image_formats allowed,
			struct trfs_image_info *info, struct trfs_error *err)
{
	int rc = trfs_image_format_row(info->format)->probe(c, info, err);

	if (c->error < 0)
		return trfs_fail_errno(err, c->error, "cannot be read");
	if (!(allowed & 1u << info->format))
		return fail_not_allowed(info->format, allowed, err);
	return rc;
}

int trfs_image_probe(const struct trfs_image_source *source, trfs_image_formats allowed,
		     struct trfs_image_info *ret_info, struct trfs_error *err)
{
	struct trfs_image_cursor c;
	int rc;

	*ret_info = (struct trfs_image_info){ .orientation = 1 };
	if (source->size == 0)
		return trfs_fail(err, -EBADMSG, "is empty");

	trfs_image_cursor_init(&c, source);
	ret_info->format = (uint8_t)trfs_image_format_of(trfs_image_start(source));
	if (ret_info->format != TRFS_IMAGE_UNKNOWN)
		return probe_format(&c, allowed, ret_info, err);

	rc = trfs_image_fail_unknown(&c, err);
	if (c.error < 0)
		return trfs_fail_errno(err, c.error, "cannot be read");
	return rc;
}

int trfs_image_decode_check(struct trfs_bytes whole, struct trfs_image_info *info,
			    struct trfs_error *err)
{
	const struct trfs_image_format_row *row = trfs_image_format_row(info->format);

	return row->decode ? row->decode(whole, info, err) : 0;
}
