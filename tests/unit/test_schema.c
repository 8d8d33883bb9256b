/* SPDX-License-Identifier: MIT */
/* Schemas: what is understood, in which order it comes out, and what refusals say. */
#include "dataset/schema_rule.h"

#include "scratch.h"
#include "small_catalog.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

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

static const struct trfs_catalog *catalog_of(void **state)
{
	return &((struct small_catalog *)*state)->catalog;
}

static void assert_contains(const char *message, const char *part)
{
	if (!strstr(message, part))
		fail_msg("\"%s\" does not say \"%s\"", message, part);
}

/* As trfs_schema_load() does with the text of a file "x.json". */
static int parse(const char *text, const struct trfs_catalog *catalog,
		 struct trfs_schema **ret, struct trfs_error *err)
{
	struct trfs_schema *schema = trfs_schema_new("x.json");
	int rc;

	assert_non_null(schema);
	trfs_buffer_put(&schema->text, text, strlen(text));
	rc = trfs_schema_parse(schema, err);
	if (rc == 0 && catalog)
		rc = trfs_schema_bind(schema, catalog, err);
	if (rc == 0)
		*ret = schema;
	else
		trfs_schema_free(schema);
	return rc;
}

/* Of a schema that is one feature "age", given as JSON. */
static int parse_feature(const char *feature, const struct trfs_catalog *catalog,
			 struct trfs_schema **ret, struct trfs_error *err)
{
	char text[1024];

	snprintf(text, sizeof(text), "{\"features\": {\"age\": %s}}", feature);
	return parse(text, catalog, ret, err);
}

static void every_builtin_schema_loads(void **state)
{
	(void)state;
	for (size_t i = 0; i < trfs_schema_nr_builtins(); i++) {
		const char *name = trfs_schema_builtin_name(i);
		struct trfs_error err = { 0 };
		struct trfs_schema *schema = NULL;

		assert_non_null(trfs_schema_builtin_text(name));
		assert_int_equal(
			trfs_schema_load(name, TRFS_MAP_ORDER_UPB, NULL, &schema, &err),
			0);
		assert_string_equal(trfs_schema_name(schema), name);
		assert_true(strlen(trfs_schema_description(schema)) > 0);
		assert_true(
			trfs_bytes_equal(trfs_schema_text(schema),
					 trfs_bytes_of(trfs_schema_builtin_text(name))));
		trfs_schema_free(schema);
	}
	assert_null(trfs_schema_builtin_text("nothing"));
}

static void features_come_in_the_map_order_that_was_asked_for(void **state)
{
	static const char *const upb[] = { "image_name", "image", "label" };
	static const char *const cpp[] = { "image", "image_name", "label" };
	struct trfs_schema *schema;

	(void)state;
	for (int order = TRFS_MAP_ORDER_UPB; order <= TRFS_MAP_ORDER_CPP; order++) {
		const char *const *keys = order == TRFS_MAP_ORDER_UPB ? upb : cpp;

		assert_int_equal(trfs_schema_load("simple", (enum trfs_map_order)order,
						  NULL, &schema, NULL),
				 0);
		assert_int_equal(trfs_schema_nr_features(schema), 3);
		for (size_t i = 0; i < 3; i++)
			assert_true(trfs_bytes_equal(trfs_schema_feature(schema, i).key,
						     trfs_bytes_of(keys[i])));
		trfs_schema_free(schema);
	}
}

