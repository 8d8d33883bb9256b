/* SPDX-License-Identifier: MIT */
/* PNG: header, chunks before the pixels, the end, and libpng's verdict. */
#include "image_bytes.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define SIGNATURE "\x89PNG\r\n\x1a\n"

/* A PNG of chunks put together by hand; CRCs are left 0: the probe does not look. */
struct made {
	uint8_t data[4096];
	size_t len;
};

static void put(struct made *made, const void *data, size_t len)
{
	assert_true(len <= sizeof(made->data) - made->len);
	memcpy(made->data + made->len, data, len);
	made->len += len;
}

static void put_chunk(struct made *made, const char *type, const void *data, size_t len)
{
	const uint8_t length[4] = { 0, 0, (uint8_t)(len >> 8), (uint8_t)len };

	put(made, length, 4);
	put(made, type, 4);
	put(made, data, len);
	put(made, strcmp(type, "IEND") == 0 ? "\xae\x42\x60\x82" : "\0\0\0\0", 4);
}

static void start(struct made *made, uint32_t width, uint32_t height, uint8_t depth,
		  uint8_t colour_type)
{
	const uint8_t header[13] = {
		(uint8_t)(width >> 24),
		(uint8_t)(width >> 16),
		(uint8_t)(width >> 8),
		(uint8_t)width,
		(uint8_t)(height >> 24),
		(uint8_t)(height >> 16),
		(uint8_t)(height >> 8),
		(uint8_t)height,
		depth,
		colour_type,
	};

	made->len = 0;
	put(made, SIGNATURE, 8);
	put_chunk(made, "IHDR", header, sizeof(header));
}

static int finish(struct made *made, struct trfs_image_info *info)
{
	put_chunk(made, "IDAT", "xxxx", 4);
	put_chunk(made, "IEND", "", 0);
	return image_bytes_probe((struct trfs_bytes){ made->data, made->len }, info,
				 NULL);
}

static void every_beginning_is_refused(void **state)
{
	static const char *const names[] = {
		"apng/mode_palette_alpha.png", "apng/split_fdat.png",
		"pngsuite/ibasn3p01.png",      "pngsuite/ftbbn3p08.png",
		"png/exif_orientation6.png",   "png/grey16.png",
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(names); i++) {
		struct trfs_bytes whole = image_bytes_sample(names[i]);

		assert_int_equal(image_bytes_count_accepted_prefixes(whole), 0);
		image_bytes_free(whole);
	}
}

static void only_beginnings_with_the_end_are_accepted(void **state)
{
	struct trfs_bytes whole = image_bytes_sample("png/trailing.png");
	struct trfs_image_info info;

	(void)state;
	assert_int_equal(image_bytes_check(whole, &info, NULL), 0);
	assert_int_equal(info.oddities, TRFS_IMAGE_TRAILING);
	/* 3162 bytes, with IEND the last of them, are the picture. */
	assert_int_equal(image_bytes_count_accepted_prefixes(whole), whole.len - 3162);
	image_bytes_free(whole);
}

static void channels_follow_colour_type_and_transparency(void **state)
{
	static const struct {
		uint8_t colour_type, depth, channels;
	} cases[] = { { 0, 1, 1 }, { 0, 16, 1 }, { 2, 8, 3 },
		      { 3, 4, 3 }, { 4, 8, 2 },	 { 6, 16, 4 } };
	struct trfs_image_info info;
	struct made made;

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		start(&made, 3, 2, cases[i].depth, cases[i].colour_type);
		assert_int_equal(finish(&made, &info), 0);
		assert_int_equal(info.channels, cases[i].channels);
		assert_int_equal(info.depth, cases[i].depth);
		assert_int_equal(info.width, 3);
		assert_int_equal(info.height, 2);
		assert_int_equal(info.oddities,
				 cases[i].depth == 16 ? TRFS_IMAGE_DEEP : 0);
	}
}

/* Only a tRNS behind PLTE and no longer than it makes a palette image four channels. */
static void a_palette_is_transparent_as_libpng_has_it(void **state)
{
	struct trfs_image_info info;
	struct made made;

	(void)state;
	start(&made, 3, 2, 8, 3);
	put_chunk(&made, "PLTE", "rgbrgb", 6);
	put_chunk(&made, "tRNS", "ab", 2);
	assert_int_equal(finish(&made, &info), 0);
	assert_int_equal(info.channels, 4);

	start(&made, 3, 2, 8, 3);
	put_chunk(&made, "PLTE", "rgbrgb", 6);
	put_chunk(&made, "tRNS", "abc", 3);
	assert_int_equal(finish(&made, &info), 0);
	assert_int_equal(info.channels, 3);

	start(&made, 3, 2, 8, 3);
	put_chunk(&made, "tRNS", "ab", 2);
	put_chunk(&made, "PLTE", "rgbrgb", 6);
	assert_int_equal(finish(&made, &info), 0);
	assert_int_equal(info.channels, 3);

	start(&made, 3, 2, 8, 2);
	put_chunk(&made, "tRNS", "rrggbb", 6);
	assert_int_equal(finish(&made, &info), 0);
	assert_int_equal(info.channels, 3);
}

