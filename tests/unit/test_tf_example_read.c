/* SPDX-License-Identifier: MIT */
/* Decoded Examples: what TensorFlow serialized, what it accepts, what it refuses. */
#include "wire/tf_example_read.h"

#include "golden.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Values are compared by their bits: NaN equals itself and -0 is not 0. */
static void assert_same_values(const struct trfs_feature_view *view,
			       const struct trfs_feature *expected)
{
	struct trfs_value_reader r;
	size_t nr = 0;
	int rc;

	trfs_value_reader_init(&r, view);
	for (;; nr++) {
		struct trfs_bytes bytes = { NULL, 0 };
		int64_t integer = 0;
		float number = 0;

		if (view->kind == TRFS_FEATURE_BYTES)
			rc = trfs_value_reader_bytes(&r, &bytes);
		else if (view->kind == TRFS_FEATURE_FLOAT)
			rc = trfs_value_reader_float(&r, &number);
		else
			rc = trfs_value_reader_int64(&r, &integer);
		if (rc <= 0)
			break;
		assert_true(nr < expected->nr_values);
		if (view->kind == TRFS_FEATURE_BYTES) {
			assert_int_equal(bytes.len, expected->bytes[nr].len);
			assert_memory_equal(bytes.data, expected->bytes[nr].data,
					    bytes.len);
		} else if (view->kind == TRFS_FEATURE_FLOAT) {
			assert_memory_equal(&number, &expected->floats[nr],
					    sizeof(number));
		} else {
			assert_true(integer == expected->ints[nr]);
		}
	}
	assert_int_equal(rc, 0);
	assert_int_equal(nr, expected->nr_values);
}

/* The feature with this key in a description, which is in no particular order. */
static const struct trfs_feature *find(const struct golden_example *e,
				       struct trfs_bytes key)
{
	for (size_t i = 0; i < e->nr_features; i++) {
		if (trfs_bytes_equal(e->features[i].key, key))
			return &e->features[i];
	}
	fail_msg("example %s has a key too many", e->name);
	return NULL;
}

static void assert_reads_as_described(const char *records_name, const char *text_name)
{
	struct golden_examples *g = golden_examples_load(text_name);
	struct golden_records records;

	golden_records_load(&records, records_name);
	assert_int_equal(records.nr, g->nr);
	for (size_t i = 0; i < g->nr; i++) {
		const struct golden_example *e = &g->examples[i];
		struct trfs_feature_view view;
		struct trfs_example_reader r;
		size_t nr = 0;

		trfs_example_reader_init(&r, golden_data(records.framed[i]));
		for (; trfs_example_reader_next(&r, &view, NULL) == 1; nr++) {
			const struct trfs_feature *expected = find(e, view.key);

			assert_int_equal(view.kind, expected->kind);
			assert_same_values(&view, expected);
		}
		assert_int_equal(nr, e->nr_features);
		assert_int_equal(trfs_example_reader_next(&r, &view, NULL), 0);
	}
	golden_records_free(&records);
	golden_examples_free(g);
}

static void every_golden_example_reads_back(void **state)
{
	(void)state;
	assert_reads_as_described("examples.tfrecord", "examples.txt");
}

static void unusual_forms_read_as_tensorflow_reads_them(void **state)
{
	(void)state;
	assert_reads_as_described("foreign.tfrecord", "foreign.txt");
}

static void unknown_fields_in_a_map_entry_are_passed_over(void **state)
{
	static const char message[] = "\x0a\x12\x0a\x10\x48\x01\x0a\x01k\x48\x01"
				      "\x12\x05\x0a\x03\x0a\x01"
				      "a\x10\x01";
	struct trfs_bytes_value a = { .data = (const uint8_t *)"a", .len = 1 };
	struct trfs_feature expected = { .kind = TRFS_FEATURE_BYTES,
					 .nr_values = 1,
					 .bytes = &a };
	struct trfs_feature_view view;
	struct trfs_example_reader r;

	(void)state;
	trfs_example_reader_init(&r, trfs_bytes_of(message));
	assert_int_equal(trfs_example_reader_next(&r, &view, NULL), 1);
	assert_true(trfs_bytes_equal(view.key, trfs_bytes_of("k")));
	assert_same_values(&view, &expected);
	assert_int_equal(trfs_example_reader_next(&r, &view, NULL), 0);
}

