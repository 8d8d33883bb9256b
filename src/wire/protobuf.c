/* SPDX-License-Identifier: MIT */
/*
 * Reading protobuf fields from untrusted bytes, as strictly as TensorFlow's own parsers
 * do, so that `verify` finds what a training run would stumble over.
 */
#include "wire/protobuf.h"

#include <errno.h>

/* Tags and lengths are 32-bit numbers, which a varint of five bytes holds. */
#define MAX_SHORT_VARINT_LEN 5
#define MAX_LEN		     0x7fffffffu
#define MAX_GROUP_DEPTH	     64

static int fail(struct trfs_reader *r)
{
	r->failed = true;
	return -EBADMSG;
}

/* Marks the reader failed where the number is too long or passes @max. */
static uint32_t read_short_varint(struct trfs_reader *r, uint32_t max)
{
	size_t before = r->left.len;
	uint64_t v = trfs_reader_varint(r);

	if (before - r->left.len > MAX_SHORT_VARINT_LEN || v > max)
		r->failed = true;
	return r->failed ? 0 : (uint32_t)v;
}

/* Everything but what is inside a group. */
static int read_field(struct trfs_reader *r, struct trfs_protobuf_field *ret)
{
	struct trfs_protobuf_field f = { 0 };
	uint32_t tag = read_short_varint(r, UINT32_MAX);

	f.number = tag >> 3;
	f.type = (enum trfs_wire_type)(tag & 7);
	if (r->failed || f.number == 0)
		return fail(r);

	switch (f.type) {
	case TRFS_WIRE_VARINT:
		f.value = trfs_reader_varint(r);
		break;
	case TRFS_WIRE_FIXED64:
		f.value = trfs_reader_u64le(r);
		break;
	case TRFS_WIRE_DELIMITED:
		f.bytes = trfs_reader_bytes(r, read_short_varint(r, MAX_LEN));
		break;
	case TRFS_WIRE_FIXED32:
		f.value = trfs_reader_u32le(r);
		break;
	case TRFS_WIRE_GROUP_START:
	case TRFS_WIRE_GROUP_END:
		break;
	default:
		return fail(r);
	}
	if (r->failed)
		return -EBADMSG;
	*ret = f;
	return 0;
}

/* Until group @number ends, counting the groups inside it. */
static int skip_group(struct trfs_reader *r, uint32_t number)
{
	uint32_t open[MAX_GROUP_DEPTH] = { number };
	size_t depth = 1;

	while (depth > 0) {
		struct trfs_protobuf_field f;

		if (read_field(r, &f) < 0)
			return -EBADMSG;
		if (f.type == TRFS_WIRE_GROUP_START) {
			if (depth == MAX_GROUP_DEPTH)
				return fail(r);
			open[depth++] = f.number;
		} else if (f.type == TRFS_WIRE_GROUP_END) {
			if (open[--depth] != f.number)
				return fail(r);
		}
	}
	return 0;
}

int trfs_protobuf_next(struct trfs_reader *r, struct trfs_protobuf_field *ret)
{
	struct trfs_protobuf_field f;

	if (r->failed)
		return -EBADMSG;
	if (r->left.len == 0)
		return 0;
	if (read_field(r, &f) < 0)
		return -EBADMSG;
	if (f.type == TRFS_WIRE_GROUP_END)
		return fail(r);
	if (f.type == TRFS_WIRE_GROUP_START && skip_group(r, f.number) < 0)
		return -EBADMSG;
	*ret = f;
	return 1;
}
