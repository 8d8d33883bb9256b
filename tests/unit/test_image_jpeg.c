/* SPDX-License-Identifier: MIT */
/* JPEG: what the probe sees without decoding, and what only decoding shows. */
#include "image_bytes.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* A copy of a sample with @len bytes put in place of @cut bytes at @at. */
static struct trfs_bytes changed(const char *name, size_t at, size_t cut,
				 const void *data, size_t len)
{
	struct trfs_bytes from = image_bytes_sample(name);
	uint8_t *to = malloc(from.len - cut + len);

	assert_non_null(to);
	assert_true(at + cut <= from.len);
	memcpy(to, from.data, at);
	memcpy(to + at, data, len);
	memcpy(to + at + len, from.data + at + cut, from.len - at - cut);
	image_bytes_free(from);
	return (struct trfs_bytes){ to, from.len - cut + len };
}

static void every_beginning_is_refused(void **state)
{
	/* With a thumbnail's end marker inside, several scans, icc behind the frame. */
	static const char *const names[] = {
		"jpeg/exif_thumbnail.jpg",
		"jpeg/restart_progressive.jpg",
		"jpeg/gray.jpg",
		"jpeg/length_0.jpg",
		"jpeg/pillow_icc-after-SOF.jpg",
		"jpeg/quality_100.jpg",
		"jpeg/cmyk_says_ycck.jpg",
		"jpeg/fill_bytes.jpg",
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(names); i++) {
		struct trfs_bytes whole = image_bytes_sample(names[i]);
		struct trfs_image_info info;

		assert_int_equal(image_bytes_probe(whole, &info, NULL), 0);
		assert_int_equal(image_bytes_count_accepted_prefixes(whole), 0);
		image_bytes_free(whole);
	}
}

static void a_usual_file_costs_one_read_of_two_bytes(void **state)
{
	struct trfs_bytes whole = image_bytes_sample("jpeg/quality_100.jpg");
	struct image_bytes_source s;
	struct trfs_image_info info;

	(void)state;
	image_bytes_source_init(&s, whole, 4096);
	assert_int_equal(
		trfs_image_probe(&s.source, TRFS_IMAGE_FORMATS_DEFAULT, &info, NULL), 0);
	assert_int_equal(s.nr_reads, 1);
	assert_int_equal(s.nr_read, 2);
	image_bytes_source_done(&s);
	image_bytes_free(whole);
}

static void bytes_behind_the_end_are_noted(void **state)
{
	struct trfs_bytes whole =
		changed("jpeg/quality_100.jpg", 7059, 0, "downloaded by hand", 18);
	struct trfs_image_info info;

	(void)state;
	assert_int_equal(image_bytes_check(whole, &info, NULL), 0);
	assert_int_equal(info.oddities, TRFS_IMAGE_TRAILING);
	image_bytes_free(whole);
}

static void a_failing_read_is_returned_as_it_is(void **state)
{
	struct trfs_bytes whole = image_bytes_sample("jpeg/quality_100.jpg");
	struct image_bytes_source s;
	struct trfs_image_info info;
	struct trfs_error err;

	(void)state;
	image_bytes_source_init(&s, whole, 4096);
	s.fail = EIO;
	assert_int_equal(
		trfs_image_probe(&s.source, TRFS_IMAGE_FORMATS_DEFAULT, &info, &err),
		-EIO);
	assert_int_equal(err.code, -EIO);
	assert_non_null(strstr(err.message, "cannot be read"));
	assert_int_equal(s.nr_reads, 1);
	image_bytes_source_done(&s);
	image_bytes_free(whole);
}

static void orientation_is_read_in_both_byte_orders(void **state)
{
	static const struct {
		const char *name;
		unsigned int orientation;
	} cases[] = {
		{ "jpeg/orientation_6_bigendian.jpg", 6 },
		{ "jpeg/orientation_7.jpg", 7 },
		{ "jpeg/orientation_9.jpg", 1 }, /* out of range */
		{ "jpeg/exif_loop.jpg", 6 },
		{ "jpeg/exif_count_huge.jpg", 6 },
		{ "jpeg/exif_thumbnail.jpg", 1 },
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		struct trfs_bytes whole = image_bytes_sample(cases[i].name);
		struct trfs_image_info info;
		bool turned;

		assert_int_equal(image_bytes_probe(whole, &info, NULL), 0);
		turned = info.oddities & TRFS_IMAGE_TURNED;
		assert_int_equal(info.orientation, cases[i].orientation);
		assert_int_equal(turned, cases[i].orientation != 1);
		image_bytes_free(whole);
	}
}

/* Where the directory is, claimed to be anywhere, must not matter to the verdict. */
static void hostile_exif_offsets_lead_nowhere(void **state)
{
	struct trfs_bytes whole = image_bytes_sample("jpeg/orientation_7.jpg");
	uint8_t *tiff = memmem(whole.data, whole.len, "Exif\0\0", 6);
	static const uint32_t offsets[] = { 0, 1, 7, 60, 0xffff, 0x7fffffff, 0xffffffff };

	(void)state;
	assert_non_null(tiff);
	for (size_t i = 0; i < TRFS_COUNT(offsets); i++) {
		struct trfs_image_info info;

		for (unsigned int byte = 0; byte < 4; byte++) {
			unsigned int shift = tiff[6] == 'I' ? 8 * byte : 8 * (3 - byte);

			tiff[6 + 4 + byte] = (uint8_t)(offsets[i] >> shift);
		}
		assert_int_equal(image_bytes_probe(whole, &info, NULL), 0);
		assert_int_equal(info.orientation, 1);
	}
	image_bytes_free(whole);
}

