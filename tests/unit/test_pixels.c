/* SPDX-License-Identifier: MIT */
/*
 * Pixels and JPEG of every odd and broken image, against what TensorFlow made of it:
 * tests/data/golden/pixels.tsv.  The images of tests/data/torture always; the others
 * where the larger collection is, named by TRFS_TORTURE or beside the source tree.
 */
#include "image/pixels.h"
#include "image/jpeg_encode.h"
#include "image/recipe.h"
#include "image_bytes.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define JPEG_MAX   (1u << 30)
#define FIELD_SIZE 64
#define ALL	   ((trfs_image_formats)~0u)

/* A line of pixels.tsv: "-" where TensorFlow refuses. */
struct line {
	char file[FIELD_SIZE];
	char channels[3][FIELD_SIZE]; /* as the file has, 1, 3 */
	char accurate[FIELD_SIZE];
	char jpeg[FIELD_SIZE];
};

/* zlib's CRC-32, as Python has it. */
static uint32_t crc32_of(const uint8_t *data, size_t len)
{
	static uint32_t table[256];
	uint32_t crc = ~0u;

	for (uint32_t i = 0; table[255] == 0 && i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
	}
	for (size_t i = 0; i < len; i++)
		crc = crc >> 8 ^ table[(crc ^ data[i]) & 0xff];
	return ~crc;
}

static void check_pixels(const char *file, struct trfs_bytes whole, unsigned int channels,
			 enum trfs_dct dct, const char *wanted,
			 struct trfs_pixels *pixels)
{
	struct trfs_image_source source = trfs_image_source_of(whole);
	struct trfs_image_info info;
	struct trfs_error err = { 0 };
	char crc[16];
	int rc;

	/* What the probe calls bad is decoded all the same: nothing may rely on it. */
	(void)!trfs_image_probe(&source, ALL, &info, NULL);
	rc = trfs_pixels_decode(whole, &info, channels, dct, 0, pixels, &err);
	if (strcmp(wanted, "-") == 0) {
		/* Grey BMP of one channel is the one thing that we do and it does not. */
		if (rc == 0 && !(info.format == TRFS_IMAGE_BMP && info.channels == 1))
			fail_msg("%s has pixels, but TensorFlow says it has none", file);
		assert_true(rc == 0 || rc == -EBADMSG);
		assert_true(rc == 0 || strlen(err.message) > 0);
		return;
	}
	if (rc < 0)
		fail_msg("%s is fine, but decoding says it %s", file, err.message);
	assert_true(channels == 0 || pixels->channels == channels);
	snprintf(crc, sizeof(crc), "%08x",
		 crc32_of(pixels->data, trfs_pixels_size(pixels)));
	if (strcmp(crc, wanted) != 0)
		fail_msg("%s with %u channels: not TensorFlow's pixels", file, channels);
}

static void check_crc(const char *file, const struct trfs_buffer *out, const char *wanted)
{
	char crc[16];

	snprintf(crc, sizeof(crc), "%08x", crc32_of(out->data, out->len));
	if (strcmp(crc, wanted) != 0)
		fail_msg("%s: not the JPEG that TensorFlow makes of it", file);
}

/* From pixels, and from the file itself. */
static void check_jpeg(const struct line *line, struct trfs_bytes whole,
		       const struct trfs_pixels *pixels)
{
	struct trfs_jpeg_settings settings = { .quality = 100, .density_300 = true };
	struct trfs_recipe recipe = { .always = true, .density_300 = true };
	struct trfs_image_source source = trfs_image_source_of(whole);
	struct trfs_image_scratch scratch = { 0 };
	struct trfs_error err = { 0 };
	struct trfs_image_info info;
	struct trfs_buffer out;

	trfs_buffer_init(&out, JPEG_MAX);
	if (trfs_jpeg_encode(pixels, &settings, &out, &err) < 0)
		fail_msg("%s cannot be encoded: it %s", line->file, err.message);
	check_crc(line->file, &out, line->jpeg);

	trfs_buffer_reset(&out);
	if (trfs_image_probe(&source, ALL, &info, &err) < 0 ||
	    trfs_recipe_make(&recipe, NULL, 0, whole, &info, &scratch, &out, &err) < 0)
		fail_msg("%s cannot be made anew: it %s", line->file, err.message);
	check_crc(line->file, &out, line->jpeg);
	trfs_image_scratch_done(&scratch);
	trfs_buffer_done(&out);
}

