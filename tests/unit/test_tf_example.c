/* SPDX-License-Identifier: MIT */
/* Encoded Examples against those that TensorFlow serialized, whole and with holes. */
#include "wire/tf_example.h"

#include "golden.h"
#include "wire/protobuf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MAX_MESSAGE_LEN UINT64_C(0x7fffffff)
#define LITERAL_MAX	(1u << 20)

static int setup(void **state)
{
	*state = golden_examples_load("examples.txt");
	return 0;
}

static int teardown(void **state)
{
	golden_examples_free(*state);
	return 0;
}

/* Encodes what has no holes; the buffer is the caller's to release. */
static struct trfs_buffer encode_whole(const struct trfs_feature *features, size_t nr)
{
	struct trfs_holes holes = { 0 };
	struct trfs_buffer b;
	uint64_t len = 77;

	trfs_buffer_init(&b, LITERAL_MAX);
	assert_int_equal(trfs_tf_example_encode(features, nr, &b, &holes, &len), 0);
	assert_int_equal(holes.nr, 0);
	assert_int_equal(len, b.len);
	trfs_holes_done(&holes);
	return b;
}

static bool encodes_to(const struct trfs_feature *features, size_t nr,
		       struct trfs_bytes expected)
{
	struct trfs_buffer b = encode_whole(features, nr);
	bool equal = trfs_bytes_equal(trfs_buffer_bytes(&b), expected);

	trfs_buffer_done(&b);
	return equal;
}

static void every_golden_example_is_byte_equal(void **state)
{
	struct golden_examples *g = *state;
	struct golden_records records;

	golden_records_load(&records, "examples.tfrecord");
	assert_int_equal(records.nr, g->nr);
	for (size_t i = 0; i < g->nr; i++) {
		struct golden_example *e = &g->examples[i];

		golden_sort_upb(e->features, e->nr_features);
		if (!encodes_to(e->features, e->nr_features,
				golden_data(records.framed[i])))
			fail_msg("example %s differs from TensorFlow's", e->name);
	}
	golden_records_free(&records);
}

/* Only Examples that the two orders tell apart are in the second file. */
static void the_other_order_is_that_of_other_runtimes(void **state)
{
	struct golden_examples *g = *state;
	struct golden_records upb, cpp;
	size_t nr_differing = 0;

	golden_records_load(&upb, "examples.tfrecord");
	golden_records_load(&cpp, "examples-cpp.tfrecord");
	for (size_t i = 0; i < g->nr; i++) {
		struct golden_example *e = &g->examples[i];
		struct trfs_bytes expected = golden_data(upb.framed[i]);

		golden_sort_cpp(e->features, e->nr_features);
		if (encodes_to(e->features, e->nr_features, expected))
			continue;
		assert_true(nr_differing < cpp.nr);
		expected = golden_data(cpp.framed[nr_differing++]);
		if (!encodes_to(e->features, e->nr_features, expected))
			fail_msg("example %s differs from pure Python's", e->name);
	}
	assert_int_equal(nr_differing, cpp.nr);
	assert_true(cpp.nr >= 3);
	golden_records_free(&upb);
	golden_records_free(&cpp);
}

static void keys_that_begin_others_stand_behind_them_in_upb_order(void **state)
{
	static const char *const upb[] = { "a-", "a/b", "a0", "aa", "ab", "a", "b" };
	static const char *const cpp[] = { "a", "a-", "a/b", "a0", "aa", "ab", "b" };

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(upb); i++) {
		for (size_t k = 0; k < TRFS_COUNT(upb); k++) {
			int order = (i > k) - (i < k);
			int u = trfs_feature_key_compare_upb(trfs_bytes_of(upb[i]),
							     trfs_bytes_of(upb[k]));
			int c = trfs_feature_key_compare_cpp(trfs_bytes_of(cpp[i]),
							     trfs_bytes_of(cpp[k]));

			assert_int_equal((u > 0) - (u < 0), order);
			assert_int_equal((c > 0) - (c < 0), order);
		}
	}
}

static void bytes_above_127_sort_as_unsigned(void **state)
{
	struct trfs_bytes high = trfs_bytes_of("gr\xc3\xb6");
	struct trfs_bytes low = trfs_bytes_of("grz");

	(void)state;
	assert_true(trfs_feature_key_compare_upb(high, low) > 0);
	assert_true(trfs_feature_key_compare_cpp(high, low) > 0);
}

