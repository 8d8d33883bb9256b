/* SPDX-License-Identifier: MIT */
/*
 * From a schema's JSON to its rules.  Nothing of the JSON is kept: whatever the rules
 * need is copied into the schema's memory.
 */
#include "dataset/schema_json.h"

#include "base/error.h"
#include "manifest/json_load.h"
#include "manifest/text.h"

#include <errno.h>
#include <jansson.h>

static void free_json(json_t **json)
{
	json_decref(*json);
}

static int parse_feature(struct trfs_schema *schema, const char *key, const json_t *json,
			 struct trfs_error *err)
{
	struct trfs_feature_rule *rule = &schema->rules[schema->nr_rules];
	char shown[96];
	int rc;

	if (key[0] == '\0')
		return trfs_fail(err, -EINVAL, "a feature's key is empty");
	rule->feature.key =
		trfs_value_arena_copy(&schema->constants.arena, trfs_bytes_of(key));
	if (!rule->feature.key.data)
		return trfs_fail_memory(err, "a schema");
	rule->column = TRFS_NO_COLUMN;
	rule->column_name = "";
	rc = trfs_schema_parse_rule(schema, json, rule, err);
	if (rc < 0)
		return trfs_error_prefix(
			err, rc, "feature \"%s\"",
			trfs_text_printable(trfs_bytes_of(key), shown, sizeof(shown)));
	/* Whoever has no values in place of missing ones has none, or some: a list. */
	rule->list =
		rule->optional || trfs_feature_source_is_list(rule->source) ||
		(rule->missing == TRFS_MISSING_REPLACED && rule->feature.nr_values != 1);
	schema->nr_rules++;
	return 0;
}

static int parse_features(struct trfs_schema *schema, const json_t *features,
			  struct trfs_error *err)
{
	json_t *borrowed = (json_t *)features;
	const char *key;
	json_t *json;

	if (!json_is_object(features) || json_object_size(features) == 0)
		return trfs_fail(err, -EINVAL,
				 "\"features\" must be an object with at least one "
				 "feature: {\"image/encoded\": \"image.encoded\"}");
	if (json_object_size(features) > TRFS_SCHEMA_FEATURES_MAX)
		return trfs_fail(err, -EINVAL, "%zu features; at most %d are allowed",
				 json_object_size(features), TRFS_SCHEMA_FEATURES_MAX);
	json_object_foreach(borrowed, key, json)
	{
		int rc = parse_feature(schema, key, json, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* "name" and "description", which may both be left out. */
static int parse_text(struct trfs_schema *schema, const char *member, const json_t *json,
		      const char *otherwise, const char **ret, struct trfs_error *err)
{
	const char *text;

	if (json && !json_is_string(json))
		return trfs_fail(err, -EINVAL, "\"%s\" must be a text", member);
	text = trfs_schema_keep_text(schema, json ? json_string_value(json) : otherwise);
	if (!text)
		return trfs_fail_memory(err, "a schema");
	*ret = text;
	return 0;
}

enum schema_member { NAME, DESCRIPTION, FEATURES, NR_SCHEMA_MEMBERS };

static const char *const schema_members[] = { "name", "description", "features", NULL };

static int parse_schema(struct trfs_schema *schema, const json_t *json,
			struct trfs_error *err)
{
	const json_t *values[NR_SCHEMA_MEMBERS] = { NULL };
	int rc;

	if (!json_is_object(json))
		return trfs_fail(err, -EINVAL,
				 "must be an object: {\"features\": {...}}");
	rc = trfs_schema_sort_members(json, schema_members, values, err);
	if (rc == 0)
		rc = parse_text(schema, "name", values[NAME], schema->origin,
				&schema->name, err);
	if (rc == 0)
		rc = parse_text(schema, "description", values[DESCRIPTION], "",
				&schema->description, err);
	if (rc == 0)
		rc = parse_features(schema, values[FEATURES], err);
	return rc;
}

int trfs_schema_parse(struct trfs_schema *schema, struct trfs_error *err)
{
	struct trfs_bytes text = trfs_text_after_mark(trfs_buffer_bytes(&schema->text));
	TRFS_CLEANUP(free_json) json_t *json = NULL;
	bool lacked_memory;
	json_error_t where;
	int rc;

	json = trfs_json_load(text, JSON_REJECT_DUPLICATES, &where, &lacked_memory);
	if (lacked_memory)
		return trfs_fail_memory(err, "a schema");
	if (!json)
		return trfs_fail(err, -EINVAL, "%s:%d:%d: %s", schema->origin, where.line,
				 where.column, where.text);
	rc = parse_schema(schema, json, err);
	if (rc < 0)
		return trfs_error_prefix(err, rc, "schema %s", schema->origin);
	return 0;
}
