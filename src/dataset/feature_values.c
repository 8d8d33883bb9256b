/* SPDX-License-Identifier: MIT */
/*
 * Turning given values into the list of a feature, in memory that is used again.  The
 * numbers come out as a converter's Python would write them: text and integers pass
 * through a double on their way to a float32.
 */
#include "dataset/feature_number.h"
#include "dataset/feature_values.h"

#include "base/number.h"
#include "dataset/cell.h"
#include "manifest/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define NR_GIVEN_MIN 8

int trfs_feature_values_init(struct trfs_feature_values *v, size_t nr_features)
{
	*v = (struct trfs_feature_values){ .nr_given = 0 };
	trfs_buffer_init(&v->scratch, SIZE_MAX / 2);
	v->features = calloc(nr_features ? nr_features : 1, sizeof(*v->features));
	return v->features ? 0 : -ENOMEM;
}

void trfs_feature_values_done(struct trfs_feature_values *v)
{
	free(v->features);
	free(v->given);
	trfs_value_arena_done(&v->arena);
	trfs_buffer_done(&v->scratch);
	*v = (struct trfs_feature_values){ .nr_given = 0 };
}

void trfs_feature_values_reset(struct trfs_feature_values *v)
{
	trfs_value_arena_reset(&v->arena);
	trfs_feature_values_begin(v);
}

bool trfs_feature_values_grow(struct trfs_feature_values *v)
{
	size_t capacity = v->given_capacity ? 2 * v->given_capacity : NR_GIVEN_MIN;
	struct trfs_given_value *given;

	if (capacity > SIZE_MAX / sizeof(*given))
		return false;
	given = realloc(v->given, capacity * sizeof(*given));
	if (!given)
		return false;
	v->given = given;
	v->given_capacity = capacity;
	return true;
}

static bool to_int64(const struct trfs_value *value, int64_t *ret)
{
	switch (value->kind) {
	case TRFS_VALUE_TEXT:
		return trfs_text_integer(value->text, ret);
	case TRFS_VALUE_REAL:
		return trfs_number_whole(value->real, ret);
	case TRFS_VALUE_INTEGER:
		*ret = value->integer;
		return true;
	}
	return false;
}

static bool to_float(const struct trfs_value *value, float *ret)
{
	double real = 0;

	switch (value->kind) {
	case TRFS_VALUE_TEXT:
		if (!trfs_number_parse(value->text, &real))
			return false;
		break;
	case TRFS_VALUE_REAL:
		real = value->real;
		break;
	case TRFS_VALUE_INTEGER:
		real = (double)value->integer;
		break;
	}
	return trfs_number_float(real, ret);
}

static int misfit(struct trfs_feature_values *v, size_t i)
{
	v->misfit = i;
	return -EBADMSG;
}

static int make_ints(struct trfs_feature_values *v, int64_t add,
		     struct trfs_feature *feature)
{
	int64_t *ints = trfs_value_arena_take(&v->arena, v->nr_given * sizeof(*ints));

	if (!ints)
		return -ENOMEM;
	for (size_t i = 0; i < v->nr_given; i++) {
		if (!to_int64(&v->given[i].value, &ints[i]) ||
		    __builtin_add_overflow(ints[i], add, &ints[i]))
			return misfit(v, i);
	}
	feature->ints = ints;
	return 0;
}

/* All floats of a feature as one content. */
static int make_packed(struct trfs_feature_values *v, struct trfs_feature *feature)
{
	struct trfs_bytes_value *packed =
		trfs_value_arena_take(&v->arena, sizeof(*packed));

	if (!packed)
		return -ENOMEM;
	*packed = (struct trfs_bytes_value){ .len = v->given[0].value.text.len,
					     .hole = v->given[0].content };
	feature->packed = packed;
	return 0;
}

static int make_floats(struct trfs_feature_values *v, struct trfs_feature *feature)
{
	float *floats = trfs_value_arena_take(&v->arena, v->nr_given * sizeof(*floats));

	if (!floats)
		return -ENOMEM;
	for (size_t i = 0; i < v->nr_given; i++) {
		if (!to_float(&v->given[i].value, &floats[i]))
			return misfit(v, i);
	}
	feature->floats = floats;
	return 0;
}

/* A number's decimal text; without data when there is no memory. */
static struct trfs_bytes print_number(struct trfs_feature_values *v,
				      const struct trfs_value *number)
{
	trfs_buffer_reset(&v->scratch);
	trfs_value_print(number, &v->scratch);
	if (v->scratch.failed)
		return (struct trfs_bytes){ NULL, 0 };
	return trfs_value_arena_copy(&v->arena, trfs_buffer_bytes(&v->scratch));
}

static int make_bytes(struct trfs_feature_values *v, struct trfs_feature *feature)
{
	struct trfs_bytes_value *values =
		trfs_value_arena_take(&v->arena, v->nr_given * sizeof(*values));

	if (!values)
		return -ENOMEM;
	for (size_t i = 0; i < v->nr_given; i++) {
		const struct trfs_given_value *given = &v->given[i];
		struct trfs_bytes text = given->value.text;

		if (given->value.kind != TRFS_VALUE_TEXT) {
			text = print_number(v, &given->value);
			if (!text.data)
				return -ENOMEM;
		}
		values[i] = (struct trfs_bytes_value){
			.data = text.data,
			.len = text.len,
			.hole = given->content,
		};
	}
	feature->bytes = values;
	return 0;
}

int trfs_feature_values_convert(struct trfs_feature_values *v, int64_t add,
				struct trfs_feature *feature)
{
	int rc = -ENOMEM;

	if (v->failed)
		return rc;
	switch (feature->kind) {
	case TRFS_FEATURE_BYTES:
		rc = make_bytes(v, feature);
		break;
	case TRFS_FEATURE_FLOAT:
		rc = (v->nr_given == 1 && v->given[0].content ? make_packed
							      : make_floats)(v, feature);
		break;
	case TRFS_FEATURE_INT64:
		rc = make_ints(v, add, feature);
		break;
	}
	if (rc == 0)
		feature->nr_values = v->nr_given;
	return rc;
}

const char *trfs_feature_values_describe_misfit(const struct trfs_feature_values *v,
						enum trfs_feature_kind kind, char *buf,
						size_t len)
{
	const struct trfs_value *value = &v->given[v->misfit].value;
	char shown[96];
	int64_t integer;

	switch (value->kind) {
	case TRFS_VALUE_TEXT:
		trfs_text_printable(value->text, shown, sizeof(shown));
		break;
	case TRFS_VALUE_REAL:
		snprintf(shown, sizeof(shown), "%.17g", value->real);
		break;
	case TRFS_VALUE_INTEGER:
		snprintf(shown, sizeof(shown), "%lld", (long long)value->integer);
		break;
	}
	if (kind == TRFS_FEATURE_INT64 && to_int64(value, &integer))
		snprintf(buf, len, "holds %s, which with \"add\" is beyond int64", shown);
	else if (value->kind == TRFS_VALUE_TEXT)
		snprintf(buf, len, "holds \"%s\", which is no %s", shown,
			 trfs_feature_kind_name(kind));
	else
		snprintf(buf, len, "holds %s, which is no %s", shown,
			 trfs_feature_kind_name(kind));
	return buf;
}

const char *trfs_feature_kind_name(enum trfs_feature_kind kind)
{
	switch (kind) {
	case TRFS_FEATURE_BYTES:
		return "bytes";
	case TRFS_FEATURE_FLOAT:
		return "float";
	case TRFS_FEATURE_INT64:
		return "int64";
	}
	return "unknown";
}
