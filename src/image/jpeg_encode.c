/* SPDX-License-Identifier: MIT */
/*
 * Pixels into JPEG: libjpeg-turbo writes straight into the buffer, which grows as it is
 * filled, so that the bytes are never copied but when the buffer moves.
 */
#include "image/jpeg_encode.h"
#include "base/count_text.h"
#include "base/error.h"
#include "image/jpeg_library.h"
#include <errno.h>

/* Room that is asked for at first: most of a small photograph. */
#define ROOM_FIRST 32768u

/* What encoding one picture needs beside the encoder; outlives every jump. */
struct run {
	struct jpeg_compress_struct encoder;
	struct trfs_jpeg_failure failure;
	struct jpeg_destination_mgr destination;
	struct trfs_buffer *out;
	size_t room; /* bytes of @out that libjpeg was given last, all counted in len */
	bool out_full;
};

/* More room at the end of the buffer: as much as is there, so that it doubles. */
static void give_room(struct run *run)
{
	size_t left = run->out->max - run->out->len;
	size_t room = run->out->len < ROOM_FIRST ? ROOM_FIRST : run->out->len;
	uint8_t *place;

	/* What was taken before is used first: a buffer that is used again has plenty. */
	if (run->out->capacity > run->out->len + room)
		room = run->out->capacity - run->out->len;
	if (room > left)
		room = left;
	place = room > 0 ? trfs_buffer_extend(run->out, room) : NULL;
	if (!place) {
		run->out_full = room == 0;
		longjmp(run->failure.jump, 1);
	}
	run->room = room;
	run->destination.next_output_byte = place;
	run->destination.free_in_buffer = room;
}

static void destination_start(j_compress_ptr encoder)
{
	give_room((struct run *)encoder);
}

static boolean destination_empty(j_compress_ptr encoder)
{
	give_room((struct run *)encoder);
	return TRUE;
}

static void destination_stop(j_compress_ptr encoder)
{
	struct run *run = (struct run *)encoder;

	run->out->len -= run->destination.free_in_buffer;
}

static void set_up(j_compress_ptr encoder, const struct trfs_pixels *pixels,
		   const struct trfs_jpeg_settings *settings)
{
	bool grey = pixels->channels == 1 && !settings->grey_as_rgb;

	encoder->image_width = pixels->width;
	encoder->image_height = pixels->height;
	encoder->input_components = grey ? 1 : 3;
	encoder->in_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
	jpeg_set_defaults(encoder);
	jpeg_set_quality(encoder, settings->quality, TRUE);
	if (settings->density_300) {
		encoder->density_unit = 1; /* dots an inch */
		encoder->X_density = 300;
		encoder->Y_density = 300;
	}
}

static void write_rows(j_compress_ptr encoder, const struct trfs_pixels *pixels)
{
	for (uint32_t y = 0; y < pixels->height; y++) {
		JSAMPROW row = trfs_pixels_row(pixels, y);

		(void)jpeg_write_scanlines(encoder, &row, 1);
	}
}

static void write_grey_rows_as_rgb(j_compress_ptr encoder,
				   const struct trfs_pixels *pixels)
{
	JSAMPARRAY rgb = encoder->mem->alloc_sarray((j_common_ptr)encoder, JPOOL_IMAGE,
						    encoder->image_width * 3, 1);

	for (uint32_t y = 0; y < pixels->height; y++) {
		const uint8_t *grey = trfs_pixels_row(pixels, y);

		for (size_t x = 0; x < pixels->width; x++)
			memset(&rgb[0][3 * x], grey[x], 3);
		(void)jpeg_write_scanlines(encoder, rgb, 1);
	}
}

/* The only function that is jumped into: all that it changes lives in its caller. */
static bool encode_or_jump(struct run *run, const struct trfs_pixels *pixels,
			   const struct trfs_jpeg_settings *settings)
{
	if (setjmp(run->failure.jump))
		return false;
	jpeg_create_compress(&run->encoder);
	run->encoder.dest = &run->destination;
	set_up(&run->encoder, pixels, settings);
	jpeg_start_compress(&run->encoder, TRUE);
	if (run->encoder.input_components > pixels->channels)
		write_grey_rows_as_rgb(&run->encoder, pixels);
	else
		write_rows(&run->encoder, pixels);
	jpeg_finish_compress(&run->encoder);
	return true;
}

static int explain(const struct run *run, struct trfs_error *err)
{
	char max[TRFS_COUNT_SIZE];

	if (run->out_full)
		return trfs_fail(err, -EFBIG, "is over %s bytes as JPEG",
				 trfs_count_text(run->out->max, max));
	if (run->out->failed || run->failure.manager.msg_code == JERR_OUT_OF_MEMORY)
		return trfs_fail_memory(err, "encoding a JPEG");
	return trfs_fail(err, -EBADMSG, "cannot be encoded as JPEG (libjpeg: %s)",
			 run->failure.message);
}

int trfs_jpeg_check_size(uint32_t height, uint32_t width, struct trfs_error *err)
{
	char across[TRFS_COUNT_SIZE], down[TRFS_COUNT_SIZE], max[TRFS_COUNT_SIZE];

	if (width >= 1 && width <= TRFS_JPEG_SIDE_MAX && height >= 1 &&
	    height <= TRFS_JPEG_SIDE_MAX)
		return 0;
	return trfs_fail(err, -EBADMSG,
			 "has %s x %s pixels, and a side of a JPEG is from 1 to %s",
			 trfs_count_text(width, across), trfs_count_text(height, down),
			 trfs_count_text(TRFS_JPEG_SIDE_MAX, max));
}

static int check(const struct trfs_pixels *pixels,
		 const struct trfs_jpeg_settings *settings, struct trfs_error *err)
{
	if (settings->quality < 1 || settings->quality > 100)
		return trfs_fail(err, -EINVAL,
				 "a JPEG's quality is from 1 to 100, not %d",
				 settings->quality);
	if (pixels->channels != 1 && pixels->channels != 3)
		return trfs_fail(err, -EINVAL,
				 "a JPEG is made of 1 or 3 channels, not of %d",
				 pixels->channels);
	return trfs_jpeg_check_size(pixels->height, pixels->width, err);
}

int trfs_jpeg_encode(const struct trfs_pixels *pixels,
		     const struct trfs_jpeg_settings *settings, struct trfs_buffer *out,
		     struct trfs_error *err)
{
	/* Zeroed, so that destroying is harmless where creating already failed. */
	struct run run = {
		.destination = {
			.init_destination = destination_start,
			.empty_output_buffer = destination_empty,
			.term_destination = destination_stop,
		},
		.out = out,
	};
	size_t len_before = out->len;
	int rc = check(pixels, settings, err);

	if (rc < 0)
		return rc;
	if (out->failed)
		return trfs_fail_memory(err, "encoding a JPEG");
	run.encoder.err = trfs_jpeg_failure_init(&run.failure);
	if (!encode_or_jump(&run, pixels, settings)) {
		rc = explain(&run, err);
		out->len = len_before;
		out->failed = false;
	}
	jpeg_destroy_compress(&run.encoder);
	return rc;
}