/* Everything that trfs_schema_feature() tells of one feature. */
static void features_are_described(void **state)
{
	static const struct {
		const char *json;
		enum trfs_feature_kind kind;
		const char *from;
		bool optional;
		bool list;
		size_t nr_values;
	} cases[] = {
		{ "\"image.encoded\"", TRFS_FEATURE_BYTES, "image.encoded", false, false,
		  1 },
		{ "{\"from\": \"image.width\", \"type\": \"float\"}", TRFS_FEATURE_FLOAT,
		  "image.width", false, false, 1 },
		{ "\"label.id\"", TRFS_FEATURE_INT64, "label.id", false, true, 0 },
		{ "{\"value\": [1, 2, 3]}", TRFS_FEATURE_INT64, NULL, false, false, 3 },
		{ "{\"value\": 1.5}", TRFS_FEATURE_FLOAT, NULL, false, false, 1 },
		{ "{\"value\": [1, 1.5]}", TRFS_FEATURE_FLOAT, NULL, false, false, 2 },
		{ "{\"value\": \"RGB\"}", TRFS_FEATURE_BYTES, NULL, false, false, 1 },
		{ "{\"from\": \"column.age\", \"type\": \"int64\"}", TRFS_FEATURE_INT64,
		  "column.age", false, false, 1 },
		{ "{\"from\": \"column.tags\", \"type\": \"bytes\"}", TRFS_FEATURE_BYTES,
		  "column.tags", false, true, 0 },
		{ "{\"from\": \"column.label\", \"type\": \"bytes\"}", TRFS_FEATURE_BYTES,
		  "column.label", false, true, 0 },
		{ "{\"from\": \"column.file\", \"type\": \"bytes\"}", TRFS_FEATURE_BYTES,
		  "column.file", false, false, 1 },
		{ "{\"from\": \"column.age\", \"type\": \"int64\", \"missing\": -1}",
		  TRFS_FEATURE_INT64, "column.age", false, false, 1 },
		{ "{\"from\": \"column.age\", \"type\": \"int64\", \"missing\": "
		  "\"empty\"}",
		  TRFS_FEATURE_INT64, "column.age", false, true, 0 },
		{ "{\"from\": \"column.age\", \"type\": \"int64\", \"missing\": "
		  "\"absent\"}",
		  TRFS_FEATURE_INT64, "column.age", true, false, 1 },
		{ "{\"from\": \"column.age\", \"type\": \"int64\", \"missing\": "
		  "\"error\"}",
		  TRFS_FEATURE_INT64, "column.age", false, false, 1 },
	};

	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		struct trfs_error err = { 0 };
		struct trfs_schema *schema;
		struct trfs_schema_feature f;

		if (parse_feature(cases[i].json, catalog_of(state), &schema, &err) < 0)
			fail_msg("%s: %s", cases[i].json, err.message);
		f = trfs_schema_feature(schema, 0);
		assert_int_equal(f.kind, cases[i].kind);
		if (cases[i].from)
			assert_string_equal(f.from, cases[i].from);
		else
			assert_null(f.from);
		assert_int_equal(f.optional, cases[i].optional);
		assert_int_equal(f.list, cases[i].list);
		assert_int_equal(f.nr_values, cases[i].nr_values);
		trfs_schema_free(schema);
	}
}

static void a_schema_without_a_catalog_can_name_any_column(void **state)
{
	struct trfs_schema *schema;

	(void)state;
	assert_int_equal(
		parse_feature("{\"from\": \"column.anything\", \"type\": \"int64\"}",
			      NULL, &schema, NULL),
		0);
	trfs_schema_free(schema);
}

