/* SPDX-License-Identifier: MIT */
/* A schema from the inside, for those who parse it, bind it and lay out records by it. */
#ifndef TRFS_DATASET_SCHEMA_RULE_H
#define TRFS_DATASET_SCHEMA_RULE_H

#include "dataset/feature_source.h"
#include "dataset/options.h"
#include "dataset/schema.h"

#define TRFS_SCHEMA_FEATURES_MAX  256
#define TRFS_SCHEMA_TEXT_SIZE_MAX (1u << 20)

/* What becomes of a feature whose source gives no values. */
enum trfs_missing {
	TRFS_MISSING_ERROR,
	TRFS_MISSING_ABSENT,   /* the key is left out */
	TRFS_MISSING_REPLACED, /* the rule's own values, possibly none, stand in */
};

/**
 * struct trfs_feature_rule - how one feature of an example is made
 * @feature: key and kind; its values are a constant's, or stand in for missing ones
 * @source: NULL for a constant
 * @from: as the schema names the source
 * @column_name: the end of @from for a column, else empty
 * @column: its number once bound
 * @when: the option without which the feature does not exist; NULL: it always does
 * @optional: the column may be missing: @column then stays TRFS_NO_COLUMN
 * @list: the number of values varies, as far as the catalog tells
 *
 * All memory is the schema's.
 */
struct trfs_feature_rule {
	struct trfs_feature feature;
	const struct trfs_feature_source *source;
	const char *from;
	const char *column_name;
	uint32_t column;
	enum trfs_missing missing;
	int64_t add;
	const struct trfs_option *when;
	bool optional;
	bool list;
};

/**
 * struct trfs_schema - a parsed schema, immutable once loaded
 * @origin: as the user named it: "slim", "my/features.json"
 * @rules: in map order
 * @constants: owns all texts and values of the rules, and @name and @description
 */
struct trfs_schema {
	char *origin;
	struct trfs_buffer text;
	const char *name;
	const char *description;
	struct trfs_feature_rule *rules;
	size_t nr_rules;
	struct trfs_feature_values constants;
};

/* Without rules yet; NULL without memory. */
struct trfs_schema *trfs_schema_new(const char *origin);

/*
 * Fill a new schema's rules, name and description from its text, in the order of the
 * text.  -EINVAL with a sentence that names the schema, -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_schema_parse(struct trfs_schema *schema, struct trfs_error *err);

/*
 * Change a parsed schema as the options say: --extra, --exif=feature, --label-base,
 * --label-type, and any that a "when" names.  @catalog may be NULL: what it would tell
 * stays as it is.  -EINVAL with the option, -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_schema_apply_options(struct trfs_schema *schema,
			      const struct trfs_options *options,
			      const struct trfs_catalog *catalog, struct trfs_error *err);

/*
 * Find the columns of a parsed schema in a catalog; -EINVAL when one is not there, or
 * labels are wanted and there are none.
 */
TRFS_MUST_CHECK
int trfs_schema_bind(struct trfs_schema *schema, const struct trfs_catalog *catalog,
		     struct trfs_error *err);

#endif
