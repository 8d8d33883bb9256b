/* SPDX-License-Identifier: MIT */
/* Which images are made anew, of what size, and what an augmentation draws. */
#include "image/recipe.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct trfs_image_info upright_jpeg = {
	.height = 300,
	.width = 401,
	.format = TRFS_IMAGE_JPEG,
	.channels = 3,
	.depth = 8,
	.orientation = 1,
};

static bool applies(const struct trfs_recipe *recipe, const char *name,
		    const struct trfs_image_info *info)
{
	return trfs_recipe_applies(recipe, trfs_bytes_of(name), info);
}

static void an_empty_recipe_applies_to_nothing(void **state)
{
	struct trfs_image_info info = upright_jpeg;
	struct trfs_recipe recipe = { 0 };

	(void)state;
	assert_false(applies(&recipe, "a.png", &info));
	info.orientation = 6;
	info.format = TRFS_IMAGE_PNG;
	info.oddities = TRFS_IMAGE_CMYK;
	assert_false(applies(&recipe, "n02105855_2933.JPEG", &info));
	recipe.always = true;
	assert_true(applies(&recipe, "a.jpg", &upright_jpeg));
}

static void each_fix_applies_to_its_own_fault(void **state)
{
	struct trfs_image_info png = upright_jpeg, cmyk = upright_jpeg;
	struct trfs_recipe recipe = { .fixes = TRFS_FIX_PNG_TO_JPEG };

	(void)state;
	png.format = TRFS_IMAGE_PNG;
	cmyk.oddities = TRFS_IMAGE_CMYK;
	assert_true(applies(&recipe, "a.jpg", &png));
	assert_false(applies(&recipe, "a.png", &upright_jpeg));

	recipe.fixes = TRFS_FIX_PNG_NAMES;
	assert_true(applies(&recipe, "cat/a.png", &upright_jpeg));
	assert_true(applies(&recipe, ".png", &upright_jpeg));
	assert_false(applies(&recipe, "a.PNG", &png));
	assert_false(applies(&recipe, "a.png.jpg", &png));

	recipe.fixes = TRFS_FIX_CMYK;
	assert_true(applies(&recipe, "a.jpg", &cmyk));
	assert_false(applies(&recipe, "a.jpg", &png));
}

static void imagenet_s_faulty_files_are_known_by_name(void **state)
{
	const struct trfs_recipe recipe = { .fixes = TRFS_FIX_IMAGENET };
	static const char *const faulty[] = {
		"n02105855_2933.JPEG",
		"train/n02105855/n02105855_2933.JPEG",
		"n02105855_2933.JPEG.bak",
		"n01739381_1309.JPEG",
		"train/n13037406/n13037406_4650.JPEG",
		"n07583066_647.JPEG",
	};
	static const char *const sound[] = {
		"",
		"/",
		"n01739381_1309.jpeg",
		"xn01739381_1309.JPEG",
		"n01739381_1309.JPEG/a.JPEG",
		"n02105855_2934.JPEG",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++)
		assert_true(applies(&recipe, faulty[i], &upright_jpeg));
	for (size_t i = 0; i < sizeof(sound) / sizeof(sound[0]); i++)
		assert_false(applies(&recipe, sound[i], &upright_jpeg));
}

static void an_image_that_needs_no_change_is_passed_through(void **state)
{
	struct trfs_recipe recipe = { .resize = TRFS_RESIZE_SHORTER,
				      .height = 300,
				      .apply_orientation = true };
	struct trfs_image_info turned = upright_jpeg;

	(void)state;
	turned.orientation = 3;
	assert_false(applies(&recipe, "a.jpg", &upright_jpeg));
	assert_true(applies(&recipe, "a.jpg", &turned));
	recipe.apply_orientation = false;
	assert_false(applies(&recipe, "a.jpg", &turned));
	recipe.height = 299;
	assert_true(applies(&recipe, "a.jpg", &upright_jpeg));
	recipe = (struct trfs_recipe){ .resize = TRFS_RESIZE_NEAREST,
				       .height = 300,
				       .width = 401 };
	assert_false(applies(&recipe, "a.jpg", &upright_jpeg));
	recipe.swap_red_blue = true;
	assert_true(applies(&recipe, "a.jpg", &upright_jpeg));
}

static void check_size(const struct trfs_recipe *recipe,
		       const struct trfs_image_info *info, uint32_t height,
		       uint32_t width)
{
	uint32_t got_height, got_width;

	trfs_recipe_size(recipe, info, &got_height, &got_width);
	assert_int_equal(got_height, height);
	assert_int_equal(got_width, width);
}

static void sizes_are_known_from_the_header(void **state)
{
	struct trfs_recipe recipe = { 0 };
	struct trfs_image_info info = upright_jpeg;

	(void)state;
	check_size(&recipe, &info, 300, 401);
	info.orientation = 6;
	check_size(&recipe, &info, 300, 401);
	recipe.apply_orientation = true;
	check_size(&recipe, &info, 401, 300);
	recipe.resize = TRFS_RESIZE_SHORTER;
	recipe.height = 100;
	/* 401 / 3 = 133.67 */
	check_size(&recipe, &info, 134, 100);
	info.orientation = 1;
	check_size(&recipe, &info, 100, 134);
	recipe.height = 2;
	info.width = 375; /* 2.5: halves go up */
	check_size(&recipe, &info, 2, 3);
	info.height = 1;
	info.width = UINT32_MAX;
	recipe.height = 65500;
	check_size(&recipe, &info, 65500, UINT32_MAX);
	recipe.resize = TRFS_RESIZE_EXACT;
	recipe.width = 7;
	check_size(&recipe, &info, 65500, 7);
}

