/* SPDX-License-Identifier: MIT */
/* JPEG and PNG encoded: what is in them, what refuses, and the codecs' digest. */
#include "image/codec_versions.h"
#include "image/jpeg_encode.h"
#include "image/png_encode.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define OUT_MAX (1u << 20)

static struct trfs_pixels slope(uint32_t height, uint32_t width, uint8_t channels)
{
	struct trfs_pixels p = { 0 };

	assert_int_equal(trfs_pixels_shape(&p, height, width, channels, NULL), 0);
	for (size_t i = 0; i < trfs_pixels_size(&p); i++)
		p.data[i] = (uint8_t)(i / channels % width * 3 + i % channels * 50);
	return p;
}

static struct trfs_image_info probed(const struct trfs_buffer *out)
{
	struct trfs_image_source source = trfs_image_source_of(trfs_buffer_bytes(out));
	struct trfs_image_info info;

	assert_int_equal(
		trfs_image_probe(&source, TRFS_IMAGE_FORMATS_DEFAULT, &info, NULL), 0);
	return info;
}

/* JFIF's density: unit, then across and down, behind "JFIF\0", version 1.1. */
static void density_is_said_only_where_it_is_wanted(void **state)
{
	struct trfs_jpeg_settings settings = { .quality = 95 };
	struct trfs_pixels p = slope(20, 30, 3);
	struct trfs_buffer out;

	(void)state;
	trfs_buffer_init(&out, OUT_MAX);
	assert_int_equal(trfs_jpeg_encode(&p, &settings, &out, NULL), 0);
	assert_memory_equal(out.data + 6, "JFIF\0\1\1\0\0\1\0\1", 12);
	settings.density_300 = true;
	trfs_buffer_reset(&out);
	assert_int_equal(trfs_jpeg_encode(&p, &settings, &out, NULL), 0);
	assert_memory_equal(out.data + 6, "JFIF\0\1\1\1\1\x2c\1\x2c", 12);
	trfs_buffer_done(&out);
	trfs_pixels_done(&p);
}

static void grey_stays_grey_unless_three_components_are_wanted(void **state)
{
	struct trfs_jpeg_settings settings = { .quality = 90 };
	struct trfs_pixels grey = slope(20, 30, 1), rgb = { 0 };
	struct trfs_buffer promoted, direct;

	(void)state;
	trfs_buffer_init(&promoted, OUT_MAX);
	trfs_buffer_init(&direct, OUT_MAX);
	assert_int_equal(trfs_jpeg_encode(&grey, &settings, &direct, NULL), 0);
	assert_int_equal(probed(&direct).channels, 1);

	settings.grey_as_rgb = true;
	assert_int_equal(trfs_jpeg_encode(&grey, &settings, &promoted, NULL), 0);
	assert_int_equal(probed(&promoted).channels, 3);

	assert_int_equal(trfs_pixels_shape(&rgb, 20, 30, 3, NULL), 0);
	for (size_t i = 0; i < trfs_pixels_size(&grey); i++)
		memset(rgb.data + 3 * i, grey.data[i], 3);
	trfs_buffer_reset(&direct);
	assert_int_equal(trfs_jpeg_encode(&rgb, &settings, &direct, NULL), 0);
	assert_int_equal(direct.len, promoted.len);
	assert_memory_equal(direct.data, promoted.data, direct.len);
	trfs_buffer_done(&promoted);
	trfs_buffer_done(&direct);
	trfs_pixels_done(&grey);
	trfs_pixels_done(&rgb);
}

/* The buffer grows in the middle of the picture, and may be full with its last byte. */
static void a_jpeg_takes_what_it_needs_and_no_byte_more(void **state)
{
	struct trfs_jpeg_settings settings = { .quality = 100 };
	struct trfs_pixels p = slope(400, 500, 3);
	struct trfs_buffer out, exact;

	(void)state;
	for (size_t i = 0; i < trfs_pixels_size(&p); i++)
		p.data[i] ^= (uint8_t)(i * i >> 3);
	trfs_buffer_init(&out, OUT_MAX);
	assert_int_equal(trfs_jpeg_encode(&p, &settings, &out, NULL), 0);
	assert_true(out.len > 100000);
	assert_memory_equal(out.data + out.len - 2, "\xff\xd9", 2);

	trfs_buffer_init(&exact, out.len + 1);
	assert_int_equal(trfs_jpeg_encode(&p, &settings, &exact, NULL), 0);
	assert_int_equal(exact.len, out.len);
	assert_memory_equal(exact.data, out.data, out.len);
	trfs_buffer_done(&exact);

	trfs_buffer_init(&exact, out.len - 1);
	assert_int_equal(trfs_jpeg_encode(&p, &settings, &exact, NULL), -EFBIG);
	assert_int_equal(exact.len, 0);
	assert_false(exact.failed);
	trfs_buffer_done(&exact);
	trfs_buffer_done(&out);
	trfs_pixels_done(&p);
}

