/* SPDX-License-Identifier: MIT */
/* Random changes of a picture: parsed, drawn, made. */
#include "image/augmentation.h"
#include "base/random.h"
#include "image/transform.h"
#include "image/words.h"

#define ANGLE_MAX (45 * TRFS_DEGREE)

static const char *const words[] = { "rotate", "hflip" };

int trfs_augmentation_parse(const char *list, struct trfs_augmentation *ret,
			    struct trfs_error *err)
{
	unsigned int chosen;
	int rc = trfs_words_parse(list, words, TRFS_COUNT(words), "augmentation", &chosen,
				  err);

	if (rc < 0)
		return rc;
	ret->rotate = chosen & 1u << 0;
	ret->horizontal_flip = chosen & 1u << 1;
	return 0;
}

struct trfs_augmentation_draw trfs_augmentation_draw(
	const struct trfs_augmentation *augmentation, uint64_t random)
{
	bool flip = trfs_random_below(&random, 2) == 1;
	int32_t angle =
		(int32_t)trfs_random_below(&random, 2 * ANGLE_MAX + 1) - ANGLE_MAX;

	return (struct trfs_augmentation_draw){
		.flip = augmentation->horizontal_flip && (flip || !augmentation->rotate),
		.angle = augmentation->rotate ? angle : 0,
	};
}

int trfs_augmentation_apply(const struct trfs_augmentation_draw *draw,
			    struct trfs_pixels *pixels, struct trfs_pixels *spare,
			    struct trfs_error *err)
{
	struct trfs_pixels rotated;
	int rc;

	if (draw->flip)
		trfs_pixels_flip(pixels);
	if (draw->angle == 0)
		return 0;
	rc = trfs_pixels_rotate(pixels, draw->angle, spare, err);
	if (rc < 0)
		return rc;
	rotated = *spare;
	*spare = *pixels;
	*pixels = rotated;
	return 0;
}
