/* SPDX-License-Identifier: MIT */
/* Steps that kinds of contents share which are made of pixels. */
#ifndef TRFS_DATASET_CONTENT_PICTURE_H
#define TRFS_DATASET_CONTENT_PICTURE_H

#include "dataset/content.h"
#include "dataset/source_file.h"

/* In bytes; UINT64_MAX where that would overflow, which no record holds. */
uint64_t trfs_picture_size(uint32_t height, uint32_t width, uint32_t pixel_size);

/*
 * Decode a file into maker->scratch.pixels.  -EBADMSG with a sentence without the file's
 * name, also where the picture is not of the size that was indexed.
 */
TRFS_MUST_CHECK
int trfs_picture_decode(struct trfs_content_maker *maker,
			const struct trfs_source_file *file, unsigned int channels,
			struct trfs_error *err);

/* What a step has put into the spare memory is the picture from now on. */
void trfs_picture_exchange(struct trfs_image_scratch *scratch);

/* Exchange the picture's memory for that of @out: a large one is never copied. */
void trfs_picture_give(struct trfs_pixels *pixels, struct trfs_buffer *out);

#endif
