/* SPDX-License-Identifier: MIT */
/* GIF and BMP, built byte by byte; the verdicts are those of TensorFlow 2.21. */
#include "image_bytes.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define CODE_SIZE 8u
#define CLEAR	  256u
#define END	  257u

/* A GIF being put together. */
struct made {
	uint8_t data[8192];
	size_t len;
	uint32_t bits;
	unsigned int nr_bits;
};

static void put(struct made *made, const void *data, size_t len)
{
	assert_true(len <= sizeof(made->data) - made->len);
	memcpy(made->data + made->len, data, len);
	made->len += len;
}

static void put_byte(struct made *made, unsigned int byte)
{
	const uint8_t b = (uint8_t)byte;

	put(made, &b, 1);
}

static void put_u16(struct made *made, unsigned int number)
{
	put_byte(made, number & 0xff);
	put_byte(made, number >> 8);
}

/* A code of nine bits in a data block of its own, with the rest of the last one. */
static void put_code(struct made *made, unsigned int code)
{
	made->bits |= code << made->nr_bits;
	made->nr_bits += CODE_SIZE + 1;
	put_byte(made, made->nr_bits / 8);
	for (; made->nr_bits >= 8; made->nr_bits -= 8) {
		put_byte(made, made->bits & 0xff);
		made->bits >>= 8;
	}
}

/* @flags of the palette as in the file: 0x80 plus the exponent, or 0. */
static void start(struct made *made, unsigned int palette)
{
	*made = (struct made){ .len = 0 };
	put(made, "GIF89a", 6);
	put_u16(made, 640);
	put_u16(made, 480);
	put_byte(made, palette);
	put(made, "\0\0", 2);
	for (unsigned int i = 0; palette && i < 2u << (palette & 7); i++)
		put(made, "rgb", 3);
}

/* A frame of one colour, @nr_pixels of it, clearing the table before every pixel. */
static void put_frame(struct made *made, unsigned int width, unsigned int height,
		      unsigned int colour, unsigned int nr_pixels)
{
	put(made, ",\0\0\0\0", 5);
	put_u16(made, width);
	put_u16(made, height);
	put_byte(made, 0);
	put_byte(made, CODE_SIZE);
	made->bits = 0;
	made->nr_bits = 0;
	for (unsigned int i = 0; i < nr_pixels; i++) {
		put_code(made, CLEAR);
		put_code(made, colour);
	}
	put_code(made, END);
	if (made->nr_bits > 0) {
		put_byte(made, 1);
		put_byte(made, made->bits & 0xff);
	}
	put_byte(made, 0);
}

static struct trfs_bytes bytes_of(const struct made *made)
{
	return (struct trfs_bytes){ made->data, made->len };
}

static void the_size_is_that_of_the_largest_frame(void **state)
{
	struct trfs_image_info info;
	struct made made;

	(void)state;
	start(&made, 0x87);
	put_frame(&made, 5, 4, 0, 20);
	put_frame(&made, 3, 9, 0, 27);
	put_byte(&made, ';');
	assert_int_equal(image_bytes_probe(bytes_of(&made), &info, NULL), 0);
	assert_int_equal(info.width, 5);
	assert_int_equal(info.height, 9);
	assert_int_equal(info.channels, 3);
	assert_int_equal(info.oddities, TRFS_IMAGE_ANIMATED);
	assert_int_equal(trfs_image_decode_check(bytes_of(&made), &info, NULL), 0);
	assert_int_equal(info.width, 5);
	assert_int_equal(info.height, 9);
}

static void a_cut_gif_is_its_whole_frames(void **state)
{
	struct trfs_image_info info;
	struct made made;
	size_t first_end, second_end;

	(void)state;
	start(&made, 0x87);
	put_frame(&made, 5, 4, 0, 20);
	first_end = made.len;
	put_frame(&made, 7, 4, 0, 28);
	second_end = made.len;
	put_byte(&made, ';');

	for (size_t len = 0; len < made.len; len++) {
		struct trfs_bytes cut = { made.data, len };
		int rc = image_bytes_check(cut, &info, NULL);

		assert_int_equal(rc, len < first_end ? -EBADMSG : 0);
		if (rc < 0)
			continue;
		assert_true(info.oddities & TRFS_IMAGE_CUT);
		assert_int_equal(image_bytes_probe(cut, &info, NULL), 0);
		assert_true(info.oddities & TRFS_IMAGE_CUT);
		assert_int_equal(info.width, len < second_end ? 5 : 7);
	}
	assert_int_equal(image_bytes_check(bytes_of(&made), &info, NULL), 0);
	assert_int_equal(info.oddities, TRFS_IMAGE_ANIMATED);
}

static void frames_need_colours(void **state)
{
	struct trfs_image_info info;
	struct made made;

	(void)state;
	start(&made, 0);
	put_frame(&made, 5, 4, 0, 20);
	put_byte(&made, ';');
	assert_int_equal(image_bytes_probe(bytes_of(&made), &info, NULL), -EBADMSG);

	start(&made, 0x81); /* four colours */
	put_frame(&made, 5, 4, 3, 20);
	put_byte(&made, ';');
	assert_int_equal(image_bytes_check(bytes_of(&made), &info, NULL), 0);

	start(&made, 0x81);
	put_frame(&made, 5, 4, 4, 20);
	put_byte(&made, ';');
	assert_int_equal(image_bytes_probe(bytes_of(&made), &info, NULL), 0);
	assert_int_equal(image_bytes_check(bytes_of(&made), &info, NULL), -EBADMSG);

	/* A transparent colour need not exist. */
	start(&made, 0x81);
	put(&made, "!\xf9\4\1\0\0\4\0", 8);
	put_frame(&made, 5, 4, 4, 20);
	put_byte(&made, ';');
	assert_int_equal(image_bytes_check(bytes_of(&made), &info, NULL), 0);
}