static void fixes_are_read_from_words(void **state)
{
	struct trfs_recipe recipe = { 0 };
	struct trfs_error err = { 0 };

	(void)state;
	assert_int_equal(trfs_recipe_parse_fixes("cmyk, png2jpeg", &recipe, &err), 0);
	assert_int_equal(recipe.fixes, TRFS_FIX_PNG_TO_JPEG | TRFS_FIX_CMYK);
	assert_int_equal(trfs_recipe_parse_fixes("imagenet,png-names", &recipe, &err), 0);
	assert_int_equal(recipe.fixes, TRFS_FIX_IMAGENET | TRFS_FIX_PNG_NAMES);

	assert_false(recipe.swap_red_blue);
	assert_int_equal(trfs_recipe_parse_fixes("bgr", &recipe, &err), 0);
	assert_int_equal(recipe.fixes, 0);
	assert_true(recipe.swap_red_blue);

	recipe.fixes = TRFS_FIX_CMYK;
	assert_int_equal(trfs_recipe_parse_fixes("png2jpg", &recipe, &err), -EINVAL);
	assert_string_equal(err.message,
			    "unknown fix \"png2jpg\" (did you mean \"png2jpeg\"?); there "
			    "are png2jpeg, cmyk, png-names, imagenet, bgr");
	assert_int_equal(trfs_recipe_parse_fixes(" ,", &recipe, &err), -EINVAL);
	assert_string_equal(err.message, "no fix is named; there are png2jpeg, cmyk, "
					 "png-names, imagenet, bgr");
	assert_int_equal(recipe.fixes, TRFS_FIX_CMYK);
}

static void sizes_are_read_from_words(void **state)
{
	static const char *const wrong[] = {
		"",	     "0",	"x",
		"256x",	     "x256",	"65501",
		"5x65501",   "-3",	" 256",
		"256x256x3", "2.5",	"nearest:256",
		"nearest",   "256X256", "0x10",
		"exact:5x5", "5 x 5",	"99999999999999999999",
	};
	struct trfs_recipe recipe = { 0 };
	struct trfs_error err = { 0 };

	(void)state;
	assert_int_equal(trfs_recipe_parse_resize("256", &recipe, &err), 0);
	assert_int_equal(recipe.resize, TRFS_RESIZE_SHORTER);
	assert_int_equal(recipe.height, 256);
	assert_int_equal(trfs_recipe_parse_resize("640x480", &recipe, &err), 0);
	assert_int_equal(recipe.resize, TRFS_RESIZE_EXACT);
	assert_int_equal(recipe.height, 480);
	assert_int_equal(recipe.width, 640);
	assert_int_equal(trfs_recipe_parse_resize("nearest:65500x1", &recipe, &err), 0);
	assert_int_equal(recipe.resize, TRFS_RESIZE_NEAREST);
	assert_int_equal(recipe.height, 1);
	assert_int_equal(recipe.width, 65500);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(trfs_recipe_parse_resize(wrong[i], &recipe, &err),
				 -EINVAL);
		assert_non_null(strstr(err.message, "is no size"));
	}
	assert_int_equal(recipe.width, 65500);
}

static void augmentations_are_read_from_words(void **state)
{
	struct trfs_augmentation a = { 0 };
	struct trfs_error err = { 0 };

	(void)state;
	assert_int_equal(trfs_augmentation_parse("rotate", &a, &err), 0);
	assert_true(a.rotate && !a.horizontal_flip);
	assert_int_equal(trfs_augmentation_parse("hflip,rotate", &a, &err), 0);
	assert_true(a.rotate && a.horizontal_flip);
	assert_int_equal(trfs_augmentation_parse("rotate,vflip", &a, &err), -EINVAL);
	assert_string_equal(err.message,
			    "unknown augmentation \"vflip\" (did you mean \"hflip\"?); "
			    "there are rotate, hflip");
}

/* Pinned: what a key draws is what people's shards are made of. */
static void draws_depend_on_the_key_alone(void **state)
{
	const struct trfs_augmentation both = { true, true }, flip = { false, true };
	struct trfs_augmentation_draw draw;
	int nr_flips = 0, nr_left = 0;

	(void)state;
	draw = trfs_augmentation_draw(&both, 1);
	assert_true(draw.flip);
	assert_int_equal(draw.angle, 2212);
	draw = trfs_augmentation_draw(&flip, 1);
	assert_true(draw.flip);
	assert_int_equal(draw.angle, 0);
	for (uint64_t key = 0; key < 1000; key++) {
		assert_true(trfs_augmentation_draw(&flip, key).flip);
		draw = trfs_augmentation_draw(&both, key);
		assert_in_range(draw.angle + 4500, 0, 9000);
		nr_flips += draw.flip;
		nr_left += draw.angle > 0;
	}
	assert_in_range(nr_flips, 450, 550);
	assert_in_range(nr_left, 450, 550);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_recipe_applies_to_nothing),
		cmocka_unit_test(each_fix_applies_to_its_own_fault),
		cmocka_unit_test(imagenet_s_faulty_files_are_known_by_name),
		cmocka_unit_test(an_image_that_needs_no_change_is_passed_through),
		cmocka_unit_test(sizes_are_known_from_the_header),
		cmocka_unit_test(fixes_are_read_from_words),
		cmocka_unit_test(sizes_are_read_from_words),
		cmocka_unit_test(augmentations_are_read_from_words),
		cmocka_unit_test(draws_depend_on_the_key_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
