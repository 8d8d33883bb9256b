/* SPDX-License-Identifier: MIT */
/* Formats that are only named, what is no image at all, and the names of formats. */
#include "image_bytes.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define ALL_FORMATS ((trfs_image_formats)~0u)

#define BYTES(literal)                                                                   \
	{                                                                                \
		(const uint8_t *)(literal), sizeof(literal) - 1                          \
	}

static int probe_as(struct trfs_bytes whole, trfs_image_formats allowed,
		    struct trfs_image_info *info, struct trfs_error *err)
{
	struct image_bytes_source s;
	int rc;

	image_bytes_source_init(&s, whole, 4096);
	rc = trfs_image_probe(&s.source, allowed, info, err);
	image_bytes_source_done(&s);
	return rc;
}

static void each_format_is_known_by_its_first_bytes(void **state)
{
	static const struct {
		struct trfs_bytes bytes;
		enum trfs_image_format format;
		uint32_t width, height;
	} cases[] = {
		{ BYTES("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x5f\0\0\x3f\0\0"),
		  TRFS_IMAGE_WEBP, 96, 64 },
		{ BYTES("RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x5f\xc0\x0f\0\0\0\0\0\0"),
		  TRFS_IMAGE_WEBP, 96, 64 },
		{ BYTES("RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x60\0\x40\0"),
		  TRFS_IMAGE_WEBP, 96, 64 },
		/* small: 1; 64 high: 7 in five bits; ratio 3 to 2: 4 in three bits */
		{ BYTES("\xff\x0a\x0f\x01\0\0\0\0\0\0"), TRFS_IMAGE_JPEG_XL, 96, 64 },
		{ BYTES("\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14"
			"ftypjxl \0\0\0\0jxl \0\0\0\0jxlc\xff\x0a\x0f\x01\0\0\0\0\0\0"),
		  TRFS_IMAGE_JPEG_XL, 96, 64 },
		{ BYTES("II*"
			"\0\x08\0\0\0\2\0\0\1\3\0\1\0\0\0\x60\0\0\0\1\1\4\0\1\0\0\0\x40\0"
			"\0\0"),
		  TRFS_IMAGE_TIFF, 96, 64 },
		{ BYTES("MM\0*\xff\xff\xff\xff"), TRFS_IMAGE_TIFF, 0, 0 },
		{ BYTES("\0\0\0\x18"
			"ftypheic\0\0\0\0mif1heic"),
		  TRFS_IMAGE_HEIC, 0, 0 },
		{ BYTES("\0\0\0\x18"
			"ftypmif1\0\0\0\0mif1avif"),
		  TRFS_IMAGE_AVIF, 0, 0 },
		{ BYTES("\xff\x4f\xff\x51\0\x2f\0\0\0\0\0\x60\0\0\0\x40\0\0\0\0\0\0\0\0"),
		  TRFS_IMAGE_JPEG_2000, 96, 64 },
		{ BYTES("8BPS\0\1\0\0\0\0\0\0\0\3\0\0\0\x40\0\0\0\x60\0\x08\0\3"),
		  TRFS_IMAGE_PSD, 96, 64 },
		{ BYTES("\0\0\1\0\1\0\x60\x40\0\0\1\0\x20\0\0\1\0\0\x16\0\0\0"),
		  TRFS_IMAGE_ICO, 96, 64 },
		{ BYTES("<?xml version=\"1.0\"?>\n<svg/>"), TRFS_IMAGE_SVG, 0, 0 },
		{ BYTES("P6\n# by hand\n96 64\n255\nxyz"), TRFS_IMAGE_PNM, 96, 64 },
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		struct trfs_image_info info;
		struct trfs_error err = { 0 };
		char hint[64];

		assert_int_equal(probe_as(cases[i].bytes, ALL_FORMATS, &info, &err), 0);
		assert_int_equal(info.format, cases[i].format);
		assert_int_equal(info.width, cases[i].width);
		assert_int_equal(info.height, cases[i].height);
		assert_int_equal(info.orientation, 1);

		assert_int_equal(image_bytes_probe(cases[i].bytes, &info, &err),
				 -EBADMSG);
		snprintf(hint, sizeof(hint), "(--formats %s lets it in)",
			 trfs_image_format_name(cases[i].format));
		assert_non_null(strstr(err.message, hint));
		assert_int_equal(trfs_image_decode_check(cases[i].bytes, &info, &err), 0);
	}
}

static void a_cut_webp_and_an_animated_one_are_bad_even_when_let_in(void **state)
{
	static const char *const names[] = { "other/cut.webp", "other/animated.webp" };
	static const char *const says[] = { "truncated at", "TensorFlow 2.21 crash" };
	struct trfs_bytes whole = image_bytes_sample("other/alpha.webp");
	struct trfs_image_info info;
	struct trfs_error err;

	(void)state;
	assert_int_equal(probe_as(whole, ALL_FORMATS, &info, &err), 0);
	assert_int_equal(info.width, 96);
	assert_int_equal(info.height, 64);
	image_bytes_free(whole);
	for (size_t i = 0; i < TRFS_COUNT(names); i++) {
		whole = image_bytes_sample(names[i]);
		assert_int_equal(probe_as(whole, ALL_FORMATS, &info, &err), -EBADMSG);
		assert_non_null(strstr(err.message, says[i]));
		image_bytes_free(whole);
	}
}