static void missing_pixels_are_found_by_decoding_only(void **state)
{
	struct trfs_image_info info;
	struct made made;

	(void)state;
	start(&made, 0x87);
	put_frame(&made, 5, 4, 0, 19);
	put_byte(&made, ';');
	assert_int_equal(image_bytes_probe(bytes_of(&made), &info, NULL), 0);
	assert_int_equal(trfs_image_decode_check(bytes_of(&made), &info, NULL), -EBADMSG);

	/* In a later frame they only end the animation. */
	start(&made, 0x87);
	put_frame(&made, 5, 4, 0, 20);
	put_frame(&made, 9, 4, 0, 35);
	put_byte(&made, ';');
	assert_int_equal(image_bytes_probe(bytes_of(&made), &info, NULL), 0);
	assert_int_equal(info.width, 9);
	assert_int_equal(trfs_image_decode_check(bytes_of(&made), &info, NULL), 0);
	assert_int_equal(info.width, 5);
	assert_int_equal(info.oddities, TRFS_IMAGE_CUT);
}

static void a_gif_needs_a_frame(void **state)
{
	struct trfs_image_info info;
	struct trfs_error err;
	struct made made;

	(void)state;
	start(&made, 0x87);
	put_byte(&made, ';');
	assert_int_equal(image_bytes_probe(bytes_of(&made), &info, &err), -EBADMSG);
	assert_string_equal(err.message, "is a GIF without a picture");
}

/* From real encoders, with strings and growing codes. */
static void a_real_gif_decodes(void **state)
{
	struct trfs_bytes whole = image_bytes_sample("other/still89a.gif");
	struct trfs_image_info info;

	(void)state;
	assert_int_equal(image_bytes_check(whole, &info, NULL), 0);
	assert_int_equal(info.height, 64);
	assert_int_equal(info.width, 96);
	assert_int_equal(info.oddities, 0);
	/* All but the one with nothing but the trailer missing. */
	assert_int_equal(image_bytes_count_accepted_prefixes(whole), 1);
	image_bytes_free(whole);
}

/* Probe the sample with a 32-bit (or, at 28, 16-bit) field of its header changed. */
static int probe_bmp(size_t at, uint32_t value, struct trfs_image_info *info)
{
	struct trfs_bytes whole = image_bytes_sample("other/rgb24.bmp");
	uint8_t *data = (uint8_t *)(uintptr_t)whole.data;
	int rc;

	if (at == 28) {
		data[28] = (uint8_t)value;
		data[29] = (uint8_t)(value >> 8);
	} else {
		trfs_store_u32le(data + at, value);
	}
	rc = image_bytes_probe(whole, info, NULL);
	image_bytes_free(whole);
	return rc;
}

static void a_bmp_header_is_believed_as_far_as_tensorflow_does(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
		int rc;
	} cases[] = {
		{ 22, 0u - 29, 0 }, /* top row first */
		{ 22, 0, -EBADMSG },
		{ 18, 0, -EBADMSG },
		{ 18, 0u - 37, -EBADMSG },
		{ 28, 25, 0 },
		{ 28, 31, 0 },
		{ 28, 32, -EBADMSG },
		{ 28, 16, -EBADMSG },
		{ 28, 0, -EBADMSG },
		{ 28, 0xffe8, -EBADMSG },
		{ 10, 55, -EBADMSG },
		{ 10, 0xffffffff, -EBADMSG },
		{ 14, 999, 0 },
		{ 30, 1, 0 },
		{ 2, 1, 0 },
		{ 22, 0x80000000, -EBADMSG },
		{ 22, 0x7fffffff, -EBADMSG },
	};
	struct trfs_image_info info;

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(cases); i++)
		assert_int_equal(probe_bmp(cases[i].at, cases[i].value, &info),
				 cases[i].rc);
	assert_int_equal(probe_bmp(22, 0u - 29, &info), 0);
	assert_int_equal(info.height, 29);
	assert_int_equal(info.width, 37);
	assert_int_equal(info.channels, 3);
}

static void a_bmp_is_exactly_as_long_as_it_says(void **state)
{
	static const char *const names[] = { "other/rgb24.bmp", "other/rgba32.bmp",
					     "other/bmpsuite_pal8v5.bmp" };
	static const unsigned int channels[] = { 3, 4, 1 };

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(names); i++) {
		struct trfs_bytes whole = image_bytes_sample(names[i]);
		struct trfs_image_info info;
		struct trfs_bytes longer = { malloc(whole.len + 1), whole.len + 1 };

		assert_int_equal(image_bytes_probe(whole, &info, NULL), 0);
		assert_int_equal(info.channels, channels[i]);
		assert_int_equal(image_bytes_count_accepted_prefixes(whole), 0);

		assert_non_null(longer.data);
		memcpy((uint8_t *)(uintptr_t)longer.data, whole.data, whole.len);
		((uint8_t *)(uintptr_t)longer.data)[whole.len] = 0;
		assert_int_equal(image_bytes_probe(longer, &info, NULL), -EBADMSG);
		image_bytes_free(longer);
		image_bytes_free(whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_size_is_that_of_the_largest_frame),
		cmocka_unit_test(a_cut_gif_is_its_whole_frames),
		cmocka_unit_test(frames_need_colours),
		cmocka_unit_test(missing_pixels_are_found_by_decoding_only),
		cmocka_unit_test(a_gif_needs_a_frame),
		cmocka_unit_test(a_real_gif_decodes),
		cmocka_unit_test(a_bmp_header_is_believed_as_far_as_tensorflow_does),
		cmocka_unit_test(a_bmp_is_exactly_as_long_as_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
