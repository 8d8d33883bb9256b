/* SPDX-License-Identifier: MIT */
/* The values that a schema states itself: constants, and what stands in for missing. */
#ifndef TRFS_DATASET_SCHEMA_CONSTANT_H
#define TRFS_DATASET_SCHEMA_CONSTANT_H

#include "dataset/feature_values.h"

struct json_t;

/*
 * The type that a constant's JSON has of itself: texts are bytes, integers int64, and
 * numbers of which one is a real are float.  -EINVAL where it has none.
 */
TRFS_MUST_CHECK
int trfs_schema_constant_kind(const struct json_t *json, enum trfs_feature_kind *ret,
			      struct trfs_error *err);

/**
 * trfs_schema_constant() - values of a feature from a text, a number or a list of them
 * @memory: where the values go; never reset while @feature is used
 * @member: for the message: "value" or "missing"
 * @feature: of some kind; receives the values
 *
 * -EINVAL for other JSON, or a value that does not fit the kind; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_schema_constant(struct trfs_feature_values *memory, const char *member,
			 const struct json_t *json, struct trfs_feature *feature,
			 struct trfs_error *err);

#endif
