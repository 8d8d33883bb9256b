/* SPDX-License-Identifier: MIT */
/* A source of class folders with images of many sizes, below the working directory. */
#ifndef TESTS_UNIT_SOURCE_FIXTURE_H
#define TESTS_UNIT_SOURCE_FIXTURE_H

#include "base/buffer.h"
#include <tfrecordfs/tfrecordfs.h>

#define SOURCE_NR_IMAGES 60

/* images/cat/00.png, images/dog/01.png, ...: a PNG with 97 * i bytes behind its end. */
void source_write(void);

/* Write image @number again, with @extra more bytes behind its end. */
void source_write_image(unsigned int number, unsigned int extra);

/* Options for it: two splits, three shards of train, two of test. */
struct trfs_options source_options(void);

/* Open a generation of it; fails the test otherwise.  @index_directory may be NULL. */
struct trfs_generation *source_open(const char *index_directory);

/* Every byte of every shard, one after the other. */
struct trfs_buffer source_bytes(const struct trfs_generation *generation);

#endif
