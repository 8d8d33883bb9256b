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

/* Open a generation, as a rule of it; fails the test otherwise.  @index_directory may be
 * NULL. */
struct trfs_generation *source_open(const char *index_directory);
struct trfs_generation *source_open_with(const struct trfs_options *options,
					 const char *index_directory);

/*
 * A data set whose index has several blocks: many.csv has each image many times; row @odd
 * of them, unless there are not so many, has another label.
 */
#define SOURCE_NR_ROWS 12000u
void source_write_many(unsigned int odd);
/* With its index; @whole_max: 0 for one that is believed block by block. */
struct trfs_generation *source_open_many(bool rebuild, uint64_t whole_max);

/* Every byte of every shard, one after the other. */
struct trfs_buffer source_bytes(const struct trfs_generation *generation);

#endif
