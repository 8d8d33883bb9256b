/* SPDX-License-Identifier: MIT */
/*
 * What options change in a schema: columns that become features, EXIF as a feature, the
 * number that classes begin with, labels that are numbers to regress to, and features
 * that exist with an option only.
 */
#include "dataset/schema_json.h"

#include "base/error.h"
#include "dataset/cell.h"
#include "base/number.h"
#include "manifest/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ORIENTATION_KEY "image/orientation"

static const struct {
	const char *name;
	enum trfs_feature_kind kind;
} types[] = {
	{ "bytes", TRFS_FEATURE_BYTES },
	{ "float", TRFS_FEATURE_FLOAT },
	{ "int64", TRFS_FEATURE_INT64 },
};

static struct trfs_feature_rule *find_rule(struct trfs_schema *schema, const char *key)
{
	for (size_t i = 0; i < schema->nr_rules; i++) {
		if (trfs_bytes_equal(schema->rules[i].feature.key, trfs_bytes_of(key)))
			return &schema->rules[i];
	}
	return NULL;
}

static bool is_from(const struct trfs_feature_rule *rule, const char *source)
{
	return rule->source && strcmp(rule->source->name, source) == 0;
}

/* Make @rule one of the column @name. */
static int set_column(struct trfs_schema *schema, struct trfs_feature_rule *rule,
		      const char *name, struct trfs_error *err)
{
	char *from;

	if (asprintf(&from, "column.%s", name) < 0)
		return trfs_fail_memory(err, "a schema");
	rule->from = trfs_schema_keep_text(schema, from);
	free(from);
	if (!rule->from)
		return trfs_fail_memory(err, "a schema");
	rule->source = trfs_feature_source_find(rule->from, &rule->column_name);
	return 0;
}

/* A rule more, without source yet; NULL and *@ret_rc where that cannot be. */
static struct trfs_feature_rule *add_rule(struct trfs_schema *schema, const char *key,
					  enum trfs_feature_kind kind, int *ret_rc,
					  struct trfs_error *err)
{
	struct trfs_feature_rule *rule = &schema->rules[schema->nr_rules];
	char shown[96];

	trfs_text_printable(trfs_bytes_of(key), shown, sizeof(shown));
	if (schema->nr_rules == TRFS_SCHEMA_FEATURES_MAX) {
		*ret_rc = trfs_fail(err, -EINVAL,
				    "no room for feature \"%s\": at most %d are allowed",
				    shown, TRFS_SCHEMA_FEATURES_MAX);
		return NULL;
	}
	if (find_rule(schema, key)) {
		*ret_rc =
			trfs_fail(err, -EINVAL,
				  "schema %s has a feature \"%s\" already; leave it out "
				  "of --extra",
				  schema->origin, shown);
		return NULL;
	}
	*rule = (struct trfs_feature_rule){
		.feature.kind = kind,
		.column = TRFS_NO_COLUMN,
		.column_name = "",
	};
	rule->feature.key =
		trfs_value_arena_copy(&schema->constants.arena, trfs_bytes_of(key));
	if (!rule->feature.key.data) {
		*ret_rc = trfs_fail_memory(err, "a schema");
		return NULL;
	}
	schema->nr_rules++;
	*ret_rc = 0;
	return rule;
}

/* The narrowest type that all values of a cell fit, and no narrower than @kind. */
static enum trfs_feature_kind widen(enum trfs_feature_kind kind, struct trfs_bytes cell)
{
	struct trfs_cell_reader reader;
	struct trfs_value value;
	int64_t integer;
	double real;

	trfs_cell_reader_init(&reader, cell);
	while (kind != TRFS_FEATURE_BYTES && trfs_cell_reader_next(&reader, &value)) {
		bool text = value.kind == TRFS_VALUE_TEXT;

		if (value.kind == TRFS_VALUE_INTEGER ||
		    (text && trfs_text_integer(value.text, &integer)))
			continue;
		kind = value.kind == TRFS_VALUE_REAL ||
				       (text && trfs_number_parse(value.text, &real))
			       ? TRFS_FEATURE_FLOAT
			       : TRFS_FEATURE_BYTES;
	}
	return kind;
}

static enum trfs_feature_kind infer(const struct trfs_catalog *catalog, const char *name)
{
	uint32_t number = catalog ? trfs_catalog_find_column(catalog, trfs_bytes_of(name))
				  : TRFS_NO_COLUMN;
	enum trfs_feature_kind kind = TRFS_FEATURE_INT64;
	const struct trfs_column *column;

	if (number == TRFS_NO_COLUMN || !trfs_column_is_stored(&catalog->columns[number]))
		return TRFS_FEATURE_BYTES;
	column = &catalog->columns[number];
	for (uint64_t i = 1; i < column->values.nr; i++)
		kind = widen(kind, trfs_strings_get(&column->values, i));
	return kind;
}

/* Cuts a type off the end of @name, and tells it; false where it has none. */
static bool take_type(char *name, enum trfs_feature_kind *ret)
{
	char *colon = strrchr(name, ':');

	for (size_t i = 0; colon && i < TRFS_COUNT(types); i++) {
		if (strcmp(colon + 1, types[i].name) != 0)
			continue;
		*colon = '\0';
		*ret = types[i].kind;
		return true;
	}
	return false;
}

