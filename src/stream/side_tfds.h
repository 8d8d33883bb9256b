/* SPDX-License-Identifier: MIT */
/* What describes records to TensorFlow Datasets, wherever the files stand. */
#ifndef TRFS_STREAM_SIDE_TFDS_H
#define TRFS_STREAM_SIDE_TFDS_H

#include "dataset/schema.h"
#include "stream/side_file.h"

/**
 * struct trfs_tfds_place - what dataset_info.json says beside the splits
 * @name: of the data set
 * @prefix: from its directory to the one of the shards, with a slash at the end
 * @is_own: the shards are those of the view, so that their sizes are told
 * @is_supervised: with as_supervised=True there are pairs of image and label
 */
struct trfs_tfds_place {
	const char *name;
	const char *prefix;
	bool is_own;
	bool is_supervised;
};

TRFS_MUST_CHECK
int trfs_tfds_put_info(const struct trfs_view *view, const struct trfs_tfds_place *place,
		       struct trfs_buffer *out, struct trfs_error *err);
TRFS_MUST_CHECK
int trfs_tfds_put_features(const struct trfs_view *view, const struct trfs_schema *schema,
			   struct trfs_buffer *out, struct trfs_error *err);

/* A name a line, by id; an id of no class is its own name. */
TRFS_MUST_CHECK
int trfs_tfds_make_labels(const struct trfs_side_request *request,
			  struct trfs_buffer *out, struct trfs_error *err);

/* Whether the view's shards and splits can be described: their names, and the ids. */
bool trfs_tfds_fits(const struct trfs_view *view, const char *name);

#endif