static void animation_and_exif_are_seen(void **state)
{
	static const char exif[] =
		"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0";
	struct trfs_image_info info;
	struct made made;

	(void)state;
	start(&made, 3, 2, 8, 0);
	put_chunk(&made, "acTL", "\0\0\0\x02\0\0\0\0", 8);
	put_chunk(&made, "eXIf", exif, sizeof(exif));
	assert_int_equal(finish(&made, &info), 0);
	assert_int_equal(info.oddities, TRFS_IMAGE_ANIMATED | TRFS_IMAGE_TURNED);
	assert_int_equal(info.orientation, 8);

	start(&made, 3, 2, 8, 0);
	put_chunk(&made, "acTL", "\0\0\0\x01\0\0\0\0", 8);
	assert_int_equal(finish(&made, &info), 0);
	assert_int_equal(info.oddities, 0);
}

/* 2^29 pixels and a million a side, as tried with TensorFlow 2.21. */
static void what_is_too_large_for_tensorflow_is_refused(void **state)
{
	static const struct {
		uint32_t width, height;
		int rc;
	} cases[] = {
		{ 1000000, 536, 0 },	    { 1000000, 537, -EBADMSG },
		{ 1000001, 1, -EBADMSG },   { 1, 1000000, 0 },
		{ 1, 1000001, -EBADMSG },   { 32767, 16384, 0 },
		{ 32768, 16384, -EBADMSG }, { 0, 1, -EBADMSG },
		{ 1, 0, -EBADMSG },
	};
	struct trfs_image_info info;
	struct made made;

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		start(&made, cases[i].width, cases[i].height, 8, 0);
		assert_int_equal(finish(&made, &info), cases[i].rc);
	}
}

static void unknown_chunks_may_stand_before_the_header(void **state)
{
	struct trfs_image_info info;
	struct made made;
	struct made whole = { .len = 0 };

	(void)state;
	start(&made, 3, 2, 8, 0);
	put(&whole, SIGNATURE, 8);
	put_chunk(&whole, "abCd", "pad", 3);
	put(&whole, made.data + 8, made.len - 8);
	assert_int_equal(finish(&whole, &info), 0);
	assert_int_equal(info.width, 3);

	whole.len = 0;
	put(&whole, SIGNATURE, 8);
	put_chunk(&whole, "ABCD", "pad", 3);
	put(&whole, made.data + 8, made.len - 8);
	assert_int_equal(finish(&whole, &info), -EBADMSG);
}

static void damage_is_found_by_decoding_only(void **state)
{
	static const char *const names[] = { "png/bad_adler.png",
					     "png/xcsn0g01_idat_crc.png" };

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(names); i++) {
		struct trfs_bytes whole = image_bytes_sample(names[i]);
		struct trfs_image_info info;
		struct trfs_error err;

		assert_int_equal(image_bytes_probe(whole, &info, NULL), 0);
		assert_int_equal(trfs_image_decode_check(whole, &info, &err), -EBADMSG);
		assert_non_null(strstr(err.message, "does not decode as PNG"));
		image_bytes_free(whole);
	}
}

/* The probe cannot know that a CRC is wrong, which makes libpng drop the tRNS. */
static void decoding_corrects_the_channels(void **state)
{
	struct trfs_bytes whole = image_bytes_sample("pngsuite/ftbbn3p08.png");
	uint8_t *chunk = memmem(whole.data, whole.len, "tRNS", 4);
	struct trfs_image_info info;

	(void)state;
	assert_non_null(chunk);
	assert_int_equal(image_bytes_check(whole, &info, NULL), 0);
	assert_int_equal(info.channels, 4);
	chunk[4] ^= 1;
	assert_int_equal(image_bytes_check(whole, &info, NULL), 0);
	assert_int_equal(info.channels, 3);
	image_bytes_free(whole);
}

static void a_picture_is_needed(void **state)
{
	struct trfs_image_info info;
	struct trfs_error err;
	struct made made;

	(void)state;
	start(&made, 3, 2, 8, 0);
	put_chunk(&made, "IEND", "", 0);
	assert_int_equal(image_bytes_probe((struct trfs_bytes){ made.data, made.len },
					   &info, &err),
			 -EBADMSG);
	assert_string_equal(err.message, "is a PNG without a picture");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_beginning_is_refused),
		cmocka_unit_test(only_beginnings_with_the_end_are_accepted),
		cmocka_unit_test(channels_follow_colour_type_and_transparency),
		cmocka_unit_test(a_palette_is_transparent_as_libpng_has_it),
		cmocka_unit_test(animation_and_exif_are_seen),
		cmocka_unit_test(what_is_too_large_for_tensorflow_is_refused),
		cmocka_unit_test(unknown_chunks_may_stand_before_the_header),
		cmocka_unit_test(damage_is_found_by_decoding_only),
		cmocka_unit_test(decoding_corrects_the_channels),
		cmocka_unit_test(a_picture_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
