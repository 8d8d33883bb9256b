/* SPDX-License-Identifier: MIT */
/* A small source on disk, and its saved index, for fuzz targets to use and damage. */
#ifndef TRFS_TESTS_FUZZ_INDEX_SEED_H
#define TRFS_TESTS_FUZZ_INDEX_SEED_H

#include "dataset/schema.h"
#include "index/generation.h"

extern const uint8_t seed_fingerprint[TRFS_FINGERPRINT_SIZE];

/*
 * The index of seven images with lists of labels and columns, one row left out, two
 * splits; made through the library in a directory that goes when the process ends.
 */
struct trfs_bytes seed_index(void);

/* How it is read: what a target may change before it opens it anew. */
struct trfs_options seed_options(void);

/* Opened without a saved index; the caller's to free. */
struct trfs_generation *seed_generation(void);

/* Of four of the images, in another order. */
struct trfs_generation *seed_generation_turned(void);

/* Where all of it is, "seed.index" too once that was asked for. */
const char *seed_directory(void);

/* The schema it was laid out for, with all kinds of sources; bound to no catalog yet. */
struct trfs_schema *seed_schema(void);

#endif
