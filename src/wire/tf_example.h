/* SPDX-License-Identifier: MIT */
/*
 * tf.train.Example in protobuf wire format, byte for byte what
 * SerializeToString(deterministic=True) writes.
 *
 *   Example  { Features features = 1 }
 *   Features { map<string, Feature> feature = 1 }
 *   Feature  { oneof { BytesList = 1, FloatList = 2, Int64List = 3 } }
 *
 * A bytes value may be a hole: content of a known length that is not at hand, such as
 * an image file.  Then the message is literal bytes with gaps between them.
 */
#ifndef TRFS_WIRE_TF_EXAMPLE_H
#define TRFS_WIRE_TF_EXAMPLE_H

#include "base/buffer.h"

/* Field numbers of these messages; all below 16. */
enum {
	TRFS_EXAMPLE_FEATURES = 1,
	TRFS_FEATURES_ENTRY = 1,
	TRFS_ENTRY_KEY = 1,
	TRFS_ENTRY_FEATURE = 2,
	TRFS_LIST_VALUES = 1,
};

enum trfs_feature_kind {
	TRFS_FEATURE_BYTES = 1, /* the field numbers of the oneof */
	TRFS_FEATURE_FLOAT = 2,
	TRFS_FEATURE_INT64 = 3,
};

/**
 * struct trfs_bytes_value - one element of a BytesList
 * @data: the bytes; NULL with @len > 0: a hole of @len bytes; NULL with 0: no bytes
 * @len: at most 2^31 - 1
 * @hole: handed back in the segment that stands for the hole
 */
struct trfs_bytes_value {
	const uint8_t *data;
	uint64_t len;
	uint32_t hole;
};

/**
 * struct trfs_feature - one map entry; all pointers borrowed
 * @packed: of floats: all of them as one hole, little-endian, instead of @floats; else
 *	NULL
 *
 * A list of no values is written as a set, empty list, as protobuf does when a
 * converter sets one; leave the feature out for an absent key.
 */
struct trfs_feature {
	struct trfs_bytes key;
	enum trfs_feature_kind kind;
	size_t nr_values;
	union {
		const struct trfs_bytes_value *bytes;
		const float *floats;
		const int64_t *ints;
	};
	const struct trfs_bytes_value *packed;
};

/*
 * The order of keys in a map, for sorting features once per schema.  upb, which
 * TensorFlow uses: ascending bytes, but a key stands after all keys that it begins;
 * otherwise plain ascending bytes, as C++ and pure Python.
 */
int trfs_feature_key_compare_upb(struct trfs_bytes a, struct trfs_bytes b);
int trfs_feature_key_compare_cpp(struct trfs_bytes a, struct trfs_bytes b);

/**
 * struct trfs_hole - a gap in the literal bytes of an Example
 * @literal_offset: how many of the Example's literal bytes stand before it
 * @len: its length in bytes
 * @hole: from the value
 */
struct trfs_hole {
	uint64_t literal_offset;
	uint64_t len;
	uint32_t hole;
};

/**
 * struct trfs_holes - the holes of one Example, in ascending order
 *
 * Zeroed before its first use; its memory is kept from one Example to the next.
 */
struct trfs_holes {
	struct trfs_hole *items;
	size_t nr;
	size_t capacity;
};

void trfs_holes_done(struct trfs_holes *holes);

/**
 * trfs_tf_example_encode() - an Example's literal bytes and its holes
 * @features: in the order in which they are to be written; keys differ
 * @literal: the literal bytes are appended here
 * @holes: those of this Example replace what it held
 * @ret_len: length of the whole message, holes included
 *
 * No features make a set, empty Features ("0a 00"), as the converters' code does.
 * Cost: two passes over the features, one reservation in @literal and one in @holes.
 *
 * Return: 0; -EMSGSIZE when the message exceeds 2^31 - 1 bytes, which no protobuf
 *	parses; -ENOMEM.  @holes is undefined then.
 */
TRFS_MUST_CHECK
int trfs_tf_example_encode(const struct trfs_feature *features, size_t nr_features,
			   struct trfs_buffer *literal, struct trfs_holes *holes,
			   uint64_t *ret_len);

#endif
