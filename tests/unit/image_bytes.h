/* SPDX-License-Identifier: MIT */
/* Images for the tests of the image layer: whole files, and a source that counts. */
#ifndef TESTS_UNIT_IMAGE_BYTES_H
#define TESTS_UNIT_IMAGE_BYTES_H

#include "image/image.h"

/* A file's bytes on the heap, exactly as long as they are; NULL where there is none. */
uint8_t *image_bytes_load(const char *path, size_t *ret_len);

/* A file of tests/data/torture, which must be there. */
struct trfs_bytes image_bytes_sample(const char *name);

void image_bytes_free(struct trfs_bytes bytes);

/**
 * struct image_bytes_source - a source over bytes in memory that behaves like a file
 * @nr_reads, @nr_read: calls and bytes beyond the head so far
 * @fail: errno to fail reads with; 0: none
 */
struct image_bytes_source {
	struct trfs_image_source source;
	struct trfs_bytes whole;
	uint8_t *head;
	unsigned int nr_reads;
	uint64_t nr_read;
	int fail;
};

/* The head is a copy of at most @head_len bytes, so that reads behind it trap. */
void image_bytes_source_init(struct image_bytes_source *s, struct trfs_bytes whole,
			     size_t head_len);
void image_bytes_source_done(struct image_bytes_source *s);

/* Probe @whole with a head of 4096 bytes and the default formats. */
int image_bytes_probe(struct trfs_bytes whole, struct trfs_image_info *info,
		      struct trfs_error *err);

/* As above, then the full check where the probe is content. */
int image_bytes_check(struct trfs_bytes whole, struct trfs_image_info *info,
		      struct trfs_error *err);

/* How many beginnings of @whole, from 0 bytes to all but one, the probe accepts. */
size_t image_bytes_count_accepted_prefixes(struct trfs_bytes whole);

#endif
