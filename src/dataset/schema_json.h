/* SPDX-License-Identifier: MIT */
/* What parsing a schema's JSON needs at every level: members, names, texts to keep. */
#ifndef TRFS_DATASET_SCHEMA_JSON_H
#define TRFS_DATASET_SCHEMA_JSON_H

#include "dataset/schema_rule.h"

struct json_t;

/* The place of @name in @known, which ends with NULL, or -1. */
int trfs_schema_find_name(const char *name, const char *const *known);

/* -EINVAL: 'unknown type "int" (did you mean "int64"?): there are ...'. */
int trfs_schema_fail_unknown(const char *what, const char *name, const char *const *known,
			     struct trfs_error *err);

/*
 * The members of an object by their places in @known; @ret_values is left alone where
 * one is not there.  -EINVAL for a member that is not known.
 */
TRFS_MUST_CHECK
int trfs_schema_sort_members(const struct json_t *object, const char *const *known,
			     const struct json_t **ret_values, struct trfs_error *err);

/* A copy that lives as long as the schema; NULL without memory. */
const char *trfs_schema_keep_text(struct trfs_schema *schema, const char *text);

/* What stands behind a feature's key, into @rule, whose key is set already. */
TRFS_MUST_CHECK
int trfs_schema_parse_rule(struct trfs_schema *schema, const struct json_t *json,
			   struct trfs_feature_rule *rule, struct trfs_error *err);

#endif