static void a_wrong_feature_is_refused_with_what_to_type(void **state)
{
	static const struct {
		const char *json;
		const char *says;
	} cases[] = {
		{ "3", "must be the name of a source or an object" },
		{ "null", "must be the name of a source or an object" },
		{ "{}", "needs one of \"from\"" },
		{ "{\"from\": \"image.size\", \"value\": 1}", "needs one of \"from\"" },
		{ "{\"form\": \"image.size\"}",
		  "unknown member \"form\" (did you mean \"from\"?)" },
		{ "{\"from\": 3}", "\"from\" must be the name of a source" },
		{ "\"image.encodde\"",
		  "unknown source \"image.encodde\" (did you mean \"image.encoded\"?)" },
		{ "\"column.age\"", "{\"from\": \"column.age\", \"type\": \"bytes\"}" },
		{ "{\"from\": \"column.agee\", \"type\": \"int64\"}",
		  "no column \"agee\" (did you mean \"age\"?) (columns: file, label, "
		  "age, "
		  "score, tags, count, note, patient)" },
		{ "{\"from\": \"column.\", \"type\": \"int64\"}", "no column \"\"" },
		{ "{\"from\": \"column.age\", \"type\": \"itn64\"}",
		  "unknown type \"itn64\" (did you mean \"int64\"?)" },
		{ "{\"from\": \"column.age\", \"type\": 64}", "\"type\" must be a text" },
		{ "{\"from\": \"image.encoded\", \"type\": \"int64\"}",
		  "image.encoded is content" },
		{ "{\"from\": \"image.size\", \"add\": 1.5}",
		  "\"add\" must be an integer" },
		{ "{\"from\": \"image.size\", \"add\": 1, \"type\": \"float\"}",
		  "\"add\" goes with type \"int64\" only, and this is float" },
		{ "{\"from\": \"file.name\", \"add\": 1}",
		  "\"add\" goes with type \"int64\" only, and this is bytes" },
		{ "{\"from\": \"column.age\", \"type\": \"int64\", \"missing\": \"x\"}",
		  "\"missing\" holds \"x\", which is no int64" },
		{ "{\"from\": \"column.age\", \"type\": \"int64\", \"missing\": null}",
		  "\"missing\" must be a text, a number or a list of them" },
		{ "{\"from\": \"image.size\", \"when\": true}",
		  "\"when\" must be an option's name" },
		{ "{\"from\": \"image.size\", \"when\": \"include-mask\"}",
		  "there is no option \"include-mask\" (did you mean "
		  "\"include-masks\"?)" },
		{ "{\"from\": \"image.size\", \"when\": \"seed\"}",
		  "--seed, which always has a value" },
		{ "{\"value\": true}", "\"value\" must be a text, a number or a list" },
		{ "{\"value\": [[1]]}", "\"value\" must be a text, a number or a list" },
		{ "{\"value\": []}", "an empty list needs a \"type\"" },
		{ "{\"value\": [1, \"a\"]}", "mixes text and other values" },
		{ "{\"value\": 1.5, \"type\": \"int64\"}",
		  "\"value\" holds 1.5, which is no int64" },
		{ "{\"value\": 1e300, \"type\": \"float\"}", "which is no float" },
		{ "{\"value\": 1, \"add\": 1}", "go with \"from\"" },
		{ "{\"value\": 1, \"missing\": 1}", "go with \"from\"" },
		{ "{\"value\": 1, \"type\": \"text\"}", "unknown type \"text\"" },
	};

	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		struct trfs_error err = { 0 };
		struct trfs_schema *schema = NULL;
		int rc = parse_feature(cases[i].json, catalog_of(state), &schema, &err);

		if (rc != -EINVAL)
			fail_msg("%s: %d", cases[i].json, rc);
		assert_contains(err.message, "schema x.json: feature \"age\": ");
		assert_contains(err.message, cases[i].says);
		assert_null(schema);
	}
}

static void a_wrong_schema_is_refused_with_what_to_type(void **state)
{
	static const struct {
		const char *json;
		const char *says;
	} cases[] = {
		{ "", "x.json:1:0: " },
		{ "{\n  \"features\": {\n    \"a\": }", "x.json:3:10: " },
		{ "{\"features\": {\"a\": \"image.size\",\n \"a\": \"image.size\"}}",
		  "x.json:2:4: duplicate object key" },
		{ "{\"features\": {\"a\": \"\xff\"}}", "x.json:1:" },
		{ "{\"features\": {\"a\": \"image.size\"}} x", "x.json:1:" },
		{ "[]", "schema x.json: must be an object" },
		{ "{}", "schema x.json: \"features\" must be an object" },
		{ "{\"features\": {}}", "\"features\" must be an object with at least" },
		{ "{\"features\": []}", "\"features\" must be an object with at least" },
		{ "{\"feature\": {}}",
		  "unknown member \"feature\" (did you mean \"features\"?)" },
		{ "{\"name\": 3, \"features\": {}}", "\"name\" must be a text" },
		{ "{\"description\": 3, \"features\": {}}",
		  "\"description\" must be a text" },
		{ "{\"features\": {\"\": \"image.size\"}}", "a feature's key is empty" },
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		struct trfs_error err = { 0 };
		struct trfs_schema *schema = NULL;

		if (parse(cases[i].json, NULL, &schema, &err) != -EINVAL)
			fail_msg("%s is not refused", cases[i].json);
		assert_contains(err.message, cases[i].says);
	}
}

/* @nr features of one source. */
static int parse_many(size_t nr, const char *source, struct trfs_error *err)
{
	struct trfs_schema *schema = NULL;
	struct trfs_buffer text;
	int rc;

	trfs_buffer_init(&text, 1u << 20);
	trfs_buffer_printf(&text, "{\"features\": {");
	for (size_t i = 0; i < nr; i++)
		trfs_buffer_printf(&text, "%s\"key %zu\": \"%s\"", i ? "," : "", i,
				   source);
	trfs_buffer_printf(&text, "}}");
	rc = parse(trfs_buffer_text(&text), NULL, &schema, err);
	if (rc == 0)
		assert_int_equal(trfs_schema_nr_features(schema), nr);
	trfs_schema_free(schema);
	trfs_buffer_done(&text);
	return rc;
}