static void assert_reassembles(const struct trfs_buffer *literal,
			       const struct trfs_holes *holes,
			       const struct trfs_bytes *contents,
			       struct trfs_bytes expected)
{
	struct trfs_buffer whole;
	size_t done = 0;

	trfs_buffer_init(&whole, LITERAL_MAX);
	for (size_t i = 0; i < holes->nr; i++) {
		const struct trfs_bytes *content =
			&contents[holes->items[i].hole - GOLDEN_FIRST_HOLE];

		assert_true(holes->items[i].literal_offset >= done);
		assert_int_equal(holes->items[i].len, content->len);
		trfs_buffer_put(&whole, literal->data + done,
				holes->items[i].literal_offset - done);
		trfs_buffer_put(&whole, content->data, content->len);
		done = holes->items[i].literal_offset;
	}
	trfs_buffer_put(&whole, literal->data + done, literal->len - done);
	assert_int_equal(whole.len, expected.len);
	assert_memory_equal(whole.data, expected.data, expected.len);
	trfs_buffer_done(&whole);
}

static void literal_bytes_and_holes_make_the_same_message(void **state)
{
	struct golden_examples *g = *state;
	struct golden_records records;
	size_t nr_all = 0;

	golden_records_load(&records, "examples.tfrecord");
	for (size_t i = 0; i < g->nr; i++) {
		struct golden_example *e = &g->examples[i];
		struct trfs_bytes expected = golden_data(records.framed[i]);
		struct trfs_bytes contents[GOLDEN_HOLES_MAX];
		struct trfs_holes holes = { 0 };
		struct trfs_buffer literal;
		uint64_t len;
		size_t made;

		trfs_buffer_init(&literal, LITERAL_MAX);
		golden_sort_upb(e->features, e->nr_features);
		made = golden_make_holes(e, contents);
		assert_int_equal(trfs_tf_example_encode(e->features, e->nr_features,
							&literal, &holes, &len),
				 0);
		assert_int_equal(holes.nr, made);
		assert_int_equal(len, expected.len);
		assert_reassembles(&literal, &holes, contents, expected);
		golden_fill_holes(e, contents);
		trfs_holes_done(&holes);
		trfs_buffer_done(&literal);
		nr_all += made;
	}
	assert_true(nr_all > 20);
	golden_records_free(&records);
}

static void floats_can_be_one_hole(void **state)
{
	static const float floats[] = { 0, 1, -2.5f };
	const struct trfs_bytes_value packed = { .len = sizeof(floats), .hole = 9 };
	struct trfs_feature f = { .key = trfs_bytes_of("m"),
				  .kind = TRFS_FEATURE_FLOAT,
				  .nr_values = 3,
				  .floats = floats };
	struct trfs_buffer whole = encode_whole(&f, 1), literal;
	struct trfs_holes holes = { 0 };
	uint64_t len;

	(void)state;
	f.packed = &packed;
	trfs_buffer_init(&literal, LITERAL_MAX);
	assert_int_equal(trfs_tf_example_encode(&f, 1, &literal, &holes, &len), 0);
	assert_int_equal(len, whole.len);
	assert_int_equal(holes.nr, 1);
	assert_int_equal(holes.items[0].hole, 9);
	assert_int_equal(holes.items[0].len, sizeof(floats));
	assert_int_equal(holes.items[0].literal_offset, literal.len);
	assert_memory_equal(literal.data, whole.data, literal.len);
	assert_memory_equal(whole.data + literal.len, floats, sizeof(floats));
	trfs_holes_done(&holes);
	trfs_buffer_done(&literal);
	trfs_buffer_done(&whole);
}

static void holes_come_in_order_however_many(void **state)
{
	enum { NR_HOLES = 3000 };
	struct trfs_bytes_value values[NR_HOLES];
	struct trfs_feature f = { .key = trfs_bytes_of("images"),
				  .kind = TRFS_FEATURE_BYTES,
				  .nr_values = NR_HOLES,
				  .bytes = values };
	struct trfs_holes holes = { 0 };
	struct trfs_buffer b;
	uint64_t len;

	(void)state;
	for (uint32_t i = 0; i < NR_HOLES; i++)
		values[i] = (struct trfs_bytes_value){ .len = 10, .hole = i };
	trfs_buffer_init(&b, LITERAL_MAX);
	assert_int_equal(trfs_tf_example_encode(&f, 1, &b, &holes, &len), 0);
	assert_int_equal(holes.nr, NR_HOLES);
	for (uint32_t i = 0; i < NR_HOLES; i++)
		assert_int_equal(holes.items[i].hole, i);

	/* Those of the next Example are its own. */
	f.nr_values = 1;
	assert_int_equal(trfs_tf_example_encode(&f, 1, &b, &holes, &len), 0);
	assert_int_equal(holes.nr, 1);
	trfs_holes_done(&holes);
	trfs_buffer_done(&b);
}

