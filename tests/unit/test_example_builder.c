/* SPDX-License-Identifier: MIT */
/* Records laid out by schemas, against those that TensorFlow wrote from the same data. */
#include "dataset/schema_rule.h"

#include "base/crc32c.h"
#include "golden.h"
#include "small_catalog.h"
#include "wire/tf_example_read.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define WHOLE_MAX 4096

static int setup(void **state)
{
	*state = small_catalog_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	small_catalog_free(*state);
	return 0;
}

/* The bytes of a record, its contents filled in. */
static size_t assemble(const struct trfs_record *r, uint64_t example,
		       uint8_t whole[WHOLE_MAX])
{
	size_t len = 0;

	assert_true(r->len <= WHOLE_MAX);
	for (size_t i = 0; i < r->nr_segments; i++) {
		const struct trfs_segment *s = &r->segments[i];

		assert_int_equal(s->offset, len);
		switch (s->kind) {
		case TRFS_SEGMENT_LITERAL:
			memcpy(whole + len, s->literal, s->len);
			break;
		case TRFS_SEGMENT_CONTENT:
			assert_int_equal(s->hole, TRFS_CONTENT_IMAGE);
			for (size_t k = 0; k < s->len; k++)
				whole[len + k] = small_image_byte(example, k);
			break;
		case TRFS_SEGMENT_CHECKSUM:
			trfs_tfrecord_footer(trfs_crc32c(0, whole + 12, len - 12),
					     whole + len);
			break;
		}
		len += s->len;
	}
	assert_int_equal(len, r->len);
	return len;
}

