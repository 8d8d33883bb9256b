/* SPDX-License-Identifier: MIT */
/* A small source on disk, and its saved index, for the fuzz target to damage. */
#ifndef TRFS_TESTS_FUZZ_INDEX_SEED_H
#define TRFS_TESTS_FUZZ_INDEX_SEED_H

#include "dataset/schema.h"
#include "index/format.h"

extern const uint8_t seed_fingerprint[TRFS_FINGERPRINT_SIZE];

/*
 * The index of seven images with lists of labels and columns, one row left out, two
 * splits; made through the library in a directory that goes when the process ends.
 */
struct trfs_bytes seed_index(void);

/* The schema it was laid out for, with all kinds of sources; bound to no catalog yet. */
struct trfs_schema *seed_schema(void);

#endif
