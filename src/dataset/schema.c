/* SPDX-License-Identifier: MIT */
/*
 * Loading a schema: get its text, parse it, bind it to a catalog's columns, and put its
 * features into map order once, so that no record has to be sorted.
 */
#include "dataset/schema_rule.h"

#include "base/error.h"
#include "base/nearest.h"

#include <errno.h>
#include <stdlib.h>

struct trfs_schema *trfs_schema_new(const char *origin)
{
	struct trfs_schema *schema = calloc(1, sizeof(*schema));

	if (!schema)
		return NULL;
	trfs_buffer_init(&schema->text, TRFS_SCHEMA_TEXT_SIZE_MAX + 1);
	schema->origin = strdup(origin);
	schema->rules = calloc(TRFS_SCHEMA_FEATURES_MAX, sizeof(*schema->rules));
	if (!schema->origin || !schema->rules ||
	    trfs_feature_values_init(&schema->constants, 0) < 0)
		return trfs_schema_free(schema);
	return schema;
}

struct trfs_schema *trfs_schema_free(struct trfs_schema *schema)
{
	if (!schema)
		return NULL;
	trfs_feature_values_done(&schema->constants);
	trfs_buffer_done(&schema->text);
	free(schema->rules);
	free(schema->origin);
	free(schema);
	return NULL;
}

static bool is_file_name(const char *name)
{
	return strchr(name, '/') || trfs_bytes_ends_with(trfs_bytes_of(name), ".json");
}

static int fail_unknown(const char *name, struct trfs_error *err)
{
	struct trfs_nearest nearest;
	struct trfs_buffer known;
	char hint[96];
	int rc;

	trfs_nearest_init(&nearest, trfs_bytes_of(name));
	trfs_buffer_init(&known, 1024);
	for (size_t i = 0; i < trfs_schema_nr_builtins(); i++) {
		const char *builtin = trfs_schema_builtin_name(i);

		trfs_nearest_offer(&nearest, trfs_bytes_of(builtin));
		trfs_buffer_printf(&known, i ? ", %s" : "%s", builtin);
	}
	rc = trfs_fail(err, -EINVAL,
		       "there is no schema \"%s\"%s: name a built-in one (%.*s) or a "
		       "JSON file (./%s.json)",
		       name, trfs_nearest_hint(&nearest, hint, sizeof(hint)),
		       TRFS_BYTES_ARG(trfs_buffer_bytes(&known)), name);
	trfs_buffer_done(&known);
	return rc;
}

static int read_text(struct trfs_schema *schema, struct trfs_error *err)
{
	const char *builtin = trfs_schema_builtin_text(schema->origin);

	if (builtin) {
		trfs_buffer_put(&schema->text, builtin, strlen(builtin));
		return schema->text.failed ? trfs_fail_memory(err, "a schema") : 0;
	}
	if (!is_file_name(schema->origin))
		return fail_unknown(schema->origin, err);
	return trfs_file_read_all(schema->origin, TRFS_SCHEMA_TEXT_SIZE_MAX,
				  &schema->text, err);
}

static int compare_upb(const void *a, const void *b)
{
	const struct trfs_feature_rule *x = a, *y = b;

	return trfs_feature_key_compare_upb(x->feature.key, y->feature.key);
}

static int compare_cpp(const void *a, const void *b)
{
	const struct trfs_feature_rule *x = a, *y = b;

	return trfs_feature_key_compare_cpp(x->feature.key, y->feature.key);
}

/* @options may be NULL. */
static int load(const char *name, enum trfs_map_order map_order,
		const struct trfs_options *options, const struct trfs_catalog *catalog,
		struct trfs_schema **ret, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_schema_freep)
	struct trfs_schema *schema = trfs_schema_new(name);
	int rc;

	if (!schema)
		return trfs_fail_memory(err, "a schema");
	rc = read_text(schema, err);
	if (rc < 0)
		return rc;
	rc = trfs_schema_parse(schema, err);
	if (rc == 0 && options)
		rc = trfs_schema_apply_options(schema, options, catalog, err);
	if (rc < 0)
		return rc;
	if (catalog) {
		rc = trfs_schema_bind(schema, catalog, err);
		if (rc < 0)
			return rc;
	}
	qsort(schema->rules, schema->nr_rules, sizeof(*schema->rules),
	      map_order == TRFS_MAP_ORDER_CPP ? compare_cpp : compare_upb);
	*ret = TRFS_STEAL(schema);
	return 0;
}

int trfs_schema_load(const char *name, enum trfs_map_order map_order,
		     const struct trfs_catalog *catalog, struct trfs_schema **ret,
		     struct trfs_error *err)
{
	return load(name, map_order, NULL, catalog, ret, err);
}

/* Boxes are what a manifest with objects is made for. */
const char *trfs_schema_chosen(const struct trfs_options *options,
			       const struct trfs_catalog *catalog)
{
	bool has_boxes = catalog && trfs_catalog_find_column(
					    catalog, trfs_bytes_of("objects/xmin")) !=
					    TRFS_NO_COLUMN;

	if (options->schema)
		return options->schema;
	return has_boxes ? "detection" : "slim";
}

int trfs_schema_load_options(const struct trfs_options *options,
			     const struct trfs_catalog *catalog, struct trfs_schema **ret,
			     struct trfs_error *err)
{
	return load(trfs_schema_chosen(options, catalog), options->map_order, options,
		    catalog, ret, err);
}

uint32_t trfs_schema_contents(const struct trfs_schema *schema)
{
	uint32_t contents = 0;

	for (size_t i = 0; i < schema->nr_rules; i++) {
		const struct trfs_feature_source *source = schema->rules[i].source;

		if (source && (source->traits & TRFS_SOURCE_CONTENT))
			contents |= 1u << trfs_feature_source_content(source);
	}
	return contents;
}

struct trfs_bytes trfs_schema_text(const struct trfs_schema *schema)
{
	return trfs_buffer_bytes(&schema->text);
}

size_t trfs_schema_nr_features(const struct trfs_schema *schema)
{
	return schema->nr_rules;
}

struct trfs_schema_feature trfs_schema_feature(const struct trfs_schema *schema, size_t i)
{
	const struct trfs_feature_rule *rule = &schema->rules[i];
	size_t nr_values = rule->source ? 1 : rule->feature.nr_values;

	return (struct trfs_schema_feature){
		.key = rule->feature.key,
		.kind = rule->feature.kind,
		.from = rule->from,
		.optional = rule->missing == TRFS_MISSING_ABSENT,
		.list = rule->list,
		.nr_values = rule->list ? 0 : nr_values,
	};
}

const char *trfs_schema_name(const struct trfs_schema *schema)
{
	return schema->name;
}

const char *trfs_schema_description(const struct trfs_schema *schema)
{
	return schema->description;
}