static void assert_records_are(const struct trfs_catalog *catalog,
			       const char *schema_name, const char *golden_name)
{
	static uint8_t whole[WHOLE_MAX];
	struct trfs_example_builder b;
	struct golden_records golden;
	struct trfs_error err = { 0 };
	struct trfs_schema *schema;

	golden_records_load(&golden, golden_name);
	assert_int_equal(golden.nr, SMALL_NR_EXAMPLES);
	if (trfs_schema_load(schema_name, TRFS_MAP_ORDER_UPB, catalog, &schema, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(trfs_example_builder_init(&b, schema, catalog), 0);

	/* Twice, and backwards the second time: nothing is left over from the last one.
	 */
	for (uint64_t i = 0; i < 2 * SMALL_NR_EXAMPLES; i++) {
		uint64_t example =
			i < SMALL_NR_EXAMPLES ? i : 2 * SMALL_NR_EXAMPLES - 1 - i;
		struct trfs_bytes want = golden.framed[example];

		if (trfs_example_builder_layout(&b, example, 0, &err) < 0)
			fail_msg("%s", err.message);
		assert_int_equal(b.record.len, want.len);
		assemble(&b.record, example, whole);
		assert_memory_equal(whole, want.data, want.len);
	}
	trfs_example_builder_done(&b);
	trfs_schema_free(schema);
	golden_records_free(&golden);
}

static void slim_records_are_tensorflows(void **state)
{
	assert_records_are(&((struct small_catalog *)*state)->catalog, "slim",
			   "schema_slim.bin");
}

static void simple_records_are_tensorflows(void **state)
{
	assert_records_are(&((struct small_catalog *)*state)->catalog, "simple",
			   "schema_simple.bin");
}

static void records_of_columns_and_constants_are_tensorflows(void **state)
{
	assert_records_are(&((struct small_catalog *)*state)->catalog,
			   "tests/data/golden/schema_columns.json", "schema_columns.bin");
}

/* The builder of a schema whose one feature is "age", given as JSON. */
static void open_feature(struct trfs_example_builder *b, const char *feature,
			 const struct trfs_catalog *catalog)
{
	struct trfs_schema *schema = trfs_schema_new("x.json");
	struct trfs_error err = { 0 };

	assert_non_null(schema);
	trfs_buffer_printf(&schema->text, "{\"features\": {\"age\": %s}}", feature);
	if (trfs_schema_parse(schema, &err) < 0 ||
	    trfs_schema_bind(schema, catalog, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(trfs_example_builder_init(b, schema, catalog), 0);
}

static void close_feature(struct trfs_example_builder *b)
{
	trfs_schema_free((struct trfs_schema *)b->schema);
	trfs_example_builder_done(b);
	trfs_example_builder_done(b);
}

/* The record's one feature; false when it has none. */
static bool only_feature(const struct trfs_record *r, struct trfs_feature_view *ret)
{
	struct trfs_bytes example = { r->segments[0].literal + 12,
				      r->segments[0].len - 12 };
	struct trfs_example_reader reader;

	trfs_example_reader_init(&reader, example);
	return trfs_example_reader_next(&reader, ret, NULL) == 1;
}

static struct trfs_value text_value(const char *text)
{
	return (struct trfs_value){ .kind = TRFS_VALUE_TEXT,
				    .text = trfs_bytes_of(text) };
}

static struct trfs_value real_value(double real)
{
	return (struct trfs_value){ .kind = TRFS_VALUE_REAL, .real = real };
}

static struct trfs_value integer_value(int64_t integer)
{
	return (struct trfs_value){ .kind = TRFS_VALUE_INTEGER, .integer = integer };
}

/* Lay out example 0 with this cell in column age: the layout's return code. */
static int layout_cell(struct small_catalog *c, struct trfs_example_builder *b,
		       struct trfs_value value, struct trfs_error *err)
{
	small_catalog_set(c, SMALL_AGE, 0, &value, 1);
	return trfs_example_builder_layout(b, 0, 0, err);
}

static void int64_cells_are_whole_numbers_or_refused(void **state)
{
	const struct {
		struct trfs_value cell;
		bool fits;
		int64_t want;
	} cases[] = {
		{ text_value("0"), true, 0 },
		{ text_value("-12"), true, -12 },
		{ text_value("007"), true, 7 },
		{ text_value("9223372036854775807"), true, INT64_MAX },
		{ text_value("-9223372036854775808"), true, INT64_MIN },
		{ text_value("9223372036854775808"), false, 0 },
		{ text_value("n/a"), false, 0 },
		{ text_value("1.0"), false, 0 },
		{ text_value(" 1"), false, 0 },
		{ text_value("1 "), false, 0 },
		{ text_value("0x10"), false, 0 },
		{ text_value("-"), false, 0 },
		{ text_value(""), false, 0 },
		{ integer_value(INT64_MIN), true, INT64_MIN },
		{ real_value(3), true, 3 },
		{ real_value(-0.0), true, 0 },
		{ real_value(1.5), false, 0 },
		{ real_value(-0x1p63), true, INT64_MIN },
		{ real_value(0x1p63), false, 0 },
		{ real_value(0x1.fffffffffffffp62), true, 9223372036854774784 },
		{ real_value(NAN), false, 0 },
		{ real_value(INFINITY), false, 0 },
	};
	struct trfs_example_builder b;

	open_feature(&b, "{\"from\": \"column.age\", \"type\": \"int64\"}",
		     &((struct small_catalog *)*state)->catalog);
	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		struct trfs_error err = { 0 };
		struct trfs_feature_view f;
		struct trfs_value_reader values;
		int64_t got;
		int rc = layout_cell(*state, &b, cases[i].cell, &err);

		if (rc != (cases[i].fits ? 0 : -EBADMSG))
			fail_msg("case %zu: %d %s", i, rc, err.message);
		if (!cases[i].fits)
			continue;
		assert_true(only_feature(&b.record, &f));
		trfs_value_reader_init(&values, &f);
		assert_int_equal(trfs_value_reader_int64(&values, &got), 1);
		assert_int_equal(got, cases[i].want);
	}
	close_feature(&b);
}

static void float_cells_are_the_nearest_float32_or_refused(void **state)
{
	const struct {
		struct trfs_value cell;
		bool fits;
		float want;
	} cases[] = {
		{ text_value("0.1"), true, 0.1F },
		{ text_value("-.5"), true, -0.5F },
		{ text_value("5."), true, 5.0F },
		{ text_value("+1e-3"), true, 1e-3F },
		{ text_value("1E2"), true, 100.0F },
		{ text_value("16777217"), true, 16777216.0F },
		{ text_value("16777219"), true, 16777220.0F },
		{ text_value("1e-60"), true, 0.0F },
		{ text_value("3.4028235e38"), true, 3.40282347e+38F },
		{ text_value("3.4028236e38"), false, 0 },
		{ text_value("1e999"), false, 0 },
		{ text_value("nan"), false, 0 },
		{ text_value("inf"), false, 0 },
		{ text_value("0x1p3"), false, 0 },
		{ text_value("1,5"), false, 0 },
		{ text_value("1e"), false, 0 },
		{ text_value("."), false, 0 },
		{ text_value("e1"), false, 0 },
		{ text_value(" 1"), false, 0 },
		{ text_value("1 "), false, 0 },
		{ text_value(""), false, 0 },
		/* Python rounds twice, by way of a double, and so TensorFlow does. */
		{ integer_value((1LL << 60) + (1LL << 36) + 1), true, 0x1p60F },
		{ integer_value(INT64_MAX), true, 0x1p63F },
		{ real_value(1.0000000596046448), true, 1.0F },
		{ real_value(1e39), false, 0 },
		{ real_value(INFINITY), true, INFINITY },
	};
	struct trfs_example_builder b;

	open_feature(&b, "{\"from\": \"column.age\", \"type\": \"float\"}",
		     &((struct small_catalog *)*state)->catalog);
	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		struct trfs_error err = { 0 };
		struct trfs_feature_view f;
		struct trfs_value_reader values;
		float got;
		int rc = layout_cell(*state, &b, cases[i].cell, &err);

		if (rc != (cases[i].fits ? 0 : -EBADMSG))
			fail_msg("case %zu: %d %s", i, rc, err.message);
		if (!cases[i].fits)
			continue;
		assert_true(only_feature(&b.record, &f));
		trfs_value_reader_init(&values, &f);
		assert_int_equal(trfs_value_reader_float(&values, &got), 1);
		assert_memory_equal(&got, &cases[i].want, sizeof(got));
	}
	close_feature(&b);
}

static void a_cell_that_does_not_fit_is_named(void **state)
{
	struct small_catalog *c = *state;
	struct trfs_example_builder b;
	struct trfs_error err = { 0 };

	open_feature(&b, "{\"from\": \"column.age\", \"type\": \"int64\"}", &c->catalog);
	assert_int_equal(trfs_example_builder_layout(&b, 1, 0, &err), -EBADMSG);
	assert_string_equal(
		err.message,
		"dog/a.b.png: column age holds \"n/a\", which is no int64; mend the "
		"manifest (an empty cell can have a \"missing\" value), or give the "
		"feature another \"type\" (schema x.json, feature \"age\")");
	assert_int_equal(trfs_example_builder_layout(&b, 2, 0, &err), -EBADMSG);
	assert_string_equal(
		err.message,
		"2.gif: column age is empty; mend the manifest, or give the feature a "
		"\"missing\": \"absent\", \"empty\" or a value (schema x.json, feature "
		"\"age\")");
	/* A failure does not spoil the builder. */
	assert_int_equal(trfs_example_builder_layout(&b, 0, 0, &err), 0);
	assert_int_equal(trfs_example_builder_layout(&b, 1, 0, NULL), -EBADMSG);
	close_feature(&b);
}

static void adding_beyond_int64_is_refused(void **state)
{
	struct small_catalog *c = *state;
	struct trfs_example_builder b;
	struct trfs_error err = { 0 };

	open_feature(&b, "{\"from\": \"column.count\", \"type\": \"int64\", \"add\": 1}",
		     &c->catalog);
	assert_int_equal(trfs_example_builder_layout(&b, 0, 0, &err), 0);
	assert_int_equal(trfs_example_builder_layout(&b, 2, 0, &err), -EBADMSG);
	assert_non_null(strstr(err.message, "holds 9223372036854775807, which with "
					    "\"add\" is beyond int64"));
	close_feature(&b);
}

static void an_absent_feature_leaves_an_empty_example(void **state)
{
	struct small_catalog *c = *state;
	struct trfs_example_builder b;
	struct trfs_feature_view f;

	open_feature(&b,
		     "{\"from\": \"column.age\", \"type\": \"bytes\", "
		     "\"missing\": \"absent\"}",
		     &c->catalog);
	assert_int_equal(trfs_example_builder_layout(&b, 2, 0, NULL), 0);
	assert_false(only_feature(&b.record, &f));
	assert_int_equal(trfs_example_builder_layout(&b, 0, 0, NULL), 0);
	assert_true(only_feature(&b.record, &f));
	close_feature(&b);
}

static void long_lists_are_kept_whole(void **state)
{
	enum { NR = 5000 };
	static struct trfs_value values[NR];
	struct small_catalog *c = *state;
	struct trfs_example_builder b;
	struct trfs_feature_view f;
	struct trfs_value_reader reader;
	struct trfs_bytes got;
	char want[16];

	for (int i = 0; i < NR; i++)
		values[i] = integer_value(i);
	small_catalog_set(c, SMALL_COUNT, 0, values, NR);
	open_feature(&b, "{\"from\": \"column.count\", \"type\": \"bytes\"}",
		     &c->catalog);
	for (int turn = 0; turn < 3; turn++) {
		assert_int_equal(trfs_example_builder_layout(&b, 0, 0, NULL), 0);
		assert_true(only_feature(&b.record, &f));
		trfs_value_reader_init(&reader, &f);
		for (int i = 0; i < NR; i++) {
			snprintf(want, sizeof(want), "%d", i);
			assert_int_equal(trfs_value_reader_bytes(&reader, &got), 1);
			assert_true(trfs_bytes_equal(got, trfs_bytes_of(want)));
		}
		assert_int_equal(trfs_value_reader_bytes(&reader, &got), 0);
	}
	close_feature(&b);
}

static void a_record_that_protobuf_cannot_parse_is_refused(void **state)
{
	struct small_catalog *c = *state;
	struct trfs_example_builder b;
	struct trfs_error err = { 0 };

	open_feature(&b, "\"image.encoded\"", &c->catalog);
	c->examples[0].size = 0x7fffffff;
	assert_int_equal(trfs_example_builder_layout(&b, 0, 0, &err), -EBADMSG);
	assert_non_null(strstr(err.message, "cat/1.jpg: its record would exceed"));
	c->examples[0].size = 0x7fffffff - 40;
	assert_int_equal(trfs_example_builder_layout(&b, 0, 0, &err), 0);
	close_feature(&b);
}

static void a_class_that_does_not_exist_is_refused(void **state)
{
	struct small_catalog *c = *state;
	struct trfs_example_builder b;
	struct trfs_error err = { 0 };

	c->catalog.class_names.nr = 1;
	open_feature(&b, "\"label.text\"", &c->catalog);
	assert_int_equal(trfs_example_builder_layout(&b, 0, 0, &err), 0);
	assert_int_equal(trfs_example_builder_layout(&b, 1, 0, &err), -EBADMSG);
	assert_non_null(strstr(err.message, "dog/a.b.png: the catalog contradicts"));
	close_feature(&b);
}

static void a_schema_that_was_not_bound_builds_nothing(void **state)
{
	struct small_catalog *c = *state;
	struct trfs_example_builder b;
	struct trfs_schema *schema;

	assert_int_equal(trfs_schema_load("tests/data/golden/schema_columns.json",
					  TRFS_MAP_ORDER_UPB, NULL, &schema, NULL),
			 0);
	assert_int_equal(trfs_example_builder_init(&b, schema, &c->catalog), -EINVAL);
	trfs_schema_free(schema);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(slim_records_are_tensorflows),
		TEST(simple_records_are_tensorflows),
		TEST(records_of_columns_and_constants_are_tensorflows),
		TEST(int64_cells_are_whole_numbers_or_refused),
		TEST(float_cells_are_the_nearest_float32_or_refused),
		TEST(a_cell_that_does_not_fit_is_named),
		TEST(adding_beyond_int64_is_refused),
		TEST(an_absent_feature_leaves_an_empty_example),
		TEST(long_lists_are_kept_whole),
		TEST(a_record_that_protobuf_cannot_parse_is_refused),
		TEST(a_class_that_does_not_exist_is_refused),
		TEST(a_schema_that_was_not_bound_builds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
