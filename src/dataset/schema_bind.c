/* SPDX-License-Identifier: MIT */
/*
 * From names in a schema to columns of one catalog, once, so that laying out a record
 * looks nothing up.  What the catalog lacks is said here, before any work is done.
 */
#include "dataset/schema_rule.h"

#include "base/error.h"
#include "base/nearest.h"
#include "dataset/cell.h"
#include "manifest/text.h"

#include <errno.h>

/* Of column names in one message; the rest are counted. */
#define LISTED_LEN_MAX 480

static void list_columns(const struct trfs_catalog *catalog, struct trfs_buffer *ret)
{
	const struct trfs_strings *names = &catalog->column_names;
	char shown[96];
	uint64_t i;

	for (i = 0; i < names->nr && ret->len < LISTED_LEN_MAX; i++)
		trfs_buffer_printf(ret, i ? ", %s" : "%s",
				   trfs_text_printable(trfs_strings_get(names, i), shown,
						       sizeof(shown)));
	if (i < names->nr)
		trfs_buffer_printf(ret, " and %llu more",
				   (unsigned long long)(names->nr - i));
	if (names->nr == 0)
		trfs_buffer_printf(ret, "none");
}

static int fail_unknown_column(const struct trfs_feature_rule *rule,
			       const struct trfs_catalog *catalog, struct trfs_error *err)
{
	struct trfs_bytes wanted = trfs_bytes_of(rule->column_name);
	struct trfs_nearest nearest;
	struct trfs_buffer listed;
	char hint[96], shown[96];
	int rc;

	trfs_nearest_init(&nearest, wanted);
	for (uint64_t i = 0; i < catalog->column_names.nr; i++)
		trfs_nearest_offer(&nearest, trfs_strings_get(&catalog->column_names, i));
	trfs_buffer_init(&listed, 2 * LISTED_LEN_MAX);
	list_columns(catalog, &listed);
	rc = trfs_fail(err, -EINVAL,
		       "feature \"%.*s\": the manifest has no column \"%s\"%s (columns: "
		       "%.*s)",
		       TRFS_BYTES_ARG(rule->feature.key),
		       trfs_text_printable(wanted, shown, sizeof(shown)),
		       trfs_nearest_hint(&nearest, hint, sizeof(hint)),
		       TRFS_BYTES_ARG(trfs_buffer_bytes(&listed)));
	trfs_buffer_done(&listed);
	return rc;
}

/* The manifest's own name; it is what a catalog is made from first, if it is a file. */
static struct trfs_bytes manifest_name(const struct trfs_catalog *catalog)
{
	struct trfs_bytes path = trfs_bytes_of("the source");
	const uint8_t *slash;

	if (catalog->input_paths.nr == 0 || catalog->input_stamps[0].size == 0)
		return path;
	path = trfs_strings_get(&catalog->input_paths, 0);
	slash = path.len > 0 ? memrchr(path.data, '/', path.len) : NULL;
	if (slash) {
		path.len -= (size_t)(slash - path.data) + 1;
		path.data = slash + 1;
	}
	return path;
}

static int fail_no_labels(const struct trfs_schema *schema,
			  const struct trfs_catalog *catalog, struct trfs_error *err)
{
	struct trfs_buffer listed;
	char shown[TRFS_PRINTABLE_SIZE];
	int rc;

	trfs_buffer_init(&listed, 2 * LISTED_LEN_MAX);
	list_columns(catalog, &listed);
	rc = trfs_fail(err, -EINVAL,
		       "schema %s wants labels, but %s names no label column: name it "
		       "with --label-column (columns: %.*s)",
		       schema->origin,
		       trfs_text_printable(manifest_name(catalog), shown, sizeof(shown)),
		       TRFS_BYTES_ARG(trfs_buffer_bytes(&listed)));
	trfs_buffer_done(&listed);
	return rc;
}

static bool has_several_labels(const struct trfs_catalog *catalog)
{
	for (uint64_t i = 0; i < catalog->label_sets.nr; i++) {
		if (trfs_strings_get(&catalog->label_sets, i).len > sizeof(uint32_t))
			return true;
	}
	return false;
}

static bool has_lists(const struct trfs_catalog *catalog, uint32_t number)
{
	const struct trfs_column *column = &catalog->columns[number];

	if (number == catalog->label_column)
		return has_several_labels(catalog);
	if (!trfs_column_is_stored(column))
		return false;
	for (uint64_t i = 0; i < column->values.nr; i++) {
		if (trfs_cell_nr_values(trfs_strings_get(&column->values, i)) > 1)
			return true;
	}
	return false;
}

static int bind_rule(struct trfs_feature_rule *rule, const struct trfs_catalog *catalog,
		     struct trfs_error *err)
{
	if (!(rule->source->traits & TRFS_SOURCE_COLUMN))
		return 0;
	rule->column =
		trfs_catalog_find_column(catalog, trfs_bytes_of(rule->column_name));
	if (rule->column == TRFS_NO_COLUMN && rule->optional)
		return 0;
	if (rule->column == TRFS_NO_COLUMN)
		return fail_unknown_column(rule, catalog, err);
	rule->list = rule->list || has_lists(catalog, rule->column);
	return 0;
}

int trfs_schema_bind(struct trfs_schema *schema, const struct trfs_catalog *catalog,
		     struct trfs_error *err)
{
	for (size_t i = 0; i < schema->nr_rules; i++) {
		struct trfs_feature_rule *rule = &schema->rules[i];
		int rc;

		if (!rule->source)
			continue;
		if (rule->source->traits & TRFS_SOURCE_LABELS) {
			if (catalog->label_column == TRFS_NO_COLUMN)
				return fail_no_labels(schema, catalog, err);
			rule->list = rule->list || has_several_labels(catalog);
		}
		if ((rule->source->traits & TRFS_SOURCE_MASK) && !catalog->masks &&
		    rule->missing == TRFS_MISSING_ERROR)
			return trfs_fail(err, -EINVAL,
					 "schema %s wants masks, of which there are none",
					 schema->origin);
		rc = bind_rule(rule, catalog, err);
		if (rc < 0)
			return trfs_error_prefix(err, rc, "schema %s", schema->origin);
	}
	return 0;
}
