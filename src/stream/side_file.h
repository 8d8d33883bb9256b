/* SPDX-License-Identifier: MIT */
/* What a kind of side file has to provide; included by side_files.c and the kinds. */
#ifndef TRFS_STREAM_SIDE_FILE_H
#define TRFS_STREAM_SIDE_FILE_H

#include "base/buffer.h"
#include "index/generation.h"

/**
 * struct trfs_side_file_kind - how one file is made; a row of the table in side_files.c
 * @set: what option side-files calls it; several files may share a set
 * @path: in the mount; "{name}" stands for the data set's name
 * @make: append the content to @out, whose own failure is the caller's to see; -EINVAL
 *	where the data set has not what it takes, -ENOMEM
 */
struct trfs_side_file_kind {
	const char *set;
	const char *path;
	int (*make)(const struct trfs_generation *generation, struct trfs_buffer *out,
		    struct trfs_error *err);
};

int trfs_side_slim_labels(const struct trfs_generation *generation,
			  struct trfs_buffer *out, struct trfs_error *err);
int trfs_side_image2tfrecords_labels(const struct trfs_generation *generation,
				     struct trfs_buffer *out, struct trfs_error *err);
int trfs_side_image2tfrecords_summary(const struct trfs_generation *generation,
				      struct trfs_buffer *out, struct trfs_error *err);
int trfs_side_nih_metadata(const struct trfs_generation *generation,
			   struct trfs_buffer *out, struct trfs_error *err);

int trfs_side_tfds_info(const struct trfs_generation *generation, struct trfs_buffer *out,
			struct trfs_error *err);
int trfs_side_tfds_features(const struct trfs_generation *generation,
			    struct trfs_buffer *out, struct trfs_error *err);
int trfs_side_tfds_labels(const struct trfs_generation *generation,
			  struct trfs_buffer *out, struct trfs_error *err);

/* The id of class @number as records show it, --label-base applied. */
int64_t trfs_side_class_id(const struct trfs_generation *generation, uint64_t number);

/* What stands between the quotes of a JSON text, all that is not ASCII escaped. */
void trfs_side_put_json(struct trfs_buffer *out, struct trfs_bytes text);

/* @field as pandas' to_csv writes it: in quotes only where it has to be. */
void trfs_side_put_csv(struct trfs_buffer *out, struct trfs_bytes field);

#endif
