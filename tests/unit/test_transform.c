/* SPDX-License-Identifier: MIT */
/* Turning, mirroring, rotating and resizing pictures small enough to be read. */
#include "image/transform.h"
#include "base/crc32c.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* A grey picture of letters, whose rows are separated by blanks. */
static struct trfs_pixels picture_of(const char *rows)
{
	struct trfs_pixels p = { 0 };
	uint32_t width = (uint32_t)strcspn(rows, " ");
	uint32_t height = (uint32_t)(strlen(rows) + 1) / (width + 1);

	assert_int_equal(trfs_pixels_shape(&p, height, width, 1, NULL), 0);
	for (uint32_t y = 0; y < height; y++)
		memcpy(trfs_pixels_row(&p, y), rows + (size_t)y * (width + 1), width);
	return p;
}

static void check_rows(const struct trfs_pixels *p, const char *rows)
{
	struct trfs_pixels wanted = picture_of(rows);

	assert_int_equal(p->height, wanted.height);
	assert_int_equal(p->width, wanted.width);
	assert_memory_equal(p->data, wanted.data, trfs_pixels_size(&wanted));
	trfs_pixels_done(&wanted);
}

static void exif_orientations_are_turned_upright(void **state)
{
	/* What a camera stored for the upright picture "ab cd ef", by orientation. */
	static const char *const stored[] = {
		NULL,	   "ab cd ef", "ba dc fe", "fe dc ba", "ef cd ab",
		"ace bdf", "bdf ace",  "fdb eca",  "eca fdb",
	};

	(void)state;
	for (unsigned int orientation = 1; orientation <= 8; orientation++) {
		struct trfs_pixels from = picture_of(stored[orientation]), to = { 0 };

		assert_int_equal(trfs_pixels_turn(&from, orientation, &to, NULL), 0);
		check_rows(&to, "ab cd ef");
		trfs_pixels_done(&from);
		trfs_pixels_done(&to);
	}
}

static void pictures_of_several_tiles_are_turned_whole(void **state)
{
	struct trfs_pixels from = { 0 }, to = { 0 };

	(void)state;
	assert_int_equal(trfs_pixels_shape(&from, 70, 101, 3, NULL), 0);
	for (size_t i = 0; i < trfs_pixels_size(&from); i++)
		from.data[i] = (uint8_t)(i * 7 + i / 256);
	assert_int_equal(trfs_pixels_turn(&from, 6, &to, NULL), 0);
	assert_int_equal(to.height, 101);
	assert_int_equal(to.width, 70);
	for (uint32_t y = 0; y < 70; y++)
		for (uint32_t x = 0; x < 101; x++)
			assert_memory_equal(trfs_pixels_row(&to, x) + (69 - y) * 3,
					    trfs_pixels_row(&from, y) + x * 3, 3);
	trfs_pixels_done(&from);
	trfs_pixels_done(&to);
}

static void a_flip_mirrors_left_and_right(void **state)
{
	struct trfs_pixels even = picture_of("abcd efgh"), odd = picture_of("abc def");
	struct trfs_pixels colours = picture_of("rgbRGB");

	(void)state;
	trfs_pixels_flip(&even);
	check_rows(&even, "dcba hgfe");
	trfs_pixels_flip(&odd);
	check_rows(&odd, "cba fed");
	colours.width = 2;
	colours.channels = 3;
	trfs_pixels_flip(&colours);
	assert_memory_equal(colours.data, "RGBrgb", 6);
	trfs_pixels_done(&even);
	trfs_pixels_done(&odd);
	trfs_pixels_done(&colours);
}

static void red_and_blue_are_exchanged_and_grey_is_left_alone(void **state)
{
	struct trfs_pixels p = picture_of("rgbRGB");

	(void)state;
	trfs_pixels_swap_red_blue(&p);
	assert_memory_equal(p.data, "rgbRGB", 6);
	p.width = 2;
	p.channels = 3;
	trfs_pixels_swap_red_blue(&p);
	assert_memory_equal(p.data, "bgrBGR", 6);
	trfs_pixels_done(&p);
}

