/* SPDX-License-Identifier: MIT */
/* Masks of outlines against pycocotools' (data/golden/outlines.txt), and hostile texts.
 */
#include "image/segmentation.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { SIDE_MAX = 64, NR_MAX = SIDE_MAX * SIDE_MAX };

static struct trfs_buffer text;
static struct trfs_error err;

static int start(void **state)
{
	(void)state;
	trfs_buffer_init(&text, 1 << 20);
	return 0;
}

static int done(void **state)
{
	(void)state;
	trfs_buffer_done(&text);
	return 0;
}

/* "X Y X Y ... ; X Y ..." up to @end into @text. */
static void put_polygons(char *numbers, const char *end)
{
	struct trfs_polygon_writer writer;

	trfs_polygon_writer_start(&writer, &text);
	while (numbers < end) {
		double x, y;

		if (*numbers == ';') {
			trfs_polygon_writer_start(&writer, &text);
			numbers += 2;
			continue;
		}
		x = strtod(numbers, &numbers);
		y = strtod(numbers, &numbers);
		assert_int_equal(trfs_polygon_writer_add(&writer, x, y, &err), 0);
		numbers++;
	}
}

/* "COUNT COUNT ..." as pixels in rows, and into @runs. */
static void expand(char *counts, uint32_t height, uint32_t width, uint8_t *pixels,
		   struct trfs_buffer *runs)
{
	struct trfs_run_writer writer;
	size_t at = 0;
	uint8_t value = 0;

	trfs_run_writer_start(&writer, runs, height, width);
	while (at < (size_t)height * width) {
		uint32_t count = (uint32_t)strtoul(counts, &counts, 10);

		trfs_run_writer_add(&writer, count);
		for (; count > 0; count--, at++)
			pixels[at % height * width + at / height] = value;
		value = !value;
	}
}

static void check_line(char *line)
{
	static uint8_t expected[NR_MAX], drawn[NR_MAX];
	struct trfs_buffer runs;
	uint32_t height = (uint32_t)strtoul(line, &line, 10);
	uint32_t width = (uint32_t)strtoul(line, &line, 10);
	char *counts = strrchr(line, ':');

	assert_true(height <= SIDE_MAX && width <= SIDE_MAX && counts);
	trfs_buffer_init(&runs, 1 << 20);
	trfs_buffer_reset(&text);
	put_polygons(line + 3, counts - 1);
	expand(counts + 1, height, width, expected, &runs);
	assert_int_equal(trfs_object_mask_draw(trfs_buffer_bytes(&text), height, width,
					       drawn, &err),
			 0);
	assert_memory_equal(drawn, expected, (size_t)height * width);
	memset(drawn, 7, sizeof(drawn));
	assert_int_equal(trfs_object_mask_draw(trfs_buffer_bytes(&runs), height, width,
					       drawn, &err),
			 0);
	assert_memory_equal(drawn, expected, (size_t)height * width);
	trfs_buffer_done(&runs);
}

static void polygons_are_drawn_as_pycocotools_draws_them(void **state)
{
	FILE *file = fopen("tests/data/golden/outlines.txt", "r");
	char *line = NULL;
	size_t capacity = 0;
	size_t nr = 0;

	(void)state;
	assert_non_null(file);
	for (; getline(&line, &capacity, file) > 0; nr++)
		check_line(line);
	assert_int_equal(nr, 150);
	free(line);
	fclose(file);
}

static void compressed_counts_are_taken_as_they_are(void **state)
{
	static const uint8_t expected[20] = { 0, 1, 0, 0, 0, 0, 1, 0, 0, 0,
					      0, 1, 0, 0, 0, 1, 0, 0, 0, 0 };
	struct trfs_run_writer writer;
	uint8_t drawn[20];

	(void)state;
	trfs_run_writer_start(&writer, &text, 4, 5);
	assert_int_equal(
		trfs_run_writer_add_compressed(&writer, trfs_bytes_of("34="), &err), 0);
	assert_int_equal(
		trfs_object_mask_draw(trfs_buffer_bytes(&text), 4, 5, drawn, &err), 0);
	assert_memory_equal(drawn, expected, sizeof(drawn));
	assert_int_equal(
		trfs_run_writer_add_compressed(&writer, trfs_bytes_of("3 4"), &err),
		-EBADMSG);
	assert_string_equal(err.message, "has compressed counts with a character that "
					 "cannot be in them, the byte 0x20");
}

static void refused(const char *outline, const char *message)
{
	uint8_t drawn[20];

	assert_int_equal(trfs_object_mask_draw(trfs_bytes_of(outline), 4, 5, drawn, &err),
			 -EBADMSG);
	assert_string_equal(err.message, message);
}

static void bad_texts_are_refused(void **state)
{
	(void)state;
	refused("", "has an outline that is empty");
	refused("x", "has an outline that is neither polygons nor runs");
	refused("p12 3", "has a polygon that breaks off");
	refused("poooooooooooooo", "has a polygon that breaks off");
	refused("pnnnnnn?0", "has a polygon that breaks off");
	refused("r4", "has runs without a size");
	refused("r5434=", "has runs for 4 x 5 pixels; the image is 5 x 4");
	refused("r4534", "has runs for 7 pixels; the image has 20");
	refused("r4534>",
		"has runs that leave the image: run 3 is 14 pixels long, and 13 "
		"are left");
	refused("r45O", "has runs that leave the image: run 1 is -1 pixels long, and 20 "
			"are left");
	refused("r45o", "has runs that break off");
}

static void far_corners_take_no_time_and_endless_outlines_end(void **state)
{
	enum { HEIGHT = 4, WIDTH = 20000, NR_CORNERS = 50000 };
	struct trfs_polygon_writer writer;
	uint8_t *drawn = malloc(HEIGHT * WIDTH);

	(void)state;
	assert_non_null(drawn);
	trfs_polygon_writer_start(&writer, &text);
	for (int i = 0; i < 4; i++)
		assert_int_equal(trfs_polygon_writer_add(&writer,
							 i & 1 ? 15.9e6 : -15.9e6,
							 i & 2 ? 15.9e6 : -15.9e6, &err),
				 0);
	assert_int_equal(trfs_object_mask_draw(trfs_buffer_bytes(&text), HEIGHT, WIDTH,
					       drawn, &err),
			 0);
	assert_int_equal(trfs_polygon_writer_add(&writer, 16e6, 0, &err), -EBADMSG);
	trfs_buffer_reset(&text);
	trfs_polygon_writer_start(&writer, &text);
	for (int i = 0; i < NR_CORNERS; i++)
		assert_int_equal(
			trfs_polygon_writer_add(&writer, i & 1 ? WIDTH : 0, 0, &err), 0);
	assert_int_equal(trfs_object_mask_draw(trfs_buffer_bytes(&text), HEIGHT, WIDTH,
					       drawn, &err),
			 -EBADMSG);
	assert_string_equal(err.message, "has polygons that would take too long to draw");
	free(drawn);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, done)
	const struct CMUnitTest tests[] = {
		TEST(polygons_are_drawn_as_pycocotools_draws_them),
		TEST(compressed_counts_are_taken_as_they_are),
		TEST(bad_texts_are_refused),
		TEST(far_corners_take_no_time_and_endless_outlines_end),
	};

	return cmocka_run_group_tests_name("segmentation", tests, NULL, NULL);
}
