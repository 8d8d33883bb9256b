/* SPDX-License-Identifier: MIT */
/*
 * Protobuf's wire format: sizes and writes inlined, since laying out a record is little
 * else; reading goes field by field through a trfs_reader.
 */
#ifndef TRFS_WIRE_PROTOBUF_H
#define TRFS_WIRE_PROTOBUF_H

#include "base/bytes.h"
#include "base/compiler.h"

#define TRFS_PROTOBUF_MAX_VARINT_LEN 10

enum trfs_wire_type {
	TRFS_WIRE_VARINT = 0,
	TRFS_WIRE_FIXED64 = 1,
	TRFS_WIRE_DELIMITED = 2, /* varint length, then as many bytes */
	TRFS_WIRE_GROUP_START = 3,
	TRFS_WIRE_GROUP_END = 4,
	TRFS_WIRE_FIXED32 = 5,
};

/* Field numbers below 16, the only ones we write, have tags of one byte. */
#define TRFS_PROTOBUF_TAG(number, wire_type) ((uint8_t)((number) << 3 | (wire_type)))

static inline size_t trfs_protobuf_varint_len(uint64_t v)
{
	/* ceil(bits / 7) without a division; 0 takes one byte, as 1 does. */
	unsigned int bits = 64u - (unsigned int)__builtin_clzll(v | 1);

	return (bits * 9 + 64) / 64;
}

/* Tag, length and content of a delimited field; @len far below 2^64. */
static inline uint64_t trfs_protobuf_delimited_len(uint64_t len)
{
	/* Nearly always short: a branch that is foretold beats waiting for the bits. */
	if (len < 0x80)
		return 2 + len;
	return 1 + trfs_protobuf_varint_len(len) + len;
}

/* Writes at @p, where there is room; returns the place behind. */
static inline uint8_t *trfs_protobuf_put_varint(uint8_t *p, uint64_t v)
{
	while (v >= 0x80) {
		*p++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	return p;
}

/* The tag and length in front of @len bytes. */
static inline uint8_t *trfs_protobuf_put_delimited(uint8_t *p, unsigned int number,
						   uint64_t len)
{
	*p++ = TRFS_PROTOBUF_TAG(number, TRFS_WIRE_DELIMITED);
	return trfs_protobuf_put_varint(p, len);
}

/**
 * struct trfs_protobuf_field - one field as read
 * @value: of VARINT, FIXED64 and FIXED32
 * @bytes: of DELIMITED, borrowed from what is read
 */
struct trfs_protobuf_field {
	uint32_t number;
	enum trfs_wire_type type;
	uint64_t value;
	struct trfs_bytes bytes;
};

/**
 * trfs_protobuf_next() - the next field of a message
 * @r: what is left of the message; failed for good after -EBADMSG
 *
 * A group, which tf.train.Example has none of, is passed over whole and comes out as a
 * GROUP_START without content.
 *
 * Return: 1 and a field, 0 at the end of the message, -EBADMSG.
 */
TRFS_MUST_CHECK
int trfs_protobuf_next(struct trfs_reader *r, struct trfs_protobuf_field *ret);

static inline bool trfs_protobuf_is_delimited(const struct trfs_protobuf_field *f,
					      uint32_t number)
{
	return f->number == number && f->type == TRFS_WIRE_DELIMITED;
}

#endif
