/* SPDX-License-Identifier: MIT */
/*
 * Values out of JSON.  They go the same way as those of a manifest's cells, so that a
 * constant and a cell which look alike become the same bytes.
 */
#include "dataset/schema_constant.h"

#include "base/error.h"

#include <errno.h>
#include <jansson.h>

/* One value stands for a list of one. */
static size_t nr_values_of(const json_t *json)
{
	return json_is_array(json) ? json_array_size(json) : 1;
}

static const json_t *value_of(const json_t *json, size_t i)
{
	return json_is_array(json) ? json_array_get(json, i) : json;
}

int trfs_schema_constant_kind(const json_t *json, enum trfs_feature_kind *ret,
			      struct trfs_error *err)
{
	size_t nr = nr_values_of(json);
	size_t nr_texts = 0, nr_reals = 0;

	for (size_t i = 0; i < nr; i++) {
		nr_texts += json_is_string(value_of(json, i));
		nr_reals += json_is_real(value_of(json, i));
	}
	if (nr == 0)
		return trfs_fail(err, -EINVAL,
				 "an empty list needs a \"type\": \"bytes\", \"int64\" "
				 "or \"float\"");
	if (nr_texts > 0 && nr_texts < nr)
		return trfs_fail(err, -EINVAL,
				 "\"value\" mixes text and other values: give it a "
				 "\"type\", or make all of them text");
	if (nr_texts > 0)
		*ret = TRFS_FEATURE_BYTES;
	else
		*ret = nr_reals > 0 ? TRFS_FEATURE_FLOAT : TRFS_FEATURE_INT64;
	return 0;
}

/* Text is copied, since the JSON is freed. */
static int give(struct trfs_feature_values *memory, const char *member,
		const json_t *json, struct trfs_error *err)
{
	struct trfs_value value;

	if (json_is_string(json)) {
		struct trfs_bytes text = { (const uint8_t *)json_string_value(json),
					   json_string_length(json) };

		value.kind = TRFS_VALUE_TEXT;
		value.text = trfs_value_arena_copy(&memory->arena, text);
		if (!value.text.data)
			return trfs_fail_memory(err, "a schema");
	} else if (json_is_integer(json)) {
		value.kind = TRFS_VALUE_INTEGER;
		value.integer = json_integer_value(json);
	} else if (json_is_real(json)) {
		value.kind = TRFS_VALUE_REAL;
		value.real = json_real_value(json);
	} else {
		return trfs_fail(err, -EINVAL,
				 "\"%s\" must be a text, a number or a list of them",
				 member);
	}
	trfs_feature_values_give_value(memory, &value);
	return 0;
}

int trfs_schema_constant(struct trfs_feature_values *memory, const char *member,
			 const json_t *json, struct trfs_feature *feature,
			 struct trfs_error *err)
{
	size_t nr = nr_values_of(json);
	char misfit[256];
	int rc;

	trfs_feature_values_begin(memory);
	for (size_t i = 0; i < nr; i++) {
		rc = give(memory, member, value_of(json, i), err);
		if (rc < 0)
			return rc;
	}
	rc = trfs_feature_values_convert(memory, 0, feature);
	if (rc == -EBADMSG)
		return trfs_fail(err, -EINVAL, "\"%s\" %s", member,
				 trfs_feature_values_describe_misfit(
					 memory, feature->kind, misfit, sizeof(misfit)));
	if (rc < 0)
		return trfs_fail_memory(err, "a schema");
	return 0;
}
