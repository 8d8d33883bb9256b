/* SPDX-License-Identifier: MIT */
/* Making images anew: sizes, failures, and that nothing is left over from the last one.
 */
#include "image/recipe.h"
#include "image_bytes.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define OUT_MAX (1u << 24)

static struct trfs_bytes sample(const char *name, struct trfs_image_info *info)
{
	struct trfs_bytes whole = image_bytes_sample(name);
	struct trfs_image_source source = trfs_image_source_of(whole);

	assert_int_equal(
		trfs_image_probe(&source, TRFS_IMAGE_FORMATS_DEFAULT, info, NULL), 0);
	return whole;
}

static void what_is_made_has_the_size_that_was_promised(void **state)
{
	struct trfs_recipe recipe = { .apply_orientation = true,
				      .resize = TRFS_RESIZE_SHORTER,
				      .height = 40 };
	struct trfs_image_scratch scratch = { 0 };
	struct trfs_image_info info, made;
	struct trfs_bytes whole = sample("jpeg/orientation_6_bigendian.jpg", &info);
	struct trfs_image_source source;
	struct trfs_buffer out;
	uint32_t height, width;

	(void)state;
	trfs_buffer_init(&out, OUT_MAX);
	trfs_recipe_size(&recipe, &info, &height, &width);
	assert_int_equal(height, 60);
	assert_int_equal(width, 40);
	assert_int_equal(
		trfs_recipe_make(&recipe, NULL, 0, whole, &info, &scratch, &out, NULL),
		0);
	source = trfs_image_source_of(trfs_buffer_bytes(&out));
	assert_int_equal(
		trfs_image_probe(&source, TRFS_IMAGE_FORMATS_DEFAULT, &made, NULL), 0);
	assert_int_equal(made.format, TRFS_IMAGE_JPEG);
	assert_int_equal(made.orientation, 1);
	assert_int_equal(made.channels, 3);
	assert_int_equal(made.height, height);
	assert_int_equal(made.width, width);
	trfs_buffer_done(&out);
	trfs_image_scratch_done(&scratch);
	image_bytes_free(whole);
}

/* Dirty scratch, another order, a longer buffer: nothing of it may show. */
static void making_is_a_pure_function(void **state)
{
	const struct trfs_recipe recipe = { .always = true,
					    .resize = TRFS_RESIZE_EXACT,
					    .height = 50,
					    .width = 70,
					    .quality = 95 };
	const struct trfs_augmentation both = { true, true };
	struct trfs_image_scratch scratch = { 0 };
	struct trfs_image_info info, other_info;
	struct trfs_bytes whole = sample("jpeg/quality_100.jpg", &info);
	struct trfs_bytes other = sample("png/grey16.png", &other_info);
	struct trfs_buffer first, again;

	(void)state;
	trfs_buffer_init(&first, OUT_MAX);
	trfs_buffer_init(&again, OUT_MAX);
	assert_int_equal(
		trfs_recipe_make(&recipe, &both, 7, whole, &info, &scratch, &first, NULL),
		0);
	assert_int_equal(trfs_recipe_make(&recipe, &both, 8, other, &other_info, &scratch,
					  &again, NULL),
			 0);
	trfs_buffer_reset(&again);
	trfs_buffer_put(&again, "before", 6);
	assert_int_equal(
		trfs_recipe_make(&recipe, &both, 7, whole, &info, &scratch, &again, NULL),
		0);
	assert_int_equal(again.len, first.len + 6);
	assert_memory_equal(again.data, "before", 6);
	assert_memory_equal(again.data + 6, first.data, first.len);

	trfs_buffer_reset(&again);
	assert_int_equal(
		trfs_recipe_make(&recipe, &both, 9, whole, &info, &scratch, &again, NULL),
		0);
	assert_true(again.len != first.len ||
		    memcmp(again.data, first.data, first.len) != 0);
	trfs_buffer_done(&first);
	trfs_buffer_done(&again);
	trfs_image_scratch_done(&scratch);
	image_bytes_free(whole);
	image_bytes_free(other);
}

