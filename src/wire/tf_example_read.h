/* SPDX-License-Identifier: MIT */
/* Decoding a tf.train.Example from untrusted bytes: for show, verify and tests. */
#ifndef TRFS_WIRE_TF_EXAMPLE_READ_H
#define TRFS_WIRE_TF_EXAMPLE_READ_H

#include "wire/tf_example.h"

/**
 * struct trfs_example_reader - walks the features of one serialized Example
 *
 * Accepts what protobuf accepts: fields in any order, unknown fields, packed and
 * unpacked lists, Features given more than once, a Feature with nothing set.
 */
struct trfs_example_reader {
	struct trfs_reader example;
	struct trfs_reader features; /* what is left of the current Features */
};

/* Kind of a feature as read: 0 where nothing is set. */
struct trfs_feature_view {
	struct trfs_bytes key;
	int kind;		/* enum trfs_feature_kind, or 0 */
	struct trfs_bytes list; /* body of the BytesList, FloatList or Int64List */
};

void trfs_example_reader_init(struct trfs_example_reader *r, struct trfs_bytes message);

/* 1 and a feature, 0 at the end, -EBADMSG with a sentence when it is no Example. */
TRFS_MUST_CHECK
int trfs_example_reader_next(struct trfs_example_reader *r, struct trfs_feature_view *ret,
			     struct trfs_error *err);

/**
 * struct trfs_value_reader - walks the values of one feature's list
 */
struct trfs_value_reader {
	struct trfs_reader list;
	struct trfs_reader packed; /* what is left of the current packed run */
	int kind;
};

void trfs_value_reader_init(struct trfs_value_reader *r, const struct trfs_feature_view *f);

/* Each: 1 and a value, 0 at the end, -EBADMSG.  Call the one of the feature's kind. */
TRFS_MUST_CHECK int trfs_value_reader_bytes(struct trfs_value_reader *r, struct trfs_bytes *ret);
TRFS_MUST_CHECK int trfs_value_reader_float(struct trfs_value_reader *r, float *ret);
TRFS_MUST_CHECK int trfs_value_reader_int64(struct trfs_value_reader *r, int64_t *ret);

#endif