static void check_line(const struct line *line, struct trfs_bytes whole,
		       struct trfs_pixels *pixels)
{
	check_pixels(line->file, whole, 0, TRFS_DCT_FAST, line->channels[0], pixels);
	check_pixels(line->file, whole, 1, TRFS_DCT_FAST, line->channels[1], pixels);
	if (strcmp(line->accurate, "-") != 0)
		check_pixels(line->file, whole, 3, TRFS_DCT_ACCURATE, line->accurate,
			     pixels);
	check_pixels(line->file, whole, 3, TRFS_DCT_FAST, line->channels[2], pixels);
	if (strcmp(line->jpeg, "-") != 0)
		check_jpeg(line, whole, pixels);
}

/* How many of the lines have their file in @directory; each is checked. */
static unsigned int check_directory(const char *directory)
{
	FILE *file = fopen("tests/data/golden/pixels.tsv", "r");
	struct trfs_pixels pixels = { 0 };
	unsigned int nr = 0;
	char text[512], path[4096];
	struct line line;

	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	while (fgets(text, sizeof(text), file)) {
		struct trfs_bytes whole;

		assert_int_equal(sscanf(text, "%63s %63s %63s %63s %63s %63s", line.file,
					line.channels[0], line.channels[1],
					line.channels[2], line.accurate, line.jpeg),
				 6);
		snprintf(path, sizeof(path), "%s/%s", directory, line.file);
		whole.data = image_bytes_load(path, &whole.len);
		if (!whole.data)
			continue;
		check_line(&line, whole, &pixels);
		image_bytes_free(whole);
		nr++;
	}
	fclose(file);
	trfs_pixels_done(&pixels);
	return nr;
}

static void images_of_the_tree_have_the_pixels_and_the_jpeg_of_tensorflow(void **state)
{
	(void)state;
	assert_true(check_directory("tests/data/torture") >= 40);
}

static void images_of_the_whole_collection_have_them_too(void **state)
{
	const char *directory = getenv("TRFS_TORTURE");
	unsigned int nr = check_directory(directory ? directory : "../shared/torture");

	(void)state;
	if (nr == 0) {
		print_message("no ../shared/torture: only tests/data/torture was "
			      "checked\n");
		skip();
	}
	assert_true(nr >= 130);
}

static int decode_sample(const char *name, unsigned int channels, uint64_t max_pixels,
			 struct trfs_pixels *pixels, struct trfs_error *err)
{
	struct trfs_bytes whole = image_bytes_sample(name);
	struct trfs_image_source source = trfs_image_source_of(whole);
	struct trfs_image_info info;
	int rc;

	(void)!trfs_image_probe(&source, ALL, &info, NULL);
	rc = trfs_pixels_decode(whole, &info, channels, TRFS_DCT_FAST, max_pixels, pixels,
				err);
	image_bytes_free(whole);
	return rc;
}

static void pictures_that_are_too_large_are_refused_with_both_numbers(void **state)
{
	struct trfs_pixels pixels = { 0 };
	struct trfs_error err = { 0 };

	(void)state;
	assert_int_equal(
		decode_sample("jpeg/orientation_7.jpg", 3, 64 * 96, &pixels, &err), 0);
	assert_int_equal(
		decode_sample("jpeg/orientation_7.jpg", 3, 64 * 96 - 1, &pixels, &err),
		-EBADMSG);
	assert_string_equal(err.message, "has 96 x 64 pixels, more than --max-pixels "
					 "6,143");
	trfs_pixels_done(&pixels);
}

static void no_memory_is_taken_for_what_a_header_only_promises(void **state)
{
	struct trfs_pixels pixels = { 0 };
	struct trfs_error err = { 0 };

	(void)state;
	assert_int_equal(decode_sample("jpeg/bomb_65535.jpg", 3, 0, &pixels, &err),
			 -EBADMSG);
	assert_non_null(strstr(err.message, "65,535 x 65,535 pixels"));
	assert_null(pixels.data);
}