/* Of an Example of one hole of @hole_len bytes, or what the encoder says to it. */
static int encode_hole(uint64_t hole_len, size_t nr_values, uint64_t *ret_len)
{
	struct trfs_bytes_value values[4];
	struct trfs_feature f = { .key = trfs_bytes_of("k"),
				  .kind = TRFS_FEATURE_BYTES,
				  .nr_values = nr_values,
				  .bytes = values };
	struct trfs_holes holes = { 0 };
	struct trfs_buffer b;
	int rc;

	for (size_t i = 0; i < TRFS_COUNT(values); i++)
		values[i] = (struct trfs_bytes_value){ .len = hole_len };
	trfs_buffer_init(&b, LITERAL_MAX);
	rc = trfs_tf_example_encode(&f, 1, &b, &holes, ret_len);
	trfs_holes_done(&holes);
	trfs_buffer_done(&b);
	return rc;
}

static void a_message_may_be_as_long_as_protobuf_parses(void **state)
{
	uint64_t len = 0;
	uint64_t around;

	(void)state;
	assert_int_equal(encode_hole(MAX_MESSAGE_LEN - 100, 1, &len), 0);
	around = len - (MAX_MESSAGE_LEN - 100);
	assert_int_equal(encode_hole(MAX_MESSAGE_LEN - around, 1, &len), 0);
	assert_true(len == MAX_MESSAGE_LEN);
	for (uint64_t more = 1; more <= around + 2; more++)
		assert_int_equal(encode_hole(MAX_MESSAGE_LEN - around + more, 1, &len),
				 -EMSGSIZE);
	assert_true(len == MAX_MESSAGE_LEN);
}

static void no_lengths_overflow(void **state)
{
	static const uint64_t lens[] = {
		UINT64_MAX,	    UINT64_MAX - 1,    UINT64_MAX - 10,
		UINT64_MAX / 2 + 1, UINT64_C(1) << 62, UINT64_C(1) << 32,
		UINT64_C(1) << 31,  MAX_MESSAGE_LEN,   MAX_MESSAGE_LEN / 2 + 1,
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(lens); i++) {
		for (size_t nr = 2; nr <= 4; nr++) {
			uint64_t len = 77;

			assert_int_equal(encode_hole(lens[i], nr, &len), -EMSGSIZE);
			assert_int_equal(len, 77);
		}
	}
}

static void many_features_do_not_pass_the_limit_together(void **state)
{
	struct trfs_bytes_value half = { .len = MAX_MESSAGE_LEN / 2 };
	struct trfs_feature f[2];
	struct trfs_holes holes = { 0 };
	struct trfs_buffer b;
	uint64_t len;

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(f); i++)
		f[i] = (struct trfs_feature){ .key = trfs_bytes_of(i ? "b" : "a"),
					      .kind = TRFS_FEATURE_BYTES,
					      .nr_values = 1,
					      .bytes = &half };
	trfs_buffer_init(&b, LITERAL_MAX);
	assert_int_equal(trfs_tf_example_encode(f, 1, &b, &holes, &len), 0);
	assert_int_equal(trfs_tf_example_encode(f, 2, &b, &holes, &len), -EMSGSIZE);
	trfs_holes_done(&holes);
	trfs_buffer_done(&b);
}

static void a_value_without_data_and_length_is_empty(void **state)
{
	struct trfs_bytes_value value = { .data = NULL, .len = 0 };
	struct trfs_feature f = { .key = trfs_bytes_of("k"),
				  .kind = TRFS_FEATURE_BYTES,
				  .nr_values = 1,
				  .bytes = &value };
	static const char expected[] =
		"\x0a\x0b\x0a\x09\x0a\x01k\x12\x04\x0a\x02\x0a\x00";

	(void)state;
	assert_true(encodes_to(
		&f, 1,
		(struct trfs_bytes){ (const uint8_t *)expected, sizeof(expected) - 1 }));
}

