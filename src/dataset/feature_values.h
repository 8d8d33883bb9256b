/* SPDX-License-Identifier: MIT */
/*
 * From what a source gives to what a feature holds: texts, integers, reals and contents
 * come in one by one, and leave as a list of bytes, float or int64.
 */
#ifndef TRFS_DATASET_FEATURE_VALUES_H
#define TRFS_DATASET_FEATURE_VALUES_H

#include "base/buffer.h"
#include "dataset/value_arena.h"
#include "manifest/row.h"
#include "wire/tf_example.h"

/**
 * struct trfs_given_value - one value as its source gives it
 * @value: a content is a text without data, of the content's length
 * @content: of a text: enum trfs_content, if it is one
 */
struct trfs_given_value {
	struct trfs_value value;
	uint32_t content;
};

/**
 * struct trfs_feature_values - memory of one record's values, kept for the next one
 * @given: of the feature being made
 * @misfit: which of them did not fit, after -EBADMSG
 * @arena: of the values that were made
 * @scratch: text on its way into the arena
 * @features: the record's features, as many as the schema has; unused while parsing
 */
struct trfs_feature_values {
	struct trfs_given_value *given;
	size_t nr_given;
	size_t given_capacity;
	size_t misfit;
	bool failed; /* no memory for a given value */
	struct trfs_value_arena arena;
	struct trfs_buffer scratch;
	struct trfs_feature *features;
};

/* No memory is taken yet but for @nr_features features; -ENOMEM. */
TRFS_MUST_CHECK
int trfs_feature_values_init(struct trfs_feature_values *v, size_t nr_features);
void trfs_feature_values_done(struct trfs_feature_values *v);

/* Begin another record. */
void trfs_feature_values_reset(struct trfs_feature_values *v);

/* Begin another feature of the same record. */
static inline void trfs_feature_values_begin(struct trfs_feature_values *v)
{
	v->nr_given = 0;
	v->failed = false;
}

/* Makes room for one more; false without memory. */
bool trfs_feature_values_grow(struct trfs_feature_values *v);

/*
 * Give one value by filling what this returns; NULL without memory, which convert
 * reports. What a text borrows must last as long as the record's values.
 */
static inline struct trfs_given_value *trfs_feature_values_give(
	struct trfs_feature_values *v)
{
	if (v->nr_given == v->given_capacity && !trfs_feature_values_grow(v)) {
		v->failed = true;
		return NULL;
	}
	return &v->given[v->nr_given++];
}

static inline void trfs_feature_values_give_value(struct trfs_feature_values *v,
						  const struct trfs_value *value)
{
	struct trfs_given_value *given = trfs_feature_values_give(v);

	if (!given)
		return;
	given->value = *value;
	given->content = 0;
}

static inline void trfs_feature_values_give_text(struct trfs_feature_values *v,
						 struct trfs_bytes text)
{
	struct trfs_given_value *given = trfs_feature_values_give(v);

	if (!given)
		return;
	given->value.kind = TRFS_VALUE_TEXT;
	given->value.text = text;
	given->content = 0;
}

static inline void trfs_feature_values_give_content(struct trfs_feature_values *v,
						    uint32_t content, uint64_t len)
{
	struct trfs_given_value *given = trfs_feature_values_give(v);

	if (!given)
		return;
	given->value.kind = TRFS_VALUE_TEXT;
	given->value.text = (struct trfs_bytes){ NULL, len };
	given->content = content;
}

static inline void trfs_feature_values_give_integer(struct trfs_feature_values *v,
						    int64_t integer)
{
	struct trfs_given_value *given = trfs_feature_values_give(v);

	if (!given)
		return;
	given->value.kind = TRFS_VALUE_INTEGER;
	given->value.integer = integer;
}

/**
 * trfs_feature_values_convert() - make the feature's list of what was given
 * @add: added to each value of an int64 feature
 * @feature: its kind says what to make; receives the values, which live until the reset
 *
 * An integer or real becomes bytes as decimal text; text becomes a number when the
 * whole of it is one; a real becomes int64 when it is a whole number in range.
 *
 * Return: 0; -EBADMSG when a value does not fit (see @misfit); -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_feature_values_convert(struct trfs_feature_values *v, int64_t add,
				struct trfs_feature *feature);

/* Why it did not fit, for a message: 'holds "n/a", which is no int64'.  Returns @buf. */
const char *trfs_feature_values_describe_misfit(const struct trfs_feature_values *v,
						enum trfs_feature_kind kind, char *buf,
						size_t len);

/* "bytes", "float", "int64". */
const char *trfs_feature_kind_name(enum trfs_feature_kind kind);

#endif
