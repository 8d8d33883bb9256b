/* SPDX-License-Identifier: MIT */
/* Masks paired with images by their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loading.h"
#include "pictures.h"
#include "scratch.h"

#include <errno.h>
#include <stdio.h>

static void a_mask_is_called_as_its_image(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png sub/b.png sub/c.png masks/a.png masks/a.gif "
		       "masks/sub/b.gif masks/b.png");
	scratch_write("img/masks/c.txt", "no mask");
	scratch_write("l.csv", "file,label\na.png,x\nsub/b.png,x\nsub/c.png,x\n");
	options.masks = "img/masks";
	c = load(&options);
	check_cell(c, "mask", 0, "masks/a.png");
	check_cell(c, "mask", 1, "masks/sub/b.gif");
	check_cell(c, "mask", 2, "");
	trfs_catalog_free(c);
}

static void folders_of_images_need_not_be_those_of_masks(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("images/train/a.png images/val/a.png "
		       "annotations/train/a.png annotations/a.png");
	scratch_write("l.csv", "file,label\nimages/train/a.png,x\nimages/val/a.png,x\n");
	options.masks = "img/annotations";
	c = load(&options);
	check_cell(c, "mask", 0, "annotations/train/a.png");
	check_cell(c, "mask", 1, "annotations/a.png");
	trfs_catalog_free(c);
}

static void the_manifests_own_masks_come_first(void **state)
{
	struct trfs_options options = options_for("l.csv");
	struct trfs_catalog *c;

	(void)state;
	pictures_write("a.png masks/a.png");
	scratch_write("l.csv", "file,label,mask\na.png,x,masks/other.png\n");
	options.masks = "img/masks";
	c = load(&options);
	check_cell(c, "mask", 0, "masks/other.png");
	trfs_catalog_free(c);
}

static void a_directory_that_is_not_there_is_told(void **state)
{
	struct trfs_options options = options_for("l.csv");

	(void)state;
	picture_write("img/a.png", picture_png);
	scratch_write("l.csv", "file,label\na.png,x\n");
	options.masks = "img/gone";
	check_fails(
		&options, -ENOENT,
		"--masks: cannot open the directory img/gone: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_mask_is_called_as_its_image,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(
			folders_of_images_need_not_be_those_of_masks, scratch_enter,
			scratch_leave),
		cmocka_unit_test_setup_teardown(the_manifests_own_masks_come_first,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(a_directory_that_is_not_there_is_told,
						scratch_enter, scratch_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