static void nearest_takes_pixels_as_they_are(void **state)
{
	struct trfs_pixels from = picture_of("abc def"), to = { 0 };

	(void)state;
	assert_int_equal(trfs_pixels_resize_nearest(&from, 4, 6, &to, NULL), 0);
	check_rows(&to, "aabbcc aabbcc ddeeff ddeeff");
	assert_int_equal(trfs_pixels_resize_nearest(&from, 1, 2, &to, NULL), 0);
	check_rows(&to, "ab");
	trfs_pixels_done(&from);
	trfs_pixels_done(&to);
}

/* Column 256 of 512 is exactly column 93 of 186; OpenCV's doubles fall short of it. */
static void nearest_errs_where_opencv_errs(void **state)
{
	struct trfs_pixels from = { 0 }, to = { 0 };

	(void)state;
	assert_int_equal(trfs_pixels_shape(&from, 1, 186, 1, NULL), 0);
	for (uint32_t x = 0; x < 186; x++)
		from.data[x] = (uint8_t)x;
	assert_int_equal(trfs_pixels_resize_nearest(&from, 1, 512, &to, NULL), 0);
	assert_int_equal(to.data[255], 92);
	assert_int_equal(to.data[256], 92);
	assert_int_equal(to.data[257], 93);
	assert_int_equal(to.data[511], 185);
	trfs_pixels_done(&from);
	trfs_pixels_done(&to);
}

static void reducing_weighs_with_a_triangle(void **state)
{
	static const uint8_t levels[] = { 0, 0, 0, 80, 80, 80, 240, 240 };
	struct trfs_pixels from = { 0 }, to = { 0 };

	(void)state;
	assert_int_equal(trfs_pixels_shape(&from, 1, 8, 1, NULL), 0);
	memcpy(from.data, levels, sizeof(levels));
	assert_int_equal(trfs_pixels_resize(&from, 1, 4, &to, NULL), 0);
	/* Weights 1/8 3/8 3/8 1/8, at the ends 3/7 3/7 1/7. */
	assert_int_equal(to.data[0], 0);
	assert_int_equal(to.data[1], 40);
	assert_int_equal(to.data[2], 100);
	assert_int_equal(to.data[3], (80 + 3 * 240 + 3 * 240) / 7);
	trfs_pixels_done(&from);
	trfs_pixels_done(&to);
}

static void enlarging_goes_straight_between_the_pixels(void **state)
{
	struct trfs_pixels from = { 0 }, to = { 0 };

	(void)state;
	assert_int_equal(trfs_pixels_shape(&from, 2, 1, 1, NULL), 0);
	from.data[0] = 0;
	from.data[1] = 200;
	assert_int_equal(trfs_pixels_resize(&from, 4, 1, &to, NULL), 0);
	assert_int_equal(to.data[0], 0);
	assert_int_equal(to.data[1], 50);
	assert_int_equal(to.data[2], 150);
	assert_int_equal(to.data[3], 200);
	trfs_pixels_done(&from);
	trfs_pixels_done(&to);
}

static void resizing_to_any_size_keeps_an_even_picture_even(void **state)
{
	static const uint32_t sizes[][2] = { { 1, 1 },	 { 1, 500 }, { 500, 1 },
					     { 33, 47 }, { 97, 13 }, { 31, 29 },
					     { 3, 1000 } };
	struct trfs_pixels from = { 0 }, to = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(trfs_pixels_shape(&from, 31, 29, 3, NULL), 0);
		memset(from.data, 255, trfs_pixels_size(&from));
		assert_int_equal(
			trfs_pixels_resize(&from, sizes[i][0], sizes[i][1], &to, NULL),
			0);
		assert_int_equal(to.height, sizes[i][0]);
		assert_int_equal(to.width, sizes[i][1]);
		for (size_t at = 0; at < trfs_pixels_size(&to); at++)
			assert_int_equal(to.data[at], 255);
	}
	trfs_pixels_done(&from);
	trfs_pixels_done(&to);
}