static void what_is_no_jpeg_is_refused_with_a_sentence(void **state)
{
	struct trfs_jpeg_settings settings = { .quality = 0 };
	struct trfs_pixels p = slope(1, 65501, 1);
	struct trfs_error err = { 0 };
	struct trfs_buffer out;

	(void)state;
	trfs_buffer_init(&out, OUT_MAX);
	assert_int_equal(trfs_jpeg_encode(&p, &settings, &out, &err), -EINVAL);
	assert_string_equal(err.message, "a JPEG's quality is from 1 to 100, not 0");
	settings.quality = 100;
	assert_int_equal(trfs_jpeg_encode(&p, &settings, &out, &err), -EBADMSG);
	assert_string_equal(err.message, "has 65,501 x 1 pixels, and a side of a JPEG is "
					 "from 1 to 65,500");
	p.width = 100;
	p.channels = 2;
	assert_int_equal(trfs_jpeg_encode(&p, &settings, &out, &err), -EINVAL);
	trfs_buffer_done(&out);
	trfs_pixels_done(&p);
}

static void a_mask_comes_back_from_png_as_it_was(void **state)
{
	static const uint32_t sizes[][2] = { { 1, 1 }, { 7, 1000 }, { 300, 200 } };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct trfs_pixels p = slope(sizes[i][0], sizes[i][1], 1), back = { 0 };
		struct trfs_image_info info;
		struct trfs_buffer out;

		trfs_buffer_init(&out, OUT_MAX);
		assert_int_equal(trfs_png_encode_grey(&p, &out, NULL), 0);
		info = probed(&out);
		assert_int_equal(info.format, TRFS_IMAGE_PNG);
		assert_int_equal(info.channels, 1);
		assert_int_equal(info.depth, 8);
		assert_int_equal(trfs_pixels_decode(trfs_buffer_bytes(&out), &info, 0,
						    TRFS_DCT_FAST, 0, &back, NULL),
				 0);
		assert_int_equal(back.height, p.height);
		assert_int_equal(back.width, p.width);
		assert_memory_equal(back.data, p.data, trfs_pixels_size(&p));
		trfs_buffer_done(&out);
		trfs_pixels_done(&back);
		trfs_pixels_done(&p);
	}
}

static void png_failures_leave_the_buffer_as_it_was(void **state)
{
	struct trfs_pixels p = slope(50, 50, 1);
	struct trfs_error err = { 0 };
	struct trfs_buffer out;

	(void)state;
	trfs_buffer_init(&out, 60);
	trfs_buffer_put(&out, "before", 6);
	assert_int_equal(trfs_png_encode_grey(&p, &out, &err), -EFBIG);
	assert_string_equal(err.message, "is over 60 bytes as PNG");
	assert_int_equal(out.len, 6);
	p.height = 0;
	assert_int_equal(trfs_png_encode_grey(&p, &out, &err), -EBADMSG);
	assert_int_equal(out.len, 6);
	p.channels = 3;
	assert_int_equal(trfs_png_encode_grey(&p, &out, &err), -EINVAL);
	trfs_buffer_done(&out);
	trfs_pixels_done(&p);
}

static void the_codecs_have_versions_and_a_digest(void **state)
{
	char first[TRFS_CODEC_VERSIONS_SIZE], again[TRFS_CODEC_VERSIONS_SIZE];
	const char *digest;

	(void)state;
	assert_int_equal(trfs_codec_versions(first, sizeof(first)), 0);
	assert_int_equal(trfs_codec_versions(again, sizeof(again)), 0);
	assert_string_equal(again, first);
	assert_ptr_equal(strstr(first, "libjpeg"), first);
	assert_non_null(strstr(first, ", libpng 1."));
	digest = strstr(first, ", digest ");
	assert_non_null(digest);
	assert_int_equal(strspn(digest + 9, "0123456789abcdef"), 8);
	assert_int_equal(strlen(digest), 9 + 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(density_is_said_only_where_it_is_wanted),
		cmocka_unit_test(grey_stays_grey_unless_three_components_are_wanted),
		cmocka_unit_test(a_jpeg_takes_what_it_needs_and_no_byte_more),
		cmocka_unit_test(what_is_no_jpeg_is_refused_with_a_sentence),
		cmocka_unit_test(a_mask_comes_back_from_png_as_it_was),
		cmocka_unit_test(png_failures_leave_the_buffer_as_it_was),
		cmocka_unit_test(the_codecs_have_versions_and_a_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