static void what_is_no_image_is_said(void **state)
{
	static const struct {
		struct trfs_bytes bytes;
		const char *says;
	} cases[] = {
		{ BYTES(""), "is empty" },
		{ BYTES("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull" },
		{ BYTES("\n <!DOCTYPE HTML><html>"), "is an HTML page" },
		{ BYTES("\x1f\x8b\x08\0\0"), "is gzip data" },
		{ BYTES("PK\x03\x04zip"), "is a ZIP archive" },
		{ BYTES("\0\x05\x16\x07\0\2"), "macOS" },
		{ BYTES("\0\0\0\x20"
			"ftypisom\0\0\0\0isom"),
		  "video" },
		{ BYTES("\0\0\0\0\0\0"), "holds nothing but zero bytes (6)" },
		{ BYTES("\0\0\0\0\0\7"), "starts with 5 zero bytes" },
		{ BYTES("\x89PNG\n\x1a\n"), "text-mode transfer" },
		{ BYTES("label,file\n1,2"),
		  "is not an image: starts with \"label,file\"" },
		{ BYTES("a text that goes on"),
		  "is not an image: starts with \"a text that goes\"" },
		{ BYTES("\x01\x02\x03"),
		  "is not an image: starts with the bytes 01 02 03" },
		{ BYTES("\xff\xd8 no"), "starts with the bytes ff d8 20 6e 6f" },
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		struct trfs_image_info info;
		struct trfs_error err = { 0 };

		assert_int_equal(probe_as(cases[i].bytes, ALL_FORMATS, &info, &err),
				 -EBADMSG);
		assert_int_equal(info.format, TRFS_IMAGE_UNKNOWN);
		if (!strstr(err.message, cases[i].says))
			fail_msg("\"%s\" lacks \"%s\"", err.message, cases[i].says);
	}
}

/* A file is read on to its end before it is said to be nothing but zeroes. */
static void zeroes_are_counted_beyond_the_head(void **state)
{
	static uint8_t zeroes[100000];
	struct trfs_bytes whole = { zeroes, sizeof(zeroes) };
	struct trfs_image_info info;
	struct trfs_error err;

	(void)state;
	assert_int_equal(image_bytes_probe(whole, &info, &err), -EBADMSG);
	assert_non_null(strstr(err.message, "nothing but zero bytes (100,000)"));
	zeroes[99999] = 1;
	assert_int_equal(image_bytes_probe(whole, &info, &err), -EBADMSG);
	assert_non_null(strstr(err.message, "starts with 99,999 zero bytes"));
}

static void names_lead_to_formats_and_back(void **state)
{
	static const struct {
		const char *name;
		enum trfs_image_format format;
	} cases[] = {
		{ "jpg", TRFS_IMAGE_JPEG },    { ".JPEG", TRFS_IMAGE_JPEG },
		{ ".tif", TRFS_IMAGE_TIFF },   { "jxl", TRFS_IMAGE_JPEG_XL },
		{ "heif", TRFS_IMAGE_HEIC },   { "webp", TRFS_IMAGE_WEBP },
		{ "", TRFS_IMAGE_UNKNOWN },    { ".", TRFS_IMAGE_UNKNOWN },
		{ "txt", TRFS_IMAGE_UNKNOWN }, { "jpg jpeg", TRFS_IMAGE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(cases); i++)
		assert_int_equal(trfs_image_format_by_name(trfs_bytes_of(cases[i].name)),
				 cases[i].format);
	for (unsigned int f = 1; f < TRFS_IMAGE_NR_FORMATS; f++) {
		const char *name = trfs_image_format_name((enum trfs_image_format)f);

		assert_int_equal(trfs_image_format_by_name(trfs_bytes_of(name)), f);
		assert_true(strlen(trfs_image_format_title((enum trfs_image_format)f)) >
			    0);
	}
	assert_string_equal(trfs_image_format_name(TRFS_IMAGE_JPEG), "jpeg");
	assert_string_equal(trfs_image_format_title(TRFS_IMAGE_JPEG_XL), "JPEG XL");
	assert_string_equal(trfs_image_format_name(TRFS_IMAGE_UNKNOWN), "unknown");
}

static void a_list_of_formats_adds_to_those_let_in(void **state)
{
	trfs_image_formats formats = TRFS_IMAGE_FORMATS_DEFAULT;
	struct trfs_error err;

	(void)state;
	assert_int_equal(trfs_image_formats_parse("webp, JXL,", &formats, &err), 0);
	assert_int_equal(formats, TRFS_IMAGE_FORMATS_DEFAULT | 1u << TRFS_IMAGE_WEBP |
					  1u << TRFS_IMAGE_JPEG_XL);
	assert_int_equal(trfs_image_formats_parse("avif,wepb", &formats, &err), -EINVAL);
	assert_non_null(strstr(err.message, "\"wepb\""));
	assert_non_null(strstr(err.message, "\"webp\""));
	assert_false(formats & 1u << TRFS_IMAGE_AVIF);
}

static void a_list_of_formats_can_let_in_no_others(void **state)
{
	trfs_image_formats formats = TRFS_IMAGE_FORMATS_DEFAULT;
	struct trfs_error err;

	(void)state;
	assert_int_equal(trfs_image_formats_parse("only:jpg,png", &formats, &err), 0);
	assert_int_equal(formats, 1u << TRFS_IMAGE_JPEG | 1u << TRFS_IMAGE_PNG);
	assert_int_equal(trfs_image_formats_parse("only:", &formats, &err), -EINVAL);
	assert_non_null(strstr(err.message, "\"only:\" lets no image format in"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_is_known_by_its_first_bytes),
		cmocka_unit_test(a_cut_webp_and_an_animated_one_are_bad_even_when_let_in),
		cmocka_unit_test(what_is_no_image_is_said),
		cmocka_unit_test(zeroes_are_counted_beyond_the_head),
		cmocka_unit_test(names_lead_to_formats_and_back),
		cmocka_unit_test(a_list_of_formats_adds_to_those_let_in),
		cmocka_unit_test(a_list_of_formats_can_let_in_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
