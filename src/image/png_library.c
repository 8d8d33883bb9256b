/* SPDX-License-Identifier: MIT */
/* libpng's errors, and its source of bytes. */
#include "image/png_library.h"
#include "image/formats.h"
#include <stdio.h>
#include <stdlib.h>

#define SIGNATURE_SIZE	   8u
#define CHUNK_FRAMING_SIZE 12u /* length, name and checksum */

struct input {
	struct trfs_bytes left;
	bool ended_early;
};

void trfs_png_on_error(png_structp png, png_const_charp message)
{
	struct trfs_png_failure *failure = png_get_error_ptr(png);

	snprintf(failure->message, sizeof(failure->message), "%s", message);
	png_longjmp(png, 1);
}

void trfs_png_on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

png_voidp trfs_png_allocate(png_structp png, png_alloc_size_t size)
{
	struct trfs_png_failure *failure = png_get_mem_ptr(png);
	void *place = malloc(size);

	if (!place)
		failure->lacked_memory = true;
	return place;
}

void trfs_png_free(png_structp png, png_voidp place)
{
	(void)png;
	free(place);
}

static void on_read(png_structp png, png_bytep data, size_t len)
{
	struct input *input = png_get_io_ptr(png);

	if (len > input->left.len) {
		input->ended_early = true;
		png_error(png, "the data end early");
	}
	memcpy(data, input->left.data, len);
	input->left.data += len;
	input->left.len -= len;
}

/*
 * Whether a chunk is longer than what is left.  libpng would find so too, but only after
 * it asked for as much memory: of a length that is too large it merely warns.
 */
static bool ends_within_a_chunk(struct trfs_bytes whole)
{
	struct trfs_reader r = trfs_reader_of(whole.data, whole.len);

	trfs_reader_bytes(&r, SIGNATURE_SIZE);
	while (r.left.len >= CHUNK_FRAMING_SIZE) {
		const uint8_t *head = trfs_reader_bytes(&r, 8).data;
		uint32_t len = png_get_uint_32(head);

		if (memcmp(head + 4, "IEND", 4) == 0)
			return false;
		trfs_reader_bytes(&r, (size_t)len + 4);
		/* What is above is no length, as libpng says. */
		if (r.failed)
			return len <= INT32_MAX;
	}
	return false;
}

/* The only function that is jumped into: all that it changes lives in its caller. */
static bool decode_or_jump(png_structp png, png_infop chunks, trfs_png_decode_fn *decode,
			   void *user, struct trfs_error *err, int *ret)
{
	if (setjmp(png_jmpbuf(png)))
		return false;
	*ret = decode(png, chunks, user, err);
	return true;
}

static int explain(const struct input *input, const struct trfs_png_failure *failure,
		   size_t size, struct trfs_error *err)
{
	if (input->ended_early)
		return trfs_image_fail_truncated(err, size, "before the IEND chunk");
	if (failure->lacked_memory)
		return trfs_fail_memory(err, "decoding a PNG");
	return trfs_fail(err, -EBADMSG, "does not decode as PNG (libpng: %s)",
			 failure->message);
}

int trfs_png_decode_with(struct trfs_bytes whole, trfs_png_decode_fn *decode, void *user,
			 struct trfs_error *err)
{
	struct input input = { .left = whole };
	struct trfs_png_failure failure = { .message = "" };
	png_structp png = png_create_read_struct_2(
		PNG_LIBPNG_VER_STRING, &failure, trfs_png_on_error, trfs_png_on_warning,
		&failure, trfs_png_allocate, trfs_png_free);
	png_infop chunks = png ? png_create_info_struct(png) : NULL;
	int rc = 0;

	if (ends_within_a_chunk(whole)) {
		png_destroy_read_struct(&png, &chunks, NULL);
		return trfs_image_fail_truncated(err, whole.len, "before the IEND chunk");
	}
	if (!chunks) {
		png_destroy_read_struct(&png, NULL, NULL);
		return trfs_fail_memory(err, "decoding a PNG");
	}
	png_set_read_fn(png, &input, on_read);
	if (!decode_or_jump(png, chunks, decode, user, err, &rc))
		rc = explain(&input, &failure, whole.len, err);
	/* What it went on without, such as a profile, is no matter of chance. */
	else if (rc == 0 && failure.lacked_memory)
		rc = trfs_fail_memory(err, "decoding a PNG");
	png_destroy_read_struct(&png, &chunks, NULL);
	return rc;
}

int trfs_png_read_header(png_structp png, png_infop chunks, struct trfs_error *err)
{
	uint32_t height, width;

	png_read_info(png, chunks);
	height = png_get_image_height(png, chunks);
	width = png_get_image_width(png, chunks);
	if ((uint64_t)height * width >= TRFS_IMAGE_NR_PIXELS_LIMIT)
		return trfs_image_fail_too_large(err, width, height);
	return 0;
}

uint8_t trfs_png_channels(png_structp png, png_infop chunks)
{
	if (png_get_color_type(png, chunks) != PNG_COLOR_TYPE_PALETTE)
		return png_get_channels(png, chunks);
	return png_get_valid(png, chunks, PNG_INFO_tRNS) ? 4 : 3;
}