static void there_is_a_limit_to_features(void **state)
{
	struct trfs_error err = { 0 };

	(void)state;
	assert_int_equal(parse_many(256, "image.size", &err), 0);
	assert_int_equal(parse_many(257, "image.size", &err), -EINVAL);
	assert_string_equal(err.message,
			    "schema x.json: 257 features; at most 256 are allowed");
}

static void labels_need_a_label_column(void **state)
{
	struct trfs_catalog unlabelled = *catalog_of(state);
	struct trfs_error err = { 0 };
	struct trfs_schema *schema = NULL;

	unlabelled.label_column = TRFS_NO_COLUMN;
	assert_int_equal(
		trfs_schema_load("slim", TRFS_MAP_ORDER_UPB, &unlabelled, &schema, &err),
		-EINVAL);
	assert_string_equal(
		err.message,
		"schema slim wants labels, but labels.csv names no label column: name it "
		"with --label-column (columns: file, label, age, score, tags, count, "
		"note, patient)");
	assert_int_equal(parse_feature("\"file.name\"", &unlabelled, &schema, &err), 0);
	trfs_schema_free(schema);
}

static void an_unknown_name_brings_the_nearest_builtin(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_schema *schema = NULL;

	(void)state;
	assert_int_equal(
		trfs_schema_load("slmi", TRFS_MAP_ORDER_UPB, NULL, &schema, &err),
		-EINVAL);
	assert_contains(err.message,
			"there is no schema \"slmi\" (did you mean \"slim\"?): name a "
			"built-in one (slim, simple, ");
}

static void a_schema_file_is_read_and_named_in_messages(void **state)
{
	struct trfs_error err = { 0 };
	struct trfs_schema *schema = NULL;

	(void)state;
	scratch_write("mine.json", "\xef\xbb\xbf{\"features\": {\"a\": \"image.size\"}}");
	assert_int_equal(
		trfs_schema_load("mine.json", TRFS_MAP_ORDER_UPB, NULL, &schema, &err),
		0);
	assert_string_equal(trfs_schema_name(schema), "mine.json");
	assert_string_equal(trfs_schema_description(schema), "");
	assert_int_equal(trfs_schema_nr_features(schema), 1);
	schema = trfs_schema_free(schema);

	scratch_write("slim", "{\n\"features\": 1,}");
	assert_int_equal(
		trfs_schema_load("./slim", TRFS_MAP_ORDER_UPB, NULL, &schema, &err),
		-EINVAL);
	assert_contains(err.message, "./slim:2:");
	assert_int_equal(
		trfs_schema_load("none.json", TRFS_MAP_ORDER_UPB, NULL, &schema, &err),
		-ENOENT);
	assert_contains(err.message, "none.json");
}

static void every_source_is_found_by_its_own_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < trfs_feature_source_table_len; i++) {
		const struct trfs_feature_source *source = &trfs_feature_source_table[i];
		const char *column = NULL;

		assert_ptr_equal(trfs_feature_source_find(source->name, &column), source);
		assert_string_equal(column,
				    source->traits & TRFS_SOURCE_COLUMN ? "NAME" : "");
		assert_non_null(source->give);
		assert_true(strlen(source->description) > 0);
	}
}

#define TEST(t)	  cmocka_unit_test_setup_teardown(t, setup, teardown)
#define IN_DIR(t) cmocka_unit_test_setup_teardown(t, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_builtin_schema_loads),
		TEST(features_come_in_the_map_order_that_was_asked_for),
		TEST(features_are_described),
		TEST(a_schema_without_a_catalog_can_name_any_column),
		TEST(a_wrong_feature_is_refused_with_what_to_type),
		TEST(a_wrong_schema_is_refused_with_what_to_type),
		TEST(there_is_a_limit_to_features),
		TEST(labels_need_a_label_column),
		TEST(an_unknown_name_brings_the_nearest_builtin),
		IN_DIR(a_schema_file_is_read_and_named_in_messages),
		TEST(every_source_is_found_by_its_own_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