static void failures_leave_the_buffer_as_it_was(void **state)
{
	struct trfs_recipe recipe = { .always = true };
	struct trfs_image_scratch scratch = { 0 };
	struct trfs_error err = { 0 };
	struct trfs_image_info info;
	struct trfs_bytes whole = sample("jpeg/quality_100.jpg", &info);
	struct trfs_buffer out;

	(void)state;
	trfs_buffer_init(&out, 1000);
	trfs_buffer_put(&out, "before", 6);
	assert_int_equal(
		trfs_recipe_make(&recipe, NULL, 0, whole, &info, &scratch, &out, &err),
		-EFBIG);
	assert_string_equal(err.message, "is over 1,000 bytes as JPEG");
	assert_int_equal(out.len, 6);
	assert_false(out.failed);

	info.width++;
	assert_int_equal(
		trfs_recipe_make(&recipe, NULL, 0, whole, &info, &scratch, &out, &err),
		-EBADMSG);
	assert_string_equal(err.message,
			    "decodes to 96 x 64 pixels, which is not what its "
			    "header says");
	assert_int_equal(out.len, 6);
	info.width = 40000;
	recipe.resize = TRFS_RESIZE_SHORTER;
	recipe.height = 256;
	assert_int_equal(
		trfs_recipe_make(&recipe, NULL, 0, whole, &info, &scratch, &out, &err),
		-EBADMSG);
	assert_string_equal(
		err.message,
		"once resized: has 160,000 x 256 pixels, and a side of a JPEG "
		"is from 1 to 65,500");
	trfs_buffer_done(&out);
	trfs_image_scratch_done(&scratch);
	image_bytes_free(whole);
}

static void red_and_blue_change_places(void **state)
{
	struct trfs_recipe recipe = { .always = true };
	struct trfs_image_scratch scratch = { 0 };
	struct trfs_image_info info, made = { .format = TRFS_IMAGE_JPEG };
	struct trfs_bytes whole = sample("other/rgb24.bmp", &info);
	struct trfs_pixels plain = { 0 }, swapped = { 0 };
	struct trfs_buffer out;
	long red = 0, blue = 0;

	(void)state;
	trfs_buffer_init(&out, OUT_MAX);
	assert_int_equal(
		trfs_recipe_make(&recipe, NULL, 0, whole, &info, &scratch, &out, NULL),
		0);
	assert_int_equal(trfs_pixels_decode(trfs_buffer_bytes(&out), &made, 3,
					    TRFS_DCT_ACCURATE, 0, &plain, NULL),
			 0);
	recipe.swap_red_blue = true;
	trfs_buffer_reset(&out);
	assert_int_equal(
		trfs_recipe_make(&recipe, NULL, 0, whole, &info, &scratch, &out, NULL),
		0);
	assert_int_equal(trfs_pixels_decode(trfs_buffer_bytes(&out), &made, 3,
					    TRFS_DCT_ACCURATE, 0, &swapped, NULL),
			 0);
	for (size_t at = 0; at < trfs_pixels_size(&plain); at += 3) {
		red += labs((long)plain.data[at] - swapped.data[at + 2]);
		blue += labs((long)plain.data[at + 2] - swapped.data[at]);
	}
	/* Subsampling is not symmetric, so: alike on the whole. */
	assert_true(red / (long)(plain.height * plain.width) < 8);
	assert_true(blue / (long)(plain.height * plain.width) < 8);
	trfs_pixels_done(&plain);
	trfs_pixels_done(&swapped);
	trfs_buffer_done(&out);
	trfs_image_scratch_done(&scratch);
	image_bytes_free(whole);
}

static void the_mirrored_picture_is_what_is_turned(void **state)
{
	const struct trfs_augmentation_draw draw = { .flip = true, .angle = 9000 };
	struct trfs_pixels pixels = { 0 }, spare = { 0 };

	(void)state;
	assert_int_equal(trfs_pixels_shape(&pixels, 3, 3, 1, NULL), 0);
	memcpy(pixels.data, "abcdefghi", 9);
	assert_int_equal(trfs_augmentation_apply(&draw, &pixels, &spare, NULL), 0);
	/* cba fed ihg, a quarter turn to the left */
	assert_memory_equal(pixels.data, "adgbehcfi", 9);
	trfs_pixels_done(&pixels);
	trfs_pixels_done(&spare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_made_has_the_size_that_was_promised),
		cmocka_unit_test(making_is_a_pure_function),
		cmocka_unit_test(failures_leave_the_buffer_as_it_was),
		cmocka_unit_test(red_and_blue_change_places),
		cmocka_unit_test(the_mirrored_picture_is_what_is_turned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
