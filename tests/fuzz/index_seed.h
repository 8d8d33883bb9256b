/* SPDX-License-Identifier: MIT */
/* A small source on disk, and its saved index, for fuzz targets to use and damage. */
#ifndef TRFS_TESTS_FUZZ_INDEX_SEED_H
#define TRFS_TESTS_FUZZ_INDEX_SEED_H

#include "index/generation.h"

extern const uint8_t seed_fingerprint[TRFS_FINGERPRINT_SIZE];

/*
 * The index of seven images with lists of labels and columns, one row left out, two
 * splits; made through the library.  It is a file too: "seed.index" in the directory
 * of source_files.h, where all of it is.
 */
struct trfs_bytes seed_index(void);

/* How it is read: what a target may change before it opens it anew. */
struct trfs_options seed_options(void);

/* Opened without a saved index; the caller's to free. */
struct trfs_generation *seed_generation(void);

/* Of four of the images, in another order. */
struct trfs_generation *seed_generation_turned(void);

/* Give a generation whose parts were loaded from an index the schema, and what else does
 * not stand in one.  As trfs_schema_bind(); free the schema in any case. */
int seed_bind(struct trfs_generation *g, struct trfs_error *err);

#endif
