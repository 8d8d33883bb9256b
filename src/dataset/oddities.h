/* SPDX-License-Identifier: MIT */
/* What is odd about sound images, in words. */
#ifndef TRFS_DATASET_ODDITIES_H
#define TRFS_DATASET_ODDITIES_H

#include <stddef.h>
#include <stdint.h>

#define TRFS_NR_ODDITIES 7u

/**
 * struct trfs_oddity_text - one bit of struct trfs_example's oddities
 * @name: a word for machines
 * @meaning: the rest of "this image is ..."
 * @remedy: the option that makes it go away; NULL where @meaning says what to do
 */
struct trfs_oddity_text {
	uint32_t bit;
	const char *name;
	const char *meaning;
	const char *remedy;
};

extern const struct trfs_oddity_text trfs_oddity_texts[TRFS_NR_ODDITIES];

#endif
