/* SPDX-License-Identifier: MIT */
/* Images and masks paired by name. */
#include "manifest_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int start(void **state)
{
	manifest_fixture_enter(state);
	source.options.masks = "$/masks";
	manifest_mkdir("masks");
	return 0;
}

static void expect(const char *name, const char *rows)
{
	assert_string_equal(manifest_read_as("image-mask-folders", name), rows);
}

static void only_png_counts_sorted_by_name(void **state)
{
	(void)state;
	manifest_put("images/b.png", "");
	manifest_put("images/a.b.png", "");
	manifest_put("images/.c.png", "");
	manifest_put("images/d.PNG", "");
	manifest_put("images/e.jpg", "");
	manifest_put("images/sub/f.png", "");
	manifest_put("masks/z.png", "");
	expect("images", "0 path='images/.c.png' mask='masks/.c.png'\n"
			 "0 path='images/a.b.png' mask='masks/a.b.png'\n"
			 "0 path='images/b.png' mask='masks/b.png'\n");
	assert_int_equal(source.inputs.nr, 1);
}

static void another_extension_has_png_masks(void **state)
{
	(void)state;
	manifest_put("b.jpg", "");
	manifest_put("b.png", "");
	source.options.image_extension = "jpg";
	expect(NULL, "0 path='b.jpg' mask='masks/b.png'\n");
}

static void what_is_missing_is_named(void **state)
{
	(void)state;
	expect("images", "ENOENT: --manifest $/images: cannot open: No "
			 "such file or directory\n");
	manifest_mkdir("images");
	source.options.masks = "$/none";
	expect("images", "ENOENT: --masks $/none: cannot open: No such "
			 "file or directory\n");
	source.options.masks = NULL;
	expect("images", "EINVAL: dialect image-mask-folders needs the masks: type "
			 "--masks DIR\n");
}

static void names_that_are_not_utf8_are_named(void **state)
{
	(void)state;
	manifest_put("images/\xff.png", "");
	expect("images", "EBADMSG: $/images/\\xff.png has a name that is not UTF-8; "
			 "rename it (convmv does)\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, manifest_fixture_leave)
	const struct CMUnitTest tests[] = {
		TEST(only_png_counts_sorted_by_name),
		TEST(another_extension_has_png_masks),
		TEST(what_is_missing_is_named),
		TEST(names_that_are_not_utf8_are_named),
	};

	return cmocka_run_group_tests_name("image-mask-folders", tests, NULL, NULL);
}
