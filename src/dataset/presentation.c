/* SPDX-License-Identifier: MIT */
/* From the options to what is done to images; classes are looked up later. */
#include "dataset/presentation.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>

#define BGR	    "bgr"
#define QUALITY_MAX 100
/* A record has less than 2^31 bytes, and a pixel at least one a class. */
#define ONE_HOT_MAX 65536

/* --fix is the recipe's words and "bgr", which is no fault of an image. */
static int parse_fix(const char *list, struct trfs_recipe *recipe, struct trfs_error *err)
{
	char *others = malloc(strlen(list) + 1);
	size_t len = 0;
	int rc = 0;

	if (!others)
		return trfs_fail_memory(err, "--fix");
	for (const char *word = list; *word;) {
		size_t word_len = strcspn(word, ",");

		if (word_len == strlen(BGR) && memcmp(word, BGR, word_len) == 0) {
			recipe->swap_red_blue = true;
		} else {
			if (len > 0)
				others[len++] = ',';
			memcpy(others + len, word, word_len);
			len += word_len;
		}
		word += word_len + (word[word_len] == ',');
	}
	others[len] = '\0';
	if (len > 0 || !recipe->swap_red_blue)
		rc = trfs_recipe_parse_fixes(others, recipe, err);
	free(others);
	return rc < 0 ? trfs_error_prefix(err, rc, "--fix") : 0;
}

static int parse_augment(const char *item, struct trfs_augment *ret,
			 struct trfs_error *err)
{
	const char *equals = strrchr(item, '=');
	int rc;

	if (!equals || equals == item)
		return trfs_fail(err, -EINVAL,
				 "--augment is CLASS=WHAT, such as 1=rotate,hflip, not "
				 "\"%s\"",
				 item);
	ret->class = TRFS_NO_CLASS;
	rc = trfs_augmentation_parse(equals + 1, &ret->what, err);
	return rc < 0 ? trfs_error_prefix(err, rc, "--augment %s", item) : 0;
}

static int parse_recipe(const struct trfs_options *options, struct trfs_recipe *recipe,
			struct trfs_error *err)
{
	bool as_opencv = options->codec == TRFS_CODEC_OPENCV;
	int rc = 0;

	if (options->quality < 1 || options->quality > QUALITY_MAX)
		return trfs_fail(err, -EINVAL, "--quality is from 1 to 100, not %u",
				 options->quality);
	recipe->quality = (uint8_t)options->quality;
	recipe->dct = as_opencv ? TRFS_DCT_ACCURATE : TRFS_DCT_FAST;
	recipe->density_300 = !as_opencv;
	recipe->apply_orientation = options->exif == TRFS_EXIF_APPLY;
	recipe->max_pixels = options->max_pixels;
	if (options->fix)
		rc = parse_fix(options->fix, recipe, err);
	if (rc == 0 && options->resize) {
		rc = trfs_recipe_parse_resize(options->resize, recipe, err);
		if (rc < 0)
			trfs_error_prefix(err, rc, "--resize");
	}
	return rc;
}

int trfs_presentation_parse(const struct trfs_options *options,
			    struct trfs_presentation *ret, struct trfs_error *err)
{
	struct trfs_presentation p = {
		.one_hot = options->one_hot,
		.one_hot_floats = options->one_hot_type == TRFS_ONE_HOT_FLOAT32,
		.seed = options->seed,
		.nr_augments = options->augment.nr,
	};
	int rc = parse_recipe(options, &p.recipe, err);

	if (rc == 0 && p.one_hot > ONE_HOT_MAX)
		rc = trfs_fail(err, -EINVAL, "--one-hot is from 1 to %d classes, not %u",
			       ONE_HOT_MAX, p.one_hot);
	for (unsigned int i = 0; rc == 0 && i < p.nr_augments; i++)
		rc = parse_augment(options->augment.items[i], &p.augments[i], err);
	if (rc < 0)
		return rc;
	*ret = p;
	return 0;
}

bool trfs_presentation_makes_images(const struct trfs_presentation *p)
{
	const struct trfs_recipe *r = &p->recipe;

	return r->fixes || r->apply_orientation || r->swap_red_blue || r->always ||
	       r->resize != TRFS_RESIZE_NONE || p->nr_augments > 0;
}

bool trfs_presentation_moves_pixels(const struct trfs_presentation *p)
{
	return p->recipe.apply_orientation || p->recipe.resize != TRFS_RESIZE_NONE ||
	       p->nr_augments > 0;
}