/* A progressive picture whose last scan is there @nr_more times more. */
static struct trfs_bytes with_more_scans(struct trfs_bytes whole, size_t nr_more)
{
	size_t start = whole.len, scan_len;
	uint8_t *data;

	while (whole.data[start - 2] != 0xff || whole.data[start - 1] != 0xda)
		start--;
	start -= 2;
	scan_len = whole.len - 2 - start;
	data = malloc(whole.len + nr_more * scan_len);
	assert_non_null(data);
	memcpy(data, whole.data, start);
	for (size_t i = 0; i <= nr_more; i++)
		memcpy(data + start + i * scan_len, whole.data + start, scan_len);
	memcpy(data + start + (nr_more + 1) * scan_len, "\xff\xd9", 2);
	return (struct trfs_bytes){ data, whole.len + nr_more * scan_len };
}

static void a_jpeg_of_endless_scans_is_refused(void **state)
{
	struct trfs_bytes whole = image_bytes_sample("jpeg/restart_progressive.jpg");
	struct trfs_image_info info = { .format = TRFS_IMAGE_JPEG };
	struct trfs_bytes few = with_more_scans(whole, 400);
	struct trfs_bytes many = with_more_scans(whole, 500);
	struct trfs_pixels pixels = { 0 };
	struct trfs_error err = { 0 };

	(void)state;
	assert_int_equal(
		trfs_pixels_decode(few, &info, 3, TRFS_DCT_FAST, 0, &pixels, &err), 0);
	assert_int_equal(
		trfs_pixels_decode(many, &info, 3, TRFS_DCT_FAST, 0, &pixels, &err),
		-EBADMSG);
	assert_string_equal(err.message, "is a JPEG of more than 500 scans");
	assert_int_equal(trfs_image_decode_check(few, &info, &err), 0);
	assert_int_equal(trfs_image_decode_check(many, &info, &err), -EBADMSG);
	trfs_pixels_done(&pixels);
	image_bytes_free(whole);
	image_bytes_free(few);
	image_bytes_free(many);
}

static void formats_without_a_decoder_are_named(void **state)
{
	struct trfs_pixels pixels = { 0 };
	struct trfs_error err = { 0 };

	(void)state;
	assert_int_equal(decode_sample("other/still89a.gif", 3, 0, &pixels, &err),
			 -EBADMSG);
	assert_string_equal(err.message, "is a GIF image, of which no pixels can be made "
					 "(JPEG, PNG and BMP are decoded)");
	assert_null(pixels.data);
}

static void memory_is_used_again_where_it_suffices(void **state)
{
	struct trfs_pixels pixels = { 0 };
	const uint8_t *data;

	(void)state;
	assert_int_equal(trfs_pixels_shape(&pixels, 20, 30, 3, NULL), 0);
	data = pixels.data;
	assert_int_equal(trfs_pixels_shape(&pixels, 30, 20, 1, NULL), 0);
	assert_ptr_equal(pixels.data, data);
	assert_int_equal(pixels.capacity, 20 * 30 * 3);
	trfs_pixels_done(&pixels);
	assert_null(pixels.data);
}

static void other_numbers_of_channels_are_refused(void **state)
{
	struct trfs_pixels pixels = { 0 };

	(void)state;
	assert_int_equal(decode_sample("jpeg/orientation_7.jpg", 2, 0, &pixels, NULL),
			 -EINVAL);
	assert_int_equal(decode_sample("jpeg/orientation_7.jpg", 4, 0, &pixels, NULL),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			images_of_the_tree_have_the_pixels_and_the_jpeg_of_tensorflow),
		cmocka_unit_test(images_of_the_whole_collection_have_them_too),
		cmocka_unit_test(
			pictures_that_are_too_large_are_refused_with_both_numbers),
		cmocka_unit_test(no_memory_is_taken_for_what_a_header_only_promises),
		cmocka_unit_test(a_jpeg_of_endless_scans_is_refused),
		cmocka_unit_test(formats_without_a_decoder_are_named),
		cmocka_unit_test(memory_is_used_again_where_it_suffices),
		cmocka_unit_test(other_numbers_of_channels_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
