/* SPDX-License-Identifier: MIT */
/*
 * How images and masks are shown: as their files are, or made anew by a recipe, with
 * augmented copies, masks one-hot.  From the options alone, so that a mistake in them is
 * told before anything is scanned.
 */
#ifndef TRFS_DATASET_PRESENTATION_H
#define TRFS_DATASET_PRESENTATION_H

#include "image/recipe.h"
#include <tfrecordfs/options.h>

/* A class number that no catalog has. */
#define TRFS_NO_CLASS UINT32_MAX

/**
 * struct trfs_augment - one --augment
 * @class: number of the class whose images in train have one more copy; TRFS_NO_CLASS
 *	until it is looked up in a catalog
 */
struct trfs_augment {
	uint32_t class;
	struct trfs_augmentation what;
};

/**
 * struct trfs_presentation - all zeroes: everything as it is
 * @one_hot: classes of one-hot masks; 0: masks are shown as they are
 * @one_hot_floats: float32 instead of uint8
 * @seed: of random changes
 */
struct trfs_presentation {
	struct trfs_recipe recipe;
	unsigned int one_hot;
	bool one_hot_floats;
	uint64_t seed;
	unsigned int nr_augments;
	struct trfs_augment augments[TRFS_LIST_MAX];
};

/* -EINVAL with the option and what may stand there. */
TRFS_MUST_CHECK
int trfs_presentation_parse(const struct trfs_options *options,
			    struct trfs_presentation *ret, struct trfs_error *err);

/* Whether images, or some of them, are made anew: their bytes depend on the codecs. */
bool trfs_presentation_makes_images(const struct trfs_presentation *p);

/* Whether pictures are turned or resized, so that no mask fits them any more. */
bool trfs_presentation_moves_pixels(const struct trfs_presentation *p);

#endif