/* What people's shards are made of: a change of any of these changes them. */
static void the_arithmetic_is_the_same_for_ever(void **state)
{
	struct trfs_pixels from = { 0 }, to = { 0 };

	(void)state;
	assert_int_equal(trfs_pixels_shape(&from, 67, 91, 3, NULL), 0);
	for (size_t i = 0; i < trfs_pixels_size(&from); i++)
		from.data[i] = (uint8_t)(i * i >> 5);
	assert_int_equal(trfs_pixels_resize(&from, 40, 50, &to, NULL), 0);
	assert_int_equal(trfs_crc32c(0, to.data, trfs_pixels_size(&to)), 0x66a174bbu);
	assert_int_equal(trfs_pixels_resize(&from, 40, 150, &to, NULL), 0);
	assert_int_equal(trfs_crc32c(0, to.data, trfs_pixels_size(&to)), 0xc5b02f1u);
	assert_int_equal(trfs_pixels_rotate(&from, -1234, &to, NULL), 0);
	assert_int_equal(trfs_crc32c(0, to.data, trfs_pixels_size(&to)), 0x57ead618u);
	trfs_pixels_done(&from);
	trfs_pixels_done(&to);
}

static void quarter_turns_of_a_square_are_exact(void **state)
{
	struct trfs_pixels from = picture_of("abc def ghi"), to = { 0 };

	(void)state;
	assert_int_equal(trfs_pixels_rotate(&from, 0, &to, NULL), 0);
	check_rows(&to, "abc def ghi");
	assert_int_equal(trfs_pixels_rotate(&from, 90 * TRFS_DEGREE, &to, NULL), 0);
	check_rows(&to, "cfi beh adg");
	assert_int_equal(trfs_pixels_rotate(&from, -90 * TRFS_DEGREE, &to, NULL), 0);
	check_rows(&to, "gda heb ifc");
	assert_int_equal(trfs_pixels_rotate(&from, 540 * TRFS_DEGREE, &to, NULL), 0);
	check_rows(&to, "ihg fed cba");
	trfs_pixels_done(&from);
	trfs_pixels_done(&to);
}

static void what_turns_into_view_is_black(void **state)
{
	struct trfs_pixels from = { 0 }, to = { 0 };

	(void)state;
	assert_int_equal(trfs_pixels_shape(&from, 21, 21, 3, NULL), 0);
	memset(from.data, 200, trfs_pixels_size(&from));
	assert_int_equal(trfs_pixels_rotate(&from, 45 * TRFS_DEGREE, &to, NULL), 0);
	assert_memory_equal(to.data, "\0\0\0", 3);
	assert_int_equal(trfs_pixels_row(&to, 10)[10 * 3], 200);
	assert_int_equal(trfs_pixels_row(&to, 20)[20 * 3 + 2], 0);
	trfs_pixels_done(&from);
	trfs_pixels_done(&to);
}

/* The place of (2, 0) turned by 30 degrees is (cos 30, -sin 30) * 2 from the centre. */
static void a_rotation_is_counter_clockwise(void **state)
{
	struct trfs_pixels from = { 0 }, to = { 0 };
	unsigned int sum = 0;

	(void)state;
	assert_int_equal(trfs_pixels_shape(&from, 9, 9, 1, NULL), 0);
	memset(from.data, 0, 81);
	trfs_pixels_row(&from, 4)[6] = 200;
	assert_int_equal(trfs_pixels_rotate(&from, 30 * TRFS_DEGREE, &to, NULL), 0);
	/* 1.73 to the right, 1 up. */
	assert_true(trfs_pixels_row(&to, 3)[6] > 100);
	for (int i = 0; i < 81; i++)
		sum += to.data[i];
	assert_true(sum > 150 && sum < 250);
	trfs_pixels_done(&from);
	trfs_pixels_done(&to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exif_orientations_are_turned_upright),
		cmocka_unit_test(pictures_of_several_tiles_are_turned_whole),
		cmocka_unit_test(a_flip_mirrors_left_and_right),
		cmocka_unit_test(red_and_blue_are_exchanged_and_grey_is_left_alone),
		cmocka_unit_test(nearest_takes_pixels_as_they_are),
		cmocka_unit_test(nearest_errs_where_opencv_errs),
		cmocka_unit_test(reducing_weighs_with_a_triangle),
		cmocka_unit_test(enlarging_goes_straight_between_the_pixels),
		cmocka_unit_test(resizing_to_any_size_keeps_an_even_picture_even),
		cmocka_unit_test(the_arithmetic_is_the_same_for_ever),
		cmocka_unit_test(quarter_turns_of_a_square_are_exact),
		cmocka_unit_test(what_turns_into_view_is_black),
		cmocka_unit_test(a_rotation_is_counter_clockwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
