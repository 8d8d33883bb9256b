/* SPDX-License-Identifier: MIT */
/*
 * The share of one machine of several that index a source together: which images it looks
 * at, and what it saw.  Every machine lists all names, and the name alone decides whose
 * an image is.  A mask is looked at with the images that it is of.
 */
#ifndef TRFS_DATASET_PART_H
#define TRFS_DATASET_PART_H

#include "dataset/earlier.h"
#include "dataset/findings.h"

/* More would not make a scan any shorter. */
#define TRFS_PARTS_MAX 10000u

/**
 * struct trfs_part_files - what was seen of images, or of masks: all that are good
 */
struct trfs_part_files {
	struct trfs_name_list names;
	struct trfs_seen *seen;
	size_t capacity;
};

/**
 * struct trfs_part - a share and what was seen of it; zeroes but for the first two
 * @number: which of @nr it is, from 1
 * @by_name: to find images of @images
 * @made: of images, struct trfs_made one after the other, in any order of images
 * @spans: where an image's part of @made is
 * @inputs: see trfs_earlier_inputs()
 */
struct trfs_part {
	uint32_t number;
	uint32_t nr;
	struct trfs_part_files images;
	struct trfs_part_files masks;
	struct trfs_earlier by_name;
	struct trfs_buffer made;
	struct trfs_part_span *spans;
	uint64_t inputs;
};

/**
 * struct trfs_part_span - what was made of an image
 * @row: whose contents these are; TRFS_NO_ROW: nothing was made
 */
struct trfs_part_span {
	uint64_t offset;
	uint32_t len;
	uint32_t row;
};

void trfs_part_done(struct trfs_part *part);

/* Whether the image of that name is of the share. */
bool trfs_part_has(const struct trfs_part *part, struct trfs_bytes name);

/* Add all of @paths that are good, as @seen has them.  -ENOMEM or -ENAMETOOLONG. */
TRFS_MUST_CHECK
int trfs_part_add_files(struct trfs_part_files *files, const struct trfs_strings *paths,
			const struct trfs_seen *seen);

/* All images are there; now those of @catalog are made.  -ENOMEM. */
TRFS_MUST_CHECK
int trfs_part_begin_made(struct trfs_part *part, const struct trfs_catalog *catalog);

/* What was made for @row of the image @name, all of it; of several rows the first counts.
 */
TRFS_MUST_CHECK
int trfs_part_add_made(struct trfs_part *part, struct trfs_bytes name, uint32_t row,
		       struct trfs_bytes made);

#endif
