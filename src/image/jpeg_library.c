/* SPDX-License-Identifier: MIT */
/*
 * libjpeg-turbo's errors and its source of bytes.
 *
 * Judged as TensorFlow judges: data that end before the end-of-image marker are an
 * error however small the loss; libjpeg's warnings (corrupt data, stray bytes) are not.
 * TensorFlow's source of bytes is imitated to the letter: see source_fill().
 */
#include "image/jpeg_library.h"
#include "image/formats.h"

static void on_error(j_common_ptr common)
{
	struct trfs_jpeg_failure *f = (struct trfs_jpeg_failure *)common->err;

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

struct jpeg_error_mgr *trfs_jpeg_failure_init(struct trfs_jpeg_failure *f)
{
	struct jpeg_error_mgr *manager = jpeg_std_error(&f->manager);

	manager->error_exit = on_error;
	manager->emit_message = on_message;
	manager->output_message = on_output;
	return manager;
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
 * failing; trfs_jpeg_start() and its neighbours say what becomes of that.
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

/* What decoding one picture needs beside the decoder; outlives every jump. */
struct run {
	struct jpeg_decompress_struct decoder;
	struct trfs_jpeg_failure failure;
	struct jpeg_source_mgr source;
	struct jpeg_progress_mgr progress;
	bool too_many_scans;
};

static int nr_scans_max(const struct jpeg_decompress_struct *decoder)
{
	uint64_t nr_pixels = (uint64_t)decoder->image_height * decoder->image_width;
	uint64_t nr = TRFS_JPEG_WORK_MAX / (nr_pixels + 1);

	if (nr > TRFS_JPEG_NR_SCANS_MAX)
		return TRFS_JPEG_NR_SCANS_MAX;
	return nr < TRFS_JPEG_NR_SCANS_MIN ? TRFS_JPEG_NR_SCANS_MIN : (int)nr;
}

/* Called for every row of blocks that is read. */
static void on_progress(j_common_ptr common)
{
	struct run *run = (struct run *)common;

	if (run->decoder.input_scan_number <= nr_scans_max(&run->decoder))
		return;
	run->too_many_scans = true;
	longjmp(run->failure.jump, 1);
}

static int explain(const struct run *run, size_t size, struct trfs_error *err)
{
	if (run->too_many_scans)
		return trfs_fail(err, -EBADMSG, "is a JPEG of more than %d scans",
				 nr_scans_max(&run->decoder));
	switch (run->failure.manager.msg_code) {
	case JERR_INPUT_EOF:
		return trfs_image_fail_truncated(err, size,
						 "before the end-of-image marker");
	case JERR_IMAGE_TOO_BIG:
		return trfs_image_fail_too_large(err, run->decoder.image_width,
						 run->decoder.image_height);
	case JERR_OUT_OF_MEMORY:
		return trfs_fail_memory(err, "decoding a JPEG");
	default:
		return trfs_fail(err, -EBADMSG, "does not decode as JPEG (libjpeg: %s)",
				 run->failure.message);
	}
}

/* The only function that is jumped into: all that it changes lives in its caller. */
static bool decode_or_jump(struct run *run, trfs_jpeg_decode_fn *decode, void *user,
			   struct trfs_error *err, int *ret)
{
	if (setjmp(run->failure.jump))
		return false;
	jpeg_create_decompress(&run->decoder);
	run->decoder.src = &run->source;
	run->decoder.progress = &run->progress;
	*ret = decode(&run->decoder, user, err);
	return true;
}

int trfs_jpeg_decode_with(struct trfs_bytes whole, trfs_jpeg_decode_fn *decode,
			  void *user, struct trfs_error *err)
{
	/* Zeroed, so that destroying is harmless where creating already failed. */
	struct run run = {
		.source = {
			.next_input_byte = whole.data,
			.bytes_in_buffer = whole.len,
			.init_source = source_start,
			.fill_input_buffer = source_fill,
			.skip_input_data = source_skip,
			.resync_to_restart = jpeg_resync_to_restart,
			.term_source = source_stop,
		},
		.progress = { .progress_monitor = on_progress },
	};
	bool decoded;
	int rc = 0;

	run.decoder.err = trfs_jpeg_failure_init(&run.failure);
	decoded = decode_or_jump(&run, decode, user, err, &rc);
	if (!decoded)
		rc = explain(&run, whole.len, err);
	jpeg_destroy_decompress(&run.decoder);
	return rc;
}

int trfs_jpeg_read_header(j_decompress_ptr decoder, struct trfs_error *err)
{
	if (jpeg_read_header(decoder, TRUE) != JPEG_HEADER_OK)
		ERREXIT(decoder, JERR_INPUT_EOF);
	if ((uint64_t)decoder->image_height * decoder->image_width *
		    (uint64_t)decoder->num_components >=
	    TRFS_IMAGE_NR_PIXELS_LIMIT)
		return trfs_image_fail_too_large(err, decoder->image_width,
						 decoder->image_height);
	return 0;
}

void trfs_jpeg_start(j_decompress_ptr decoder)
{
	if (!jpeg_start_decompress(decoder))
		ERREXIT(decoder, JERR_INPUT_EOF);
}

void trfs_jpeg_read_row(j_decompress_ptr decoder, uint8_t *row)
{
	if (jpeg_read_scanlines(decoder, &row, 1) == 0)
		ERREXIT(decoder, JERR_INPUT_EOF);
}
