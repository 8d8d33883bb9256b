/* SPDX-License-Identifier: MIT */
/*
 * The golden files in tests/data/golden, which TensorFlow wrote, and the descriptions of
 * what is in them.  Loading fails the running test; the working directory must be the
 * repository's root.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "wire/tf_example.h"

#define GOLDEN_MAX_EXAMPLES 64
#define GOLDEN_MAX_FEATURES 64
#define GOLDEN_MAX_RECORDS  64

/* One described Example; a feature of kind 0 has nothing set; features in the order in
 * which Python was given them. */
struct golden_example {
	char name[64];
	size_t nr_features;
	struct trfs_feature features[GOLDEN_MAX_FEATURES];
};

struct golden_examples {
	size_t nr;
	struct golden_example examples[GOLDEN_MAX_EXAMPLES];
};

/* Records of a TFRecord file, found by their lengths alone; framing included. */
struct golden_records {
	uint8_t *file;
	size_t nr;
	struct trfs_bytes framed[GOLDEN_MAX_RECORDS];
};

/* A description, such as examples.txt; give it to golden_examples_free(). */
struct golden_examples *golden_examples_load(const char *name);
void golden_examples_free(struct golden_examples *g);

void golden_records_load(struct golden_records *ret, const char *name);
void golden_records_free(struct golden_records *g);

/* A framed record without its framing. */
struct trfs_bytes golden_data(struct trfs_bytes framed);

/* Features into the order in which TensorFlow writes them, or C++'s. */
void golden_sort_upb(struct trfs_feature *features, size_t nr);
void golden_sort_cpp(struct trfs_feature *features, size_t nr);

/*
 * Make holes of an Example's bytes values, from the first on, empty ones excepted; the
 * n-th has the number GOLDEN_FIRST_HOLE + n.  Returns how many, and what was in them;
 * golden_fill_holes() takes that back.
 */
#define GOLDEN_FIRST_HOLE 100
#define GOLDEN_HOLES_MAX  8
size_t golden_make_holes(struct golden_example *example,
			 struct trfs_bytes ret_contents[GOLDEN_HOLES_MAX]);
void golden_fill_holes(struct golden_example *example, const struct trfs_bytes *contents);

#endif
