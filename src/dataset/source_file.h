/* SPDX-License-Identifier: MIT */
/*
 * The files of a catalog, images and masks, after they were indexed: opened beneath the
 * root, read, and looked at after every read, since a file that is unchanged then was
 * unchanged while it was read.  The only place that decides whether a file still is the
 * one that was indexed.
 */
#ifndef TRFS_DATASET_SOURCE_FILE_H
#define TRFS_DATASET_SOURCE_FILE_H

#include "dataset/catalog.h"

/* Ends the sentence about a file that is not as it was indexed. */
#define TRFS_SOURCE_ADVICE "; reload the mount, or use --reindex"

/**
 * struct trfs_source_file - one of them
 * @number: see trfs_source_file_get()
 * @indexed: who it was
 * @appearance: what its header said
 */
struct trfs_source_file {
	const struct trfs_catalog *catalog;
	uint64_t number;
	const struct trfs_example *indexed;
	const struct trfs_appearance *appearance;
};

/*
 * Files are numbered: the image of example i is file i, its mask is behind all images.
 * The number must be one of a file that the catalog has.
 */
static inline uint64_t trfs_source_file_of_mask(const struct trfs_catalog *c,
						uint64_t example)
{
	return c->nr_examples + example;
}

struct trfs_source_file trfs_source_file_get(const struct trfs_catalog *c,
					     uint64_t number);

/* How many numbers there are. */
static inline uint64_t trfs_source_file_count(const struct trfs_catalog *c)
{
	return c->masks ? 2 * c->nr_examples : c->nr_examples;
}

/* Its path relative to the root; in @room. */
struct trfs_bytes trfs_source_file_name(const struct trfs_source_file *file,
					struct trfs_name *room);

/*
 * A descriptor to close; -ENOENT where the file vanished, else -errno; all are named.
 * This one and those below: TRFS_READ_LATER where others wait for the file already
 * (source_reads.h).
 */
TRFS_MUST_CHECK
int trfs_source_file_open(const struct trfs_source_file *file,
			  const struct trfs_root *root, struct trfs_error *err);

/*
 * Bytes [@offset, @offset + @len), all of them, of what @root opened as @fd.  -ESTALE
 * when the file changed.
 */
TRFS_MUST_CHECK
int trfs_source_file_read(const struct trfs_source_file *file,
			  const struct trfs_root *root, int fd, uint64_t offset,
			  void *buf, size_t len, struct trfs_error *err);

/* All of it in place of what @whole held.  As open and read, and -ENOMEM. */
TRFS_MUST_CHECK
int trfs_source_file_read_all(const struct trfs_source_file *file,
			      const struct trfs_root *root, struct trfs_buffer *whole,
			      struct trfs_error *err);

#endif
