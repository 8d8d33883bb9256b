/* SPDX-License-Identifier: MIT */
/*
 * The features of a record as JSON: {"image/height": {"kind": "int64", "values": [375]}}.
 * Texts stand as they are; of other bytes, the image above all, the length is told.
 */
#include "stream/side_record.h"

#include "dataset/feature_values.h"
#include "wire/tf_example_read.h"

#include <inttypes.h>
#include <math.h>

/* Longer texts are told by their length, too. */
#define TEXT_MAX 4096u

static void put_bytes(struct trfs_buffer *out, struct trfs_bytes bytes)
{
	if (bytes.len > TEXT_MAX || !trfs_utf8_valid(bytes)) {
		trfs_buffer_printf(out, "{\"bytes\": %zu}", bytes.len);
		return;
	}
	trfs_side_put_json_text(out, bytes);
}

/* JSON has no words for what is no number; nine digits bring a float32 back. */
static void put_float(struct trfs_buffer *out, float value)
{
	if (isnan(value))
		trfs_buffer_printf(out, "\"NaN\"");
	else if (isinf(value))
		trfs_buffer_printf(out, value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
	else
		trfs_buffer_printf(out, "%.9g", (double)value);
}

/* 1 and the value is there, 0 behind the last, -EBADMSG. */
static int put_value(struct trfs_buffer *out, struct trfs_value_reader *r,
		     const char *before)
{
	struct trfs_bytes bytes;
	int64_t integer;
	float number;
	int rc = 0;

	if (r->kind == TRFS_FEATURE_BYTES)
		rc = trfs_value_reader_bytes(r, &bytes);
	else if (r->kind == TRFS_FEATURE_FLOAT)
		rc = trfs_value_reader_float(r, &number);
	else if (r->kind == TRFS_FEATURE_INT64)
		rc = trfs_value_reader_int64(r, &integer);
	if (rc <= 0)
		return rc;
	trfs_buffer_printf(out, "%s", before);
	if (r->kind == TRFS_FEATURE_BYTES)
		put_bytes(out, bytes);
	else if (r->kind == TRFS_FEATURE_FLOAT)
		put_float(out, number);
	else
		trfs_buffer_printf(out, "%" PRId64, integer);
	return 1;
}

static int put_feature(struct trfs_buffer *out, const struct trfs_feature_view *feature)
{
	const char *kind =
		feature->kind
			? trfs_feature_kind_name((enum trfs_feature_kind)feature->kind)
			: NULL;
	struct trfs_value_reader r;
	const char *before = "";
	int rc;

	trfs_buffer_printf(out, "  \"");
	trfs_side_put_json(out, feature->key);
	trfs_buffer_printf(out, "\": {\"kind\": %s%s%s, \"values\": [", kind ? "\"" : "",
			   kind ? kind : "null", kind ? "\"" : "");
	trfs_value_reader_init(&r, feature);
	while ((rc = put_value(out, &r, before)) > 0)
		before = ", ";
	trfs_buffer_printf(out, "]}");
	return rc;
}

int trfs_side_put_example(struct trfs_buffer *out, struct trfs_bytes data,
			  struct trfs_error *err)
{
	struct trfs_example_reader r;
	struct trfs_feature_view feature;
	const char *before = "{\n";
	int rc;

	trfs_example_reader_init(&r, data);
	while ((rc = trfs_example_reader_next(&r, &feature, err)) > 0) {
		trfs_buffer_printf(out, "%s", before);
		rc = put_feature(out, &feature);
		if (rc < 0)
			return rc;
		before = ",\n";
	}
	trfs_buffer_printf(out, "%s\n}\n", *before == '{' ? "{" : "");
	return rc;
}
