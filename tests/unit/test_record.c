/* SPDX-License-Identifier: MIT */
/* Framed records as segments, against TFRecordWriter's files. */
#include "wire/record.h"

#include "base/crc32c.h"
#include "golden.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define WHOLE_MAX (1u << 20)

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

/* The CRC of each content segment, in the order of the segments. */
static void content_crcs(const struct trfs_record *r, const struct trfs_bytes *contents,
			 uint32_t ret[GOLDEN_HOLES_MAX])
{
	for (size_t i = 0; i < r->nr_segments; i++) {
		const struct trfs_segment *s = &r->segments[i];

		if (s->kind != TRFS_SEGMENT_CONTENT)
			continue;
		*ret++ = trfs_crc32c(0, contents[s->hole - GOLDEN_FIRST_HOLE].data,
				     (size_t)s->len);
	}
}

/* The segments one after the other, which must be without a gap. */
static void assemble(const struct trfs_record *r, const struct trfs_bytes *contents,
		     struct trfs_buffer *whole)
{
	uint8_t footer[TRFS_TFRECORD_FOOTER_SIZE];
	uint32_t crcs[GOLDEN_HOLES_MAX];

	content_crcs(r, contents, crcs);
	trfs_tfrecord_footer(trfs_record_data_crc(r, crcs), footer);
	for (size_t i = 0; i < r->nr_segments; i++) {
		const struct trfs_segment *s = &r->segments[i];
		const uint8_t *data = s->literal;

		assert_int_equal(s->offset, whole->len);
		assert_true(s->len > 0);
		if (s->kind == TRFS_SEGMENT_CONTENT) {
			assert_int_equal(s->len,
					 contents[s->hole - GOLDEN_FIRST_HOLE].len);
			data = contents[s->hole - GOLDEN_FIRST_HOLE].data;
		} else if (s->kind == TRFS_SEGMENT_CHECKSUM) {
			assert_int_equal(s->len, sizeof(footer));
			assert_int_equal(i, r->nr_segments - 1);
			data = footer;
		}
		trfs_buffer_put(whole, data, (size_t)s->len);
	}
	assert_int_equal(r->len, whole->len);
}

static void assert_same_record(struct trfs_record *r, struct golden_example *e,
			       const struct trfs_bytes *contents,
			       struct trfs_bytes expected)
{
	struct trfs_buffer whole;

	golden_sort_upb(e->features, e->nr_features);
	assert_int_equal(trfs_record_layout(r, e->features, e->nr_features), 0);
	trfs_buffer_init(&whole, WHOLE_MAX);
	assemble(r, contents, &whole);
	if (!trfs_bytes_equal(trfs_buffer_bytes(&whole), expected))
		fail_msg("record of %s differs from TensorFlow's", e->name);
	trfs_buffer_done(&whole);
}

/* One struct for all, so that nothing of one record may stay for the next. */
static void every_golden_record_is_byte_equal_with_and_without_holes(void **state)
{
	struct golden_examples *g = *state;
	struct golden_records records;
	struct trfs_record r;

	trfs_record_init(&r);
	golden_records_load(&records, "examples.tfrecord");
	assert_int_equal(records.nr, g->nr);
	for (size_t i = 0; i < g->nr; i++) {
		struct golden_example *e = &g->examples[i];
		struct trfs_bytes contents[GOLDEN_HOLES_MAX];
		size_t nr_holes;

		assert_same_record(&r, e, NULL, records.framed[i]);
		assert_int_equal(r.nr_segments, 2);
		golden_sort_upb(e->features, e->nr_features);
		nr_holes = golden_make_holes(e, contents);
		assert_same_record(&r, e, contents, records.framed[i]);
		assert_true(r.nr_segments >= 2 + nr_holes);
		golden_fill_holes(e, contents);
	}
	golden_records_free(&records);
	trfs_record_done(&r);
}

static struct trfs_feature bytes_feature(const char *key,
					 const struct trfs_bytes_value *values, size_t nr)
{
	return (struct trfs_feature){ .key = trfs_bytes_of(key),
				      .kind = TRFS_FEATURE_BYTES,
				      .nr_values = nr,
				      .bytes = values };
}

static void the_header_and_what_follows_are_one_segment(void **state)
{
	static const int64_t three = 3;
	struct trfs_bytes_value image = { .len = 1000, .hole = 7 };
	struct trfs_feature features[] = {
		bytes_feature("image", &image, 1),
		{ .key = trfs_bytes_of("label"),
		  .kind = TRFS_FEATURE_INT64,
		  .nr_values = 1,
		  .ints = &three },
	};
	struct trfs_record r;
	uint64_t data_len;

	(void)state;
	trfs_record_init(&r);
	assert_int_equal(trfs_record_layout(&r, features, 2), 0);
	assert_int_equal(r.nr_segments, 4);
	assert_int_equal(r.segments[0].kind, TRFS_SEGMENT_LITERAL);
	assert_int_equal(r.segments[1].kind, TRFS_SEGMENT_CONTENT);
	assert_int_equal(r.segments[1].hole, 7);
	assert_int_equal(r.segments[1].len, 1000);
	assert_int_equal(r.segments[2].kind, TRFS_SEGMENT_LITERAL);
	assert_int_equal(r.segments[3].kind, TRFS_SEGMENT_CHECKSUM);
	assert_int_equal(trfs_tfrecord_parse_header(r.segments[0].literal, &data_len), 0);
	assert_int_equal(data_len + TRFS_TFRECORD_FRAMING_SIZE, r.len);
	trfs_record_done(&r);
}

