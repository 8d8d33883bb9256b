/* SPDX-License-Identifier: MIT */
/* Decoding a tf.train.Example from untrusted bytes: for show, verify and tests. */
#ifndef TRFS_WIRE_TF_EXAMPLE_READ_H
#define TRFS_WIRE_TF_EXAMPLE_READ_H

#include "wire/tf_example.h"

/**
 * struct trfs_example_reader - walks the features of one serialized Example
 *
 * Accepts what protobuf accepts: fields in any order, unknown fields, packed and
 * unpacked lists, Features given more than once, a Feature with nothing set, a list in
 * several pieces.  Of entries with the same key protobuf keeps the last; all are shown
 * here, in the order of the bytes.  An entry with unknown fields is kept, as by C++;
 * Python's upb drops it.  A list that one of another kind replaces is not looked into.
 */
struct trfs_example_reader {
	struct trfs_reader example;
	struct trfs_reader features; /* what is left of the current Features */
};

/**
 * struct trfs_feature_view - one feature as read, borrowed from the message
 * @key: UTF-8
 * @kind: enum trfs_feature_kind; 0 where nothing is set
 * @list: body of the BytesList, FloatList or Int64List
 * @feature_rest, @entry_rest: what follows @list in the Feature and in the map entry;
 *	further pieces of the list may be there, though no known writer makes any
 */
struct trfs_feature_view {
	struct trfs_bytes key;
	int kind;
	struct trfs_bytes list;
	struct trfs_bytes feature_rest;
	struct trfs_bytes entry_rest;
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
	struct trfs_reader packed;  /* what is left of the current packed run */
	struct trfs_reader feature; /* where further pieces of the list may be */
	struct trfs_reader entry;
	int kind;
};

void trfs_value_reader_init(struct trfs_value_reader *r,
			    const struct trfs_feature_view *f);

/* Each: 1 and a value, 0 at the end, -EBADMSG.  Call the one of the feature's kind. */
TRFS_MUST_CHECK int trfs_value_reader_bytes(struct trfs_value_reader *r,
					    struct trfs_bytes *ret);
TRFS_MUST_CHECK int trfs_value_reader_float(struct trfs_value_reader *r, float *ret);
TRFS_MUST_CHECK int trfs_value_reader_int64(struct trfs_value_reader *r, int64_t *ret);

#endif
