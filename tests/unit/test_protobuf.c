/* SPDX-License-Identifier: MIT */
/* Protobuf's wire format, as in its public description. */
#include "wire/protobuf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Written as bytes that follow one another, so that each case is one line. */
#define BYTES(...) ((const uint8_t[]){ __VA_ARGS__ }), sizeof((uint8_t[]){ __VA_ARGS__ })

static size_t naive_varint_len(uint64_t v)
{
	size_t len = 1;

	while (v >>= 7)
		len++;
	return len;
}

static void a_varint_takes_as_many_bytes_as_said_and_reads_back(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++) {
		for (int delta = -1; delta <= 1; delta++) {
			uint64_t v = (UINT64_C(1) << bit) + (uint64_t)delta;
			uint8_t buf[TRFS_PROTOBUF_MAX_VARINT_LEN];
			size_t len = (size_t)(trfs_protobuf_put_varint(buf, v) - buf);
			struct trfs_reader r = trfs_reader_of(buf, len);

			assert_int_equal(len, naive_varint_len(v));
			assert_int_equal(trfs_protobuf_varint_len(v), len);
			assert_true(trfs_reader_varint(&r) == v);
			assert_false(r.failed);
			assert_int_equal(r.left.len, 0);
		}
	}
	assert_int_equal(trfs_protobuf_varint_len(UINT64_MAX), 10);
}

static void varints_have_their_well_known_bytes(void **state)
{
	uint8_t buf[TRFS_PROTOBUF_MAX_VARINT_LEN];

	(void)state;
	assert_int_equal(trfs_protobuf_put_varint(buf, 0) - buf, 1);
	assert_memory_equal(buf, "\x00", 1);
	assert_int_equal(trfs_protobuf_put_varint(buf, 300) - buf, 2);
	assert_memory_equal(buf, "\xac\x02", 2);
	assert_int_equal(trfs_protobuf_put_varint(buf, (uint64_t)-1) - buf, 10);
	assert_memory_equal(buf, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10);
}

static void a_delimited_field_counts_its_tag_and_length(void **state)
{
	uint8_t buf[TRFS_PROTOBUF_MAX_VARINT_LEN + 1];

	(void)state;
	assert_int_equal(trfs_protobuf_delimited_len(0), 2);
	assert_int_equal(trfs_protobuf_delimited_len(127), 129);
	assert_int_equal(trfs_protobuf_delimited_len(128), 131);
	assert_int_equal(trfs_protobuf_delimited_len(16384), 16388);
	assert_int_equal(trfs_protobuf_put_delimited(buf, 2, 300) - buf, 3);
	assert_memory_equal(buf, "\x12\xac\x02", 3);
}

static void fields_of_every_wire_type_are_read(void **state)
{
	static const uint8_t message[] = {
		0x08, 0x96, 0x01,			     /* 1: varint 150 */
		0x11, 1,    2,	  3,	4,    5,    6, 7, 8, /* 2: fixed64 */
		0x1a, 2,    'h',  'i',			     /* 3: "hi" */
		0x2b, 0x08, 1,	  0x33, 0x34, 0x2c,	     /* 5: group, one inside */
		0x3d, 1,    2,	  3,	4,		     /* 7: fixed32 */
		0x82, 0x01, 0,				     /* 16: empty */
	};
	struct trfs_reader r = trfs_reader_of(message, sizeof(message));
	struct trfs_protobuf_field f;

	(void)state;
	assert_int_equal(trfs_protobuf_next(&r, &f), 1);
	assert_true(f.number == 1 && f.type == TRFS_WIRE_VARINT && f.value == 150);
	assert_int_equal(trfs_protobuf_next(&r, &f), 1);
	assert_true(f.number == 2 && f.type == TRFS_WIRE_FIXED64);
	assert_true(f.value == 0x0807060504030201);
	assert_int_equal(trfs_protobuf_next(&r, &f), 1);
	assert_true(trfs_protobuf_is_delimited(&f, 3));
	assert_int_equal(f.bytes.len, 2);
	assert_memory_equal(f.bytes.data, "hi", 2);
	assert_int_equal(trfs_protobuf_next(&r, &f), 1);
	assert_true(f.number == 5 && f.type == TRFS_WIRE_GROUP_START);
	assert_int_equal(trfs_protobuf_next(&r, &f), 1);
	assert_true(f.number == 7 && f.type == TRFS_WIRE_FIXED32 &&
		    f.value == 0x04030201);
	assert_int_equal(trfs_protobuf_next(&r, &f), 1);
	assert_true(trfs_protobuf_is_delimited(&f, 16) && f.bytes.len == 0);
	assert_int_equal(trfs_protobuf_next(&r, &f), 0);
	assert_int_equal(trfs_protobuf_next(&r, &f), 0);
}

static void refuse(const uint8_t *data, size_t len)
{
	struct trfs_reader r = trfs_reader_of(data, len);
	struct trfs_protobuf_field f;

	assert_int_equal(trfs_protobuf_next(&r, &f), -EBADMSG);
	assert_int_equal(trfs_protobuf_next(&r, &f), -EBADMSG);
}

static void what_is_no_field_is_refused_for_good(void **state)
{
	(void)state;
	refuse(BYTES(0x00, 0x00));	     /* field number 0 */
	refuse(BYTES(0x0e, 0x00));	     /* wire type 6 */
	refuse(BYTES(0x0f, 0x00));	     /* wire type 7 */
	refuse(BYTES(0x0c, 0x08, 0x01));     /* a group that never began */
	refuse(BYTES(0x0b, 0x14));	     /* ends as another group */
	refuse(BYTES(0x0b, 0x08, 0x01));     /* never ends */
	refuse(BYTES(0x0a, 0x03, 'a', 'b')); /* cut */
	refuse(BYTES(0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00)); /* tag of six bytes */
	refuse(BYTES(0x88, 0x80, 0x80, 0x80, 0x10, 0x00));	 /* tag of 33 bits */
	refuse(BYTES(0x0a, 0x80, 0x80, 0x80, 0x80, 0x08));	 /* length of 2^31 */
	refuse(BYTES(0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)); /* length of six bytes */
}

static void groups_nest_to_a_limit(void **state)
{
	uint8_t message[200];
	struct trfs_protobuf_field f;

	(void)state;
	for (size_t depth = 1; depth <= sizeof(message) / 2; depth++) {
		struct trfs_reader r = trfs_reader_of(message, 2 * depth);
		int expected = depth <= 64 ? 1 : -EBADMSG;

		memset(message, 0x0b, depth);
		memset(message + depth, 0x0c, depth);
		assert_int_equal(trfs_protobuf_next(&r, &f), expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_varint_takes_as_many_bytes_as_said_and_reads_back),
		cmocka_unit_test(varints_have_their_well_known_bytes),
		cmocka_unit_test(a_delimited_field_counts_its_tag_and_length),
		cmocka_unit_test(fields_of_every_wire_type_are_read),
		cmocka_unit_test(what_is_no_field_is_refused_for_good),
		cmocka_unit_test(groups_nest_to_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
