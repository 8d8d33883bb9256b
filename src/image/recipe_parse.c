/* SPDX-License-Identifier: MIT */
/* The words of --fix and --resize. */
#include "base/error.h"
#include "image/recipe.h"
#include "image/words.h"
#include <errno.h>

#define SIDE_MAX 65500u /* of a JPEG */
#define NEAREST	 "nearest:"

/* In the order of enum trfs_fix's bits; the last is no fault but a converter's own. */
static const char *const fixes[] = { "png2jpeg", "cmyk", "png-names", "imagenet", "bgr" };
#define BGR (1u << 4)

const char *trfs_recipe_fix_name(size_t i)
{
	return i < TRFS_COUNT(fixes) ? fixes[i] : NULL;
}

int trfs_recipe_parse_fixes(const char *list, struct trfs_recipe *recipe,
			    struct trfs_error *err)
{
	unsigned int chosen;
	int rc = trfs_words_parse(list, fixes, TRFS_COUNT(fixes), "fix", &chosen, err);

	if (rc < 0)
		return rc;
	recipe->fixes = chosen & ~BGR;
	recipe->swap_red_blue = chosen & BGR;
	return 0;
}

/* A side at the start of @text, and step behind it; 0: there is none. */
static uint32_t take_side(const char **text)
{
	uint32_t side = 0;

	while (**text >= '0' && **text <= '9' && side <= SIDE_MAX)
		side = side * 10 + (uint32_t)(*(*text)++ - '0');
	return side <= SIDE_MAX ? side : 0;
}

int trfs_recipe_parse_resize(const char *text, struct trfs_recipe *recipe,
			     struct trfs_error *err)
{
	bool nearest = strncmp(text, NEAREST, sizeof(NEAREST) - 1) == 0;
	const char *at = nearest ? text + sizeof(NEAREST) - 1 : text;
	uint32_t width = take_side(&at), height = 0;
	bool both = *at == 'x';

	if (both) {
		at++;
		height = take_side(&at);
	}
	if (width == 0 || *at || (both && height == 0) || (nearest && !both))
		return trfs_fail(
			err, -EINVAL,
			"\"%s\" is no size: 256 makes the shorter side that long, "
			"640x480 "
			"is width x height, nearest:512x512 the same without mixing "
			"pixels; sides are from 1 to 65,500",
			text);
	recipe->resize = nearest ? TRFS_RESIZE_NEAREST
			 : both	 ? TRFS_RESIZE_EXACT
				 : TRFS_RESIZE_SHORTER;
	recipe->width = both ? width : 0;
	recipe->height = both ? height : width;
	return 0;
}