/* "age", "age:int64"; a column's own name may have colons in it. */
static int add_extra(struct trfs_schema *schema, const char *item,
		     const struct trfs_catalog *catalog, struct trfs_error *err)
{
	struct trfs_feature_rule *rule;
	enum trfs_feature_kind kind;
	char *name = strdup(item);
	bool has_type;
	int rc;

	if (!name)
		return trfs_fail_memory(err, "a schema");
	if (*item == '\0' || *item == ':') {
		free(name);
		return trfs_fail(err, -EINVAL, "--extra is COLUMN[:TYPE], not \"%s\"",
				 item);
	}
	has_type = take_type(name, &kind);
	if (!has_type)
		kind = infer(catalog, name);
	if (!has_type && strchr(name, ':') && catalog &&
	    trfs_catalog_find_column(catalog, trfs_bytes_of(name)) == TRFS_NO_COLUMN) {
		free(name);
		return trfs_fail(err, -EINVAL,
				 "--extra %s: there is no such column, and behind the "
				 "colon stands no type: bytes, int64 or float",
				 item);
	}
	rule = add_rule(schema, name, kind, &rc, err);
	if (rule) {
		rule->missing = TRFS_MISSING_ABSENT;
		rc = set_column(schema, rule, name, err);
	}
	free(name);
	return rc;
}

static int add_orientation(struct trfs_schema *schema, struct trfs_error *err)
{
	struct trfs_feature_rule *rule;
	int rc;

	if (find_rule(schema, ORIENTATION_KEY))
		return 0;
	rule = add_rule(schema, ORIENTATION_KEY, TRFS_FEATURE_INT64, &rc, err);
	if (!rule)
		return rc;
	rule->from = "image.orientation";
	rule->source = trfs_feature_source_find(rule->from, &rule->column_name);
	return 0;
}

/* The lowest class id is shown as @text, and all others shifted alike. */
static int shift_labels(struct trfs_schema *schema, const char *text,
			const struct trfs_catalog *catalog, struct trfs_error *err)
{
	int64_t base, shift = 0;

	if (!trfs_text_integer(trfs_bytes_of(text), &base))
		return trfs_fail(err, -EINVAL,
				 "--label-base is a whole number such as 0 or 1, not "
				 "\"%s\"",
				 text);
	if (!catalog || catalog->class_names.nr == 0)
		return 0;
	if (__builtin_sub_overflow(base, catalog->class_ids[0], &shift))
		return trfs_fail(err, -EINVAL,
				 "--label-base %" PRId64 " is too far from the lowest "
				 "class id, %" PRId64,
				 base, catalog->class_ids[0]);
	for (size_t i = 0; i < schema->nr_rules; i++) {
		/* In place of whatever the schema adds: it is what is shown that counts.
		 */
		if (is_from(&schema->rules[i], "label.id"))
			schema->rules[i].add = shift;
	}
	return 0;
}

/* Labels become the cells of the label column: floats, and what the manifest says. */
static int show_targets(struct trfs_schema *schema, const struct trfs_catalog *catalog,
			struct trfs_error *err)
{
	int rc = 0;

	if (catalog && catalog->target_column == TRFS_NO_COLUMN)
		return trfs_fail(err, -EINVAL,
				 "--label-type float wants a column of labels; name it "
				 "with --label-column");
	for (size_t i = 0; i < schema->nr_rules && rc == 0; i++) {
		struct trfs_feature_rule *rule = &schema->rules[i];
		bool is_id = is_from(rule, "label.id");

		if (!is_id && !is_from(rule, "label.text"))
			continue;
		rule->add = 0;
		rule->feature.kind = is_id ? TRFS_FEATURE_FLOAT : TRFS_FEATURE_BYTES;
		if (catalog) {
			struct trfs_bytes name =
				catalog->columns[catalog->target_column].name;
			struct trfs_bytes copy =
				trfs_value_arena_copy(&schema->constants.arena, name);

			rc = copy.data ? set_column(schema, rule, (const char *)copy.data,
						    err)
				       : trfs_fail_memory(err, "a schema");
		}
	}
	return rc;
}

/* Features whose option is off do not exist. */
static void leave_out(struct trfs_schema *schema, const struct trfs_options *options)
{
	size_t nr = 0;

	for (size_t i = 0; i < schema->nr_rules; i++) {
		const struct trfs_feature_rule *rule = &schema->rules[i];

		if (!rule->when || trfs_option_is_on(options, rule->when))
			schema->rules[nr++] = *rule;
	}
	schema->nr_rules = nr;
}

int trfs_schema_apply_options(struct trfs_schema *schema,
			      const struct trfs_options *options,
			      const struct trfs_catalog *catalog, struct trfs_error *err)
{
	int rc = 0;

	leave_out(schema, options);
	if (options->label_type == TRFS_LABEL_FLOAT)
		rc = show_targets(schema, catalog, err);
	if (rc == 0 && options->label_base)
		rc = shift_labels(schema, options->label_base, catalog, err);
	if (rc == 0 && options->exif == TRFS_EXIF_FEATURE)
		rc = add_orientation(schema, err);
	for (unsigned int i = 0; i < options->extra.nr && rc == 0; i++)
		rc = add_extra(schema, options->extra.items[i], catalog, err);
	return rc;
}
