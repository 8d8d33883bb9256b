/* SPDX-License-Identifier: MIT */
/* Random changes of a picture that are the same whenever it is made. */
#ifndef TRFS_IMAGE_AUGMENTATION_H
#define TRFS_IMAGE_AUGMENTATION_H

#include "base/compiler.h"
#include "image/pixels.h"

/**
 * struct trfs_augmentation - what may happen to a picture
 * @horizontal_flip: mirrored left and right, or not, as often as not
 * @rotate: turned by an angle from -45.00 to 45.00 degrees, each as likely
 *
 * Where both are wanted the mirrored picture is turned; where only a flip is, it always
 * happens, for a copy without any change would be no copy.
 */
struct trfs_augmentation {
	bool rotate;
	bool horizontal_flip;
};

/* What happens to one picture.  @angle: hundredths of a degree, counter-clockwise. */
struct trfs_augmentation_draw {
	bool flip;
	int32_t angle;
};

/* "rotate,hflip", in any order; -EINVAL names the word that is none, or says so if empty.
 */
TRFS_MUST_CHECK
int trfs_augmentation_parse(const char *list, struct trfs_augmentation *ret,
			    struct trfs_error *err);

/**
 * trfs_augmentation_draw() - decide
 * @random: the picture's key: another key, another draw
 *
 * SplitMix64 from @random on gives two draws, below 2 and below 9,001; the first, where
 * it is 1, is a flip, the second less 4,500 the angle.  Both are drawn whatever is
 * wanted, so that asking for one more thing does not change the other.
 */
struct trfs_augmentation_draw trfs_augmentation_draw(
	const struct trfs_augmentation *augmentation, uint64_t random);

/* Make it so.  @spare: memory to work in; both are exchanged.  -ENOMEM. */
TRFS_MUST_CHECK
int trfs_augmentation_apply(const struct trfs_augmentation_draw *draw,
			    struct trfs_pixels *pixels, struct trfs_pixels *spare,
			    struct trfs_error *err);

#endif