static void cmyk_is_three_channels_and_odd(void **state)
{
	struct trfs_bytes whole = image_bytes_sample("jpeg/cmyk_says_ycck.jpg");
	struct trfs_image_info info;

	(void)state;
	assert_int_equal(image_bytes_check(whole, &info, NULL), 0);
	assert_int_equal(info.channels, 3);
	assert_int_equal(info.oddities, TRFS_IMAGE_CMYK);
	image_bytes_free(whole);
}

static void broken_data_are_found_by_decoding_only(void **state)
{
	struct trfs_bytes whole = image_bytes_sample("jpeg/marker_in_scan.jpg");
	struct trfs_image_info info;
	struct trfs_error err;

	(void)state;
	assert_int_equal(image_bytes_probe(whole, &info, NULL), 0);
	assert_int_equal(trfs_image_decode_check(whole, &info, &err), -EBADMSG);
	assert_non_null(strstr(err.message, "does not decode as JPEG"));
	image_bytes_free(whole);
}

/* 2^29 samples and 65,500 pixels a side, as tried with TensorFlow 2.21. */
static void what_is_too_large_for_tensorflow_is_refused(void **state)
{
	static const struct {
		uint16_t height, width;
		int rc;
	} cases[] = {
		{ 65500, 8196, 0 },	{ 65500, 8197, -EBADMSG }, { 65501, 1, -EBADMSG },
		{ 1, 65501, -EBADMSG }, { 65500, 1, 0 },	   { 0, 96, -EBADMSG },
		{ 64, 0, -EBADMSG },
	};
	struct trfs_bytes whole = image_bytes_sample("jpeg/gray.jpg");
	uint8_t *frame = memmem(whole.data, whole.len, "\xff\xc0\0\x0b\x08", 5);

	(void)state;
	assert_non_null(frame);
	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		struct trfs_image_info info;

		frame[5] = (uint8_t)(cases[i].height >> 8);
		frame[6] = (uint8_t)cases[i].height;
		frame[7] = (uint8_t)(cases[i].width >> 8);
		frame[8] = (uint8_t)cases[i].width;
		assert_int_equal(image_bytes_probe(whole, &info, NULL), cases[i].rc);
		assert_int_equal(info.height, cases[i].height);
		assert_int_equal(info.width, cases[i].width);
	}
	image_bytes_free(whole);
}

static void the_sentence_tells_where_it_was_cut(void **state)
{
	struct trfs_bytes whole = image_bytes_sample("jpeg/quality_100.jpg");
	struct trfs_image_info info;
	struct trfs_error err;

	(void)state;
	whole.len = 6000;
	assert_int_equal(image_bytes_probe(whole, &info, &err), -EBADMSG);
	assert_string_equal(err.message, "ends before the end-of-image marker "
					 "(truncated at 6,000 bytes)");
	assert_int_equal(info.format, TRFS_IMAGE_JPEG);
	assert_int_equal(info.height, 64);
	whole.len = 100;
	assert_int_equal(image_bytes_probe(whole, &info, &err), -EBADMSG);
	assert_string_equal(err.message,
			    "ends inside its header (truncated at 100 bytes)");
	image_bytes_free(whole);
}

/* Also of files that the probe would have refused: nothing is left to chance. */
static void decoding_a_cut_file_says_that_it_is_cut(void **state)
{
	struct trfs_bytes whole = image_bytes_sample("jpeg/restart_progressive.jpg");
	struct trfs_image_info info;
	struct trfs_error err;

	(void)state;
	assert_int_equal(image_bytes_probe(whole, &info, NULL), 0);
	whole.len -= 2;
	assert_int_equal(trfs_image_decode_check(whole, &info, &err), -EBADMSG);
	assert_non_null(strstr(err.message, "ends before the end-of-image marker"));
	image_bytes_free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_beginning_is_refused),
		cmocka_unit_test(a_usual_file_costs_one_read_of_two_bytes),
		cmocka_unit_test(bytes_behind_the_end_are_noted),
		cmocka_unit_test(a_failing_read_is_returned_as_it_is),
		cmocka_unit_test(orientation_is_read_in_both_byte_orders),
		cmocka_unit_test(hostile_exif_offsets_lead_nowhere),
		cmocka_unit_test(cmyk_is_three_channels_and_odd),
		cmocka_unit_test(broken_data_are_found_by_decoding_only),
		cmocka_unit_test(what_is_too_large_for_tensorflow_is_refused),
		cmocka_unit_test(the_sentence_tells_where_it_was_cut),
		cmocka_unit_test(decoding_a_cut_file_says_that_it_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
