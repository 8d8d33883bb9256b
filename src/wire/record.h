/* SPDX-License-Identifier: MIT */
/*
 * One framed record as a list of segments, so that any window of it can be made
 * without making the rest, and its length is known without looking at any image.
 *
 *   LITERAL header + Example up to the first hole
 *   CONTENT the hole's bytes, which somebody else fetches
 *   LITERAL, CONTENT ... until the Example ends
 *   CHECKSUM the masked CRC-32C of all of the Example
 */
#ifndef TRFS_WIRE_RECORD_H
#define TRFS_WIRE_RECORD_H

#include "wire/tf_example.h"
#include "wire/tfrecord.h"

enum trfs_segment_kind {
	TRFS_SEGMENT_LITERAL,
	TRFS_SEGMENT_CONTENT,
	TRFS_SEGMENT_CHECKSUM,
};

/**
 * struct trfs_segment - bytes of a record of one origin
 * @offset: from the start of the record
 * @literal: the bytes, in the record's own memory, for LITERAL
 * @hole: which content, for CONTENT
 */
struct trfs_segment {
	enum trfs_segment_kind kind;
	uint32_t hole;
	uint64_t offset;
	uint64_t len;
	const uint8_t *literal;
};

/**
 * struct trfs_record - a record laid out; reusable, so that a thread needs one
 * @len: of the whole record with its framing, in bytes; at most 2^31 + 15
 * @segments: @nr_segments of them, in order; an Example can have thousands of holes
 *
 * Initialise with trfs_record_init(), then lay out any number of Examples in turn.
 */
struct trfs_record {
	uint64_t len;
	size_t nr_segments;
	struct trfs_segment *segments;
	size_t segments_capacity;
	struct trfs_holes holes;
	struct trfs_buffer literal;
};

void trfs_record_init(struct trfs_record *r);
void trfs_record_done(struct trfs_record *r);

/*
 * Lay out the Example of @features (in map order).  What was laid out before is gone.
 * Errors: those of trfs_tf_example_encode(); the caller knows which record it is.
 */
TRFS_MUST_CHECK
int trfs_record_layout(struct trfs_record *r, const struct trfs_feature *features,
		       size_t nr_features);

/*
 * The Example's CRC-32C (unmasked) from the literal bytes and the CRC of each content
 * segment, in the order of the segments: no content is touched.
 */
uint32_t trfs_record_data_crc(const struct trfs_record *r, const uint32_t *content_crcs);

#endif