static int read_values(const struct trfs_feature_view *view)
{
	struct trfs_value_reader r;
	struct trfs_bytes bytes;
	int64_t integer;
	float number;
	int rc;

	trfs_value_reader_init(&r, view);
	do {
		if (view->kind == TRFS_FEATURE_FLOAT)
			rc = trfs_value_reader_float(&r, &number);
		else if (view->kind == TRFS_FEATURE_INT64)
			rc = trfs_value_reader_int64(&r, &integer);
		else
			rc = trfs_value_reader_bytes(&r, &bytes);
	} while (rc > 0);
	return rc;
}

/* From a copy of exactly the message's size, for the sanitizer to watch its end. */
static int read_all(struct trfs_bytes message, struct trfs_error *err)
{
	uint8_t *copy = malloc(message.len ? message.len : 1);
	struct trfs_feature_view view;
	struct trfs_example_reader r;
	int rc;

	assert_non_null(copy);
	if (message.len > 0)
		memcpy(copy, message.data, message.len);
	trfs_example_reader_init(&r, (struct trfs_bytes){ copy, message.len });
	while ((rc = trfs_example_reader_next(&r, &view, err)) > 0) {
		rc = read_values(&view);
		if (rc < 0)
			break;
	}
	free(copy);
	return rc;
}

static void what_tensorflow_refuses_is_refused(void **state)
{
	struct golden_records records;

	(void)state;
	golden_records_load(&records, "refused.tfrecord");
	assert_true(records.nr >= 20);
	for (size_t i = 0; i < records.nr; i++) {
		if (read_all(golden_data(records.framed[i]), NULL) != -EBADMSG)
			fail_msg("record %zu of refused.tfrecord is accepted", i);
	}
	golden_records_free(&records);
}

static void assert_refused(struct trfs_bytes message, const char *sentence)
{
	struct trfs_error err = { 0 };

	assert_int_equal(read_all(message, &err), -EBADMSG);
	assert_int_equal(err.code, -EBADMSG);
	assert_string_equal(err.message, sentence);
}

static void a_refusal_says_where_the_damage_is(void **state)
{
	(void)state;
	assert_refused(trfs_bytes_of("\x0a\x05\x0a"),
		       "not a tf.train.Example: its protobuf fields are damaged");
	assert_refused(trfs_bytes_of("\x0a\x05\x0a\x03\x0a\x01\xff"),
		       "not a tf.train.Example: a key is not UTF-8");
	assert_refused(trfs_bytes_of("\x0a\x08\x0a\x06\x0a\x01k\x12\x01\x0a"),
		       "not a tf.train.Example: the value of key \"k\" is damaged");
	assert_refused(trfs_bytes_of("\x0a\x07\x0a\x05\x0a\x01k\x12\x01"),
		       "not a tf.train.Example: the entry of key \"k\" is damaged");
	assert_refused(trfs_bytes_of("\x0a\x07\x0a\x05\x0a\x01\n\x12\x01"),
		       "not a tf.train.Example: the entry of key \"(unprintable)\" is "
		       "damaged");
}

static void a_refusal_is_for_good(void **state)
{
	/* The second of three entries is damaged; the third is sound. */
	static const char message[] = "\x0a\x10\x0a\x03\x0a\x01"
				      "a\x0a\x04\x0a\x01"
				      "b\x12"
				      "\x0a\x03\x0a\x01"
				      "c";
	struct trfs_feature_view view;
	struct trfs_example_reader r;

	(void)state;
	trfs_example_reader_init(&r, trfs_bytes_of(message));
	assert_int_equal(trfs_example_reader_next(&r, &view, NULL), 1);
	assert_int_equal(trfs_example_reader_next(&r, &view, NULL), -EBADMSG);
	assert_int_equal(trfs_example_reader_next(&r, &view, NULL), -EBADMSG);
}

/* Golden Examples are one Features message each, so that no prefix of one is whole. */
static void every_truncation_is_refused(void **state)
{
	struct golden_records records;

	(void)state;
	golden_records_load(&records, "examples.tfrecord");
	for (size_t i = 0; i < records.nr; i++) {
		struct trfs_bytes data = golden_data(records.framed[i]);
		size_t whole = data.len;

		for (data.len = 1; data.len < whole && whole < 4096; data.len++)
			assert_int_equal(read_all(data, NULL), -EBADMSG);
	}
	golden_records_free(&records);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_golden_example_reads_back),
		cmocka_unit_test(unusual_forms_read_as_tensorflow_reads_them),
		cmocka_unit_test(unknown_fields_in_a_map_entry_are_passed_over),
		cmocka_unit_test(what_tensorflow_refuses_is_refused),
		cmocka_unit_test(a_refusal_says_where_the_damage_is),
		cmocka_unit_test(a_refusal_is_for_good),
		cmocka_unit_test(every_truncation_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
