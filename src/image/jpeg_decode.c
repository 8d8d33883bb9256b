/* SPDX-License-Identifier: MIT */
/*
 * The full check of a JPEG: decode it row by row with libjpeg-turbo and drop the rows.
 *
 * Judged as TensorFlow judges: data that end before the end-of-image marker are an
 * error however small the loss; libjpeg's warnings (corrupt data, stray bytes) are not.
 * Its source of bytes is imitated to the letter: see source_fill().
 */
#include "image/formats.h"
#include <setjmp.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>

/* libjpeg's error manager, which must come first, and where its errors lead to. */
struct failure {
	struct jpeg_error_mgr manager;
	jmp_buf jump;
	char message[JMSG_LENGTH_MAX];
};

static void on_error(j_common_ptr common)
{
	struct failure *f = (struct failure *)common->err;

	f->manager.format_message(common, f->message);
	longjmp(f->jump, 1);
}

/* Warnings and traces: the decoding goes on, and nothing below cli prints. */
static void on_message(j_common_ptr common, int level)
{
	(void)common;
	(void)level;
}

static void on_output(j_common_ptr common)
{
	(void)common;
}

static void source_start(j_decompress_ptr decoder)
{
	(void)decoder;
}

static void source_stop(j_decompress_ptr decoder)
{
	(void)decoder;
}

/*
 * More bytes are wanted than there are.  In the middle of a marker, where libjpeg has
 * not yet taken what it read, TensorFlow's source asks it to come back later instead of
 * failing; decode() says what becomes of that.
 */
static boolean source_fill(j_decompress_ptr decoder)
{
	if (decoder->src->bytes_in_buffer == 0)
		ERREXIT(decoder, JERR_INPUT_EOF);
	return FALSE;
}

static void source_skip(j_decompress_ptr decoder, long len)
{
	struct jpeg_source_mgr *source = decoder->src;

	if (len <= 0)
		return;
	if ((size_t)len > source->bytes_in_buffer)
		len = (long)source->bytes_in_buffer;
	source->next_input_byte += len;
	source->bytes_in_buffer -= (size_t)len;
}

/*
 * Decode everything; leaves by longjmp() on any error.  Where libjpeg wants to wait for
 * bytes the picture is cut, unless all its rows are there: TensorFlow does not look at
 * what finishing returns.
 */
static void decode(j_decompress_ptr decoder, struct trfs_image_info *info)
{
	JSAMPARRAY row;

	if (jpeg_read_header(decoder, TRUE) != JPEG_HEADER_OK)
		ERREXIT(decoder, JERR_INPUT_EOF);
	if (decoder->num_components == 1)
		decoder->out_color_space = JCS_GRAYSCALE;
	else if (decoder->jpeg_color_space == JCS_CMYK ||
		 decoder->jpeg_color_space == JCS_YCCK)
		decoder->out_color_space = JCS_CMYK;
	else
		decoder->out_color_space = JCS_RGB;
	/* The quickest ways: they differ in pixels, never in what is an error. */
	decoder->dct_method = JDCT_IFAST;
	decoder->do_fancy_upsampling = FALSE;
	decoder->do_block_smoothing = FALSE;

	info->height = decoder->image_height;
	info->width = decoder->image_width;
	info->channels = decoder->num_components == 1 ? 1 : 3;
	if ((uint64_t)info->height * info->width * (uint64_t)decoder->num_components >=
	    TRFS_IMAGE_NR_PIXELS_LIMIT)
		ERREXIT1(decoder, JERR_IMAGE_TOO_BIG, JPEG_MAX_DIMENSION);

	if (!jpeg_start_decompress(decoder))
		ERREXIT(decoder, JERR_INPUT_EOF);
	row = decoder->mem->alloc_sarray(
		(j_common_ptr)decoder, JPOOL_IMAGE,
		decoder->output_width * (JDIMENSION)decoder->output_components, 1);
	while (decoder->output_scanline < decoder->output_height)
		if (jpeg_read_scanlines(decoder, row, 1) == 0)
			ERREXIT(decoder, JERR_INPUT_EOF);
	(void)jpeg_finish_decompress(decoder);
}

static int explain(const struct failure *f, size_t size,
		   const struct trfs_image_info *info, struct trfs_error *err)
{
	switch (f->manager.msg_code) {
	case JERR_INPUT_EOF:
		return trfs_image_fail_truncated(err, size,
						 "before the end-of-image marker");
	case JERR_IMAGE_TOO_BIG:
		return trfs_image_fail_too_large(err, info->width, info->height);
	case JERR_OUT_OF_MEMORY:
		return trfs_fail_memory(err, "decoding a JPEG");
	default:
		return trfs_fail(err, -EBADMSG, "does not decode as JPEG (libjpeg: %s)",
				 f->message);
	}
}

/* The only function that is jumped into: all that it changes lives in its caller. */
static bool decode_or_jump(struct failure *failure, j_decompress_ptr decoder,
			   struct jpeg_source_mgr *source, struct trfs_image_info *info)
{
	if (setjmp(failure->jump))
		return false;
	jpeg_create_decompress(decoder);
	decoder->src = source;
	decode(decoder, info);
	return true;
}

int trfs_image_jpeg_decode(struct trfs_bytes whole, struct trfs_image_info *info,
			   struct trfs_error *err)
{
	struct jpeg_source_mgr source = {
		.next_input_byte = whole.data,
		.bytes_in_buffer = whole.len,
		.init_source = source_start,
		.fill_input_buffer = source_fill,
		.skip_input_data = source_skip,
		.resync_to_restart = jpeg_resync_to_restart,
		.term_source = source_stop,
	};
	struct jpeg_decompress_struct decoder;
	struct failure failure;
	bool decoded;

	/* Zeroed, so that destroying is harmless where creating already failed. */
	memset(&decoder, 0, sizeof(decoder));
	decoder.err = jpeg_std_error(&failure.manager);
	failure.manager.error_exit = on_error;
	failure.manager.emit_message = on_message;
	failure.manager.output_message = on_output;

	decoded = decode_or_jump(&failure, &decoder, &source, info);
	jpeg_destroy_decompress(&decoder);
	return decoded ? 0 : explain(&failure, whole.len, info, err);
}
