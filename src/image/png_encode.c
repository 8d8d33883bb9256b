/* SPDX-License-Identifier: MIT */
/* Masks into PNG: all that libpng would choose by itself is set here. */
#include "image/png_encode.h"
#include "base/count_text.h"
#include "base/error.h"
#include "image/png_library.h"
#include <errno.h>

#define ZLIB_LEVEL	  6
#define ZLIB_MEMORY_LEVEL 8
#define ZLIB_WINDOW_BITS  15
#define ZLIB_STRATEGY	  0 /* default */
#define IDAT_SIZE	  8192

struct output {
	struct trfs_buffer *bytes;
	bool full;
};

static void on_write(png_structp png, png_bytep data, size_t len)
{
	struct output *out = png_get_io_ptr(png);

	out->full = len > out->bytes->max - out->bytes->len;
	trfs_buffer_put(out->bytes, data, len);
	if (out->bytes->failed)
		png_error(png, "no room for more");
}

static void on_flush(png_structp png)
{
	(void)png;
}

static void set_compression(png_structp png)
{
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
	png_set_compression_level(png, ZLIB_LEVEL);
	png_set_compression_mem_level(png, ZLIB_MEMORY_LEVEL);
	png_set_compression_window_bits(png, ZLIB_WINDOW_BITS);
	png_set_compression_strategy(png, ZLIB_STRATEGY);
	png_set_compression_buffer_size(png, IDAT_SIZE);
}

/* The only function that is jumped into: all that it changes lives in its caller. */
static bool encode_or_jump(png_structp png, png_infop chunks,
			   const struct trfs_pixels *pixels)
{
	if (setjmp(png_jmpbuf(png)))
		return false;
	set_compression(png);
	png_set_IHDR(png, chunks, pixels->width, pixels->height, 8, PNG_COLOR_TYPE_GRAY,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
		     PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, chunks);
	for (uint32_t y = 0; y < pixels->height; y++)
		png_write_row(png, trfs_pixels_row(pixels, y));
	png_write_end(png, NULL);
	return true;
}

static int explain(const struct output *out, const struct trfs_png_failure *failure,
		   struct trfs_error *err)
{
	char max[TRFS_COUNT_SIZE];

	if (out->full)
		return trfs_fail(err, -EFBIG, "is over %s bytes as PNG",
				 trfs_count_text(out->bytes->max, max));
	if (out->bytes->failed || failure->lacked_memory)
		return trfs_fail_memory(err, "encoding a PNG");
	return trfs_fail(err, -EBADMSG, "cannot be encoded as PNG (libpng: %s)",
			 failure->message);
}

int trfs_png_encode_grey(const struct trfs_pixels *pixels, struct trfs_buffer *out,
			 struct trfs_error *err)
{
	struct trfs_png_failure failure = { .message = "" };
	struct output output = { .bytes = out };
	size_t len_before = out->len;
	png_infop chunks;
	png_structp png;
	int rc = 0;

	if (pixels->channels != 1)
		return trfs_fail(err, -EINVAL, "a mask has one channel, not %d",
				 pixels->channels);
	png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &failure,
					trfs_png_on_error, trfs_png_on_warning, &failure,
					trfs_png_allocate, trfs_png_free);
	chunks = png ? png_create_info_struct(png) : NULL;
	if (!chunks) {
		png_destroy_write_struct(&png, NULL);
		return trfs_fail_memory(err, "encoding a PNG");
	}
	png_set_write_fn(png, &output, on_write, on_flush);
	if (!encode_or_jump(png, chunks, pixels)) {
		rc = explain(&output, &failure, err);
		out->len = len_before;
		out->failed = false;
	}
	png_destroy_write_struct(&png, &chunks);
	return rc;
}