static void the_message_is_appended(void **state)
{
	static const int64_t three = 3;
	struct trfs_feature f = { .key = trfs_bytes_of("label"),
				  .kind = TRFS_FEATURE_INT64,
				  .nr_values = 1,
				  .ints = &three };
	struct trfs_bytes_value hole = { .len = 5 };
	struct trfs_holes holes = { 0 };
	struct trfs_buffer b;
	uint64_t len;

	(void)state;
	trfs_buffer_init(&b, 30);
	trfs_buffer_put(&b, "before", 6);
	assert_int_equal(trfs_tf_example_encode(&f, 1, &b, &holes, &len), 0);
	assert_int_equal(len, 18);
	assert_int_equal(b.len, 24);
	assert_memory_equal(
		b.data, "before\x0a\x10\x0a\x0e\x0a\x05label\x12\x05\x1a\x03\x0a\x01\x03",
		24);

	/* Offsets of holes count from where the Example begins. */
	trfs_buffer_reset(&b);
	trfs_buffer_put(&b, "before", 6);
	f.kind = TRFS_FEATURE_BYTES;
	f.bytes = &hole;
	assert_int_equal(trfs_tf_example_encode(&f, 1, &b, &holes, &len), 0);
	assert_int_equal(holes.items[0].literal_offset, 17);
	assert_int_equal(b.len, 23);
	assert_int_equal(len, 22);

	/* No room for it any more. */
	assert_int_equal(trfs_tf_example_encode(&f, 1, &b, &holes, &len), -ENOMEM);
	assert_int_equal(len, 22);
	trfs_holes_done(&holes);
	trfs_buffer_done(&b);
}

/* Wraps the @len bytes in front of the end of @buf in a tag and length, backwards. */
static size_t wrap(uint8_t *end, size_t len, uint8_t tag)
{
	uint8_t prefix[1 + TRFS_PROTOBUF_MAX_VARINT_LEN] = { tag };
	size_t nr = 1;
	size_t left = len;

	for (; left >= 128; left /= 128)
		prefix[nr++] = (uint8_t)(left % 128 + 128);
	prefix[nr++] = (uint8_t)left;
	memcpy(end - len - nr, prefix, nr);
	return len + nr;
}

/* Every length of a varint at every level of nesting, against a naive encoder. */
static void lengths_are_right_at_every_boundary(void **state)
{
	enum { MAX = 16600 };
	static uint8_t content[MAX], buf[MAX + 100];
	struct trfs_bytes_value value = { .data = content };
	struct trfs_feature f = { .key = trfs_bytes_of("k"),
				  .kind = TRFS_FEATURE_BYTES,
				  .nr_values = 1,
				  .bytes = &value };
	uint8_t *end = buf + sizeof(buf);

	(void)state;
	memset(content, 0xab, sizeof(content));
	for (size_t len = 0; len < MAX; len += len == 300 ? 16000 : 1) {
		size_t wrapped;

		memset(end - len, 0xab, len);
		wrapped = wrap(end, len, 0x0a);
		wrapped = wrap(end, wrapped, 0x0a);
		wrapped = wrap(end, wrapped, 0x12);
		memcpy(end - wrapped - 3, "\x0a\x01k", 3);
		wrapped = wrap(end, wrapped + 3, 0x0a);
		wrapped = wrap(end, wrapped, 0x0a);

		value.len = len;
		if (!encodes_to(&f, 1, (struct trfs_bytes){ end - wrapped, wrapped }))
			fail_msg("a value of %zu bytes is framed wrongly", len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_golden_example_is_byte_equal),
		cmocka_unit_test(the_other_order_is_that_of_other_runtimes),
		cmocka_unit_test(keys_that_begin_others_stand_behind_them_in_upb_order),
		cmocka_unit_test(bytes_above_127_sort_as_unsigned),
		cmocka_unit_test(literal_bytes_and_holes_make_the_same_message),
		cmocka_unit_test(floats_can_be_one_hole),
		cmocka_unit_test(holes_come_in_order_however_many),
		cmocka_unit_test(a_message_may_be_as_long_as_protobuf_parses),
		cmocka_unit_test(no_lengths_overflow),
		cmocka_unit_test(many_features_do_not_pass_the_limit_together),
		cmocka_unit_test(a_value_without_data_and_length_is_empty),
		cmocka_unit_test(the_message_is_appended),
		cmocka_unit_test(lengths_are_right_at_every_boundary),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
