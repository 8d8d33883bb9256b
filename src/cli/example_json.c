/* SPDX-License-Identifier: MIT */
/* One object a feature; a value that could not be made ends it all as want of memory. */
#include "cli/example_json.h"

#include "base/error.h"
#include "cli/example_print.h"
#include "cli/json_output.h"
#include "dataset/feature_values.h"
#include "wire/tf_example_read.h"

#include <math.h>
#include <stdlib.h>

static json_t *float_json(float value)
{
	char text[32];

	if (isnan(value))
		return json_string("NaN");
	if (isinf(value))
		return json_string(value > 0 ? "Infinity" : "-Infinity");
	return json_real(strtod(trfs_float_text(value, text), NULL));
}

/* 1 and the next value, 0 behind the last, -EBADMSG. */
static int next_value(struct trfs_value_reader *r, json_t **ret)
{
	struct trfs_bytes bytes;
	int64_t integer;
	float number;
	int rc = 0;

	switch (r->kind) {
	case TRFS_FEATURE_BYTES:
		rc = trfs_value_reader_bytes(r, &bytes);
		if (rc > 0)
			*ret = trfs_json_bytes(bytes);
		break;
	case TRFS_FEATURE_FLOAT:
		rc = trfs_value_reader_float(r, &number);
		if (rc > 0)
			*ret = float_json(number);
		break;
	case TRFS_FEATURE_INT64:
		rc = trfs_value_reader_int64(r, &integer);
		if (rc > 0)
			*ret = json_integer(integer);
		break;
	default:
		break;
	}
	return rc;
}

static int add_feature(json_t *features, const struct trfs_feature_view *feature,
		       struct trfs_error *err)
{
	json_t *values = json_array();
	struct trfs_value_reader r;
	json_t *value = NULL;
	json_t *kind;
	int rc;

	trfs_value_reader_init(&r, feature);
	while ((rc = next_value(&r, &value)) > 0) {
		if (json_array_append_new(values, value) < 0)
			break;
	}
	if (rc < 0) {
		json_decref(values);
		return trfs_fail(err, rc, "not a tf.train.Example: a list is damaged");
	}
	kind = feature->kind ? json_string(trfs_feature_kind_name(
				       (enum trfs_feature_kind)feature->kind))
			     : json_null();
	if (rc > 0) {
		json_decref(values);
		values = NULL;
	}
	if (json_object_setn_new_nocheck(
		    features, (const char *)feature->key.data, feature->key.len,
		    json_pack("{s:o, s:o}", "kind", kind, "values", values)) < 0)
		return trfs_fail_memory(err, "the JSON of a record");
	return 0;
}

int trfs_example_json(struct trfs_bytes data, json_t **ret, struct trfs_error *err)
{
	json_t *features = json_object();
	struct trfs_example_reader r;
	struct trfs_feature_view feature;
	int rc;

	trfs_example_reader_init(&r, data);
	while ((rc = trfs_example_reader_next(&r, &feature, err)) > 0) {
		rc = add_feature(features, &feature, err);
		if (rc < 0)
			break;
	}
	if (rc < 0) {
		json_decref(features);
		return rc;
	}
	*ret = features;
	return 0;
}