static void nothing_stands_between_a_last_hole_and_the_checksum(void **state)
{
	struct trfs_bytes_value image = { .len = 1000 };
	struct trfs_feature feature = bytes_feature("image", &image, 1);
	struct trfs_record r;

	(void)state;
	trfs_record_init(&r);
	assert_int_equal(trfs_record_layout(&r, &feature, 1), 0);
	assert_int_equal(r.nr_segments, 3);
	assert_int_equal(r.segments[2].kind, TRFS_SEGMENT_CHECKSUM);
	assert_int_equal(r.segments[2].offset, r.len - TRFS_TFRECORD_FOOTER_SIZE);
	trfs_record_done(&r);
}

static void an_empty_image_is_no_content(void **state)
{
	struct trfs_bytes_value image = { .len = 0, .hole = 7 };
	struct trfs_feature feature = bytes_feature("image", &image, 1);
	struct trfs_record r;

	(void)state;
	trfs_record_init(&r);
	assert_int_equal(trfs_record_layout(&r, &feature, 1), 0);
	assert_int_equal(r.nr_segments, 2);
	assert_int_equal(r.segments[0].kind, TRFS_SEGMENT_LITERAL);
	trfs_record_done(&r);
}

static void an_example_can_have_thousands_of_holes(void **state)
{
	enum { NR_HOLES = 5000 };
	static const uint8_t one[] = { 'x' };
	struct trfs_bytes_value values[NR_HOLES + 1];
	struct trfs_feature feature = bytes_feature("k", values, TRFS_COUNT(values));
	struct trfs_record r;

	(void)state;
	for (uint32_t i = 0; i < NR_HOLES; i++)
		values[i] = (struct trfs_bytes_value){ .len = 1, .hole = i };
	values[NR_HOLES] = (struct trfs_bytes_value){ .data = one, .len = 1 };
	trfs_record_init(&r);
	assert_int_equal(trfs_record_layout(&r, &feature, 1), 0);
	assert_int_equal(r.nr_segments, 2 * NR_HOLES + 2);
	for (uint32_t i = 0; i < NR_HOLES; i++)
		assert_int_equal(r.segments[2 * i + 1].hole, i);
	trfs_record_done(&r);
}

static void a_failed_layout_leaves_none_and_the_next_works(void **state)
{
	struct trfs_bytes_value image = { .len = 1000 };
	struct trfs_feature feature = bytes_feature("image", &image, 1);
	struct trfs_record r;

	(void)state;
	trfs_record_init(&r);
	assert_int_equal(trfs_record_layout(&r, &feature, 1), 0);
	image.len = TRFS_TFRECORD_MAX_DATA_SIZE;
	assert_int_equal(trfs_record_layout(&r, &feature, 1), -EMSGSIZE);
	assert_int_equal(r.len, 0);
	assert_int_equal(r.nr_segments, 0);
	image.len = 1000;
	assert_int_equal(trfs_record_layout(&r, &feature, 1), 0);
	assert_int_equal(r.nr_segments, 3);
	trfs_record_done(&r);
}

static void the_longest_record_is_laid_out_without_its_content(void **state)
{
	struct trfs_bytes_value image = { .len = TRFS_TFRECORD_MAX_DATA_SIZE - 100 };
	struct trfs_feature feature = bytes_feature("image", &image, 1);
	struct trfs_record r;

	(void)state;
	trfs_record_init(&r);
	assert_int_equal(trfs_record_layout(&r, &feature, 1), 0);
	image.len += TRFS_TFRECORD_MAX_DATA_SIZE + TRFS_TFRECORD_FRAMING_SIZE - r.len;
	assert_int_equal(trfs_record_layout(&r, &feature, 1), 0);
	assert_true(r.len == UINT64_C(0x7fffffff) + 16);
	assert_true(r.literal.len < 100);
	trfs_record_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_golden_record_is_byte_equal_with_and_without_holes),
		cmocka_unit_test(the_header_and_what_follows_are_one_segment),
		cmocka_unit_test(nothing_stands_between_a_last_hole_and_the_checksum),
		cmocka_unit_test(an_empty_image_is_no_content),
		cmocka_unit_test(an_example_can_have_thousands_of_holes),
		cmocka_unit_test(a_failed_layout_leaves_none_and_the_next_works),
		cmocka_unit_test(the_longest_record_is_laid_out_without_its_content),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
