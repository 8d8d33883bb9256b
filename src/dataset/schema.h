/* SPDX-License-Identifier: MIT */
/*
 * A schema: which features an example becomes.  Data, not code: the built-in ones are
 * written in the same JSON that a user's own file is (schema_builtin.c):
 *
 *	{ "name": "slim",
 *	  "description": "…",
 *	  "features": {
 *	    "image/encoded": "image.encoded",
 *	    "image/class/label": {"from": "label.id", "add": 1},
 *	    "image/colorspace": {"value": "RGB"},
 *	    "age": {"from": "column.age", "type": "float", "missing": -1} } }
 *
 * "from"     a source of the table in feature_source.c, or column.NAME
 * "value"    a constant instead: text, number or a list of them
 * "type"     bytes, int64 or float; needed for columns, else the source's own
 * "add"      an integer added to each int64 value (a label base)
 * "missing"  for an empty cell: "error" (default), "absent", "empty", or a value, which
 *            stands as it is, without "add"; a list where it is one of these words
 * "optional" true: the manifest may lack the column altogether, as if all its cells were
 *            empty
 * "when"     an option's name: the feature exists only where that flag is on, or that
 *            text or list is given: "include-masks"
 */
#ifndef TRFS_DATASET_SCHEMA_H
#define TRFS_DATASET_SCHEMA_H

#include "dataset/content.h"
#include "wire/record.h"

struct trfs_schema;

/**
 * trfs_schema_load() - parse a schema and bind it to a catalog's columns
 * @name: a built-in name, or the path of a JSON file (anything with a '/' or ".json")
 * @catalog: whose columns it may name, not kept; NULL: parse only, to describe it
 *
 * Cost: for a schema with columns, a look at each distinct cell of them.
 *
 * -EINVAL with the schema (for JSON syntax file, line and column) and what to type:
 * unknown source, column (the nearest one is named), type, key given twice, schema name;
 * labels asked of a source without any.  -ENOMEM, or the errno of reading the file.
 */
TRFS_MUST_CHECK
int trfs_schema_load(const char *name, enum trfs_map_order map_order,
		     const struct trfs_catalog *catalog, struct trfs_schema **ret,
		     struct trfs_error *err);

/* The schema that @options name, or else what @catalog (may be NULL) is shown by. */
const char *trfs_schema_chosen(const struct trfs_options *options,
			       const struct trfs_catalog *catalog);

/*
 * The schema of @options, changed as they say: --extra, --exif=feature,
 * --label-base, --label-type, and without features whose "when" does not hold.  As
 * trfs_schema_load().
 */
TRFS_MUST_CHECK
int trfs_schema_load_options(const struct trfs_options *options,
			     const struct trfs_catalog *catalog, struct trfs_schema **ret,
			     struct trfs_error *err);
struct trfs_schema *trfs_schema_free(struct trfs_schema *schema);
TRFS_DEFINE_FREEP(trfs_schema)

/* The JSON text it was made from: part of a saved index's fingerprint. */
struct trfs_bytes trfs_schema_text(const struct trfs_schema *schema);

/* What a feature of a schema is, for `schema` and for parsers made from it. */
struct trfs_schema_feature {
	struct trfs_bytes key;
	enum trfs_feature_kind kind;
	const char *from; /* "image.encoded", "column.age"; NULL for a constant */
	bool optional;	  /* the key can be absent */
	bool list;	  /* the number of values varies, as far as the catalog tells */
	size_t nr_values; /* where it does not vary: how many */
};

size_t trfs_schema_nr_features(const struct trfs_schema *schema);
/* Feature @i in map order. */
struct trfs_schema_feature trfs_schema_feature(const struct trfs_schema *schema,
					       size_t i);
const char *trfs_schema_name(const struct trfs_schema *schema);
const char *trfs_schema_description(const struct trfs_schema *schema);

/* The built-in schemas by number, and their JSON by name (NULL: there is none). */
size_t trfs_schema_nr_builtins(void);
const char *trfs_schema_builtin_name(size_t i);
const char *trfs_schema_builtin_text(const char *name);

/* The kinds of contents that its records have: bit k for enum trfs_content k. */
uint32_t trfs_schema_contents(const struct trfs_schema *schema);

/**
 * struct trfs_example_builder - lays out records of one schema over one catalog
 * @record: the last one; valid until the next
 * @has_copies: whether the next one is one of several of its example; set by the caller,
 *	who has the plan
 *
 * One a thread: it keeps its memory between records.
 */
struct trfs_example_builder {
	const struct trfs_schema *schema;
	const struct trfs_catalog *catalog;
	struct trfs_record record;
	bool has_copies;
	struct trfs_feature_values *values; /* private */
};

TRFS_MUST_CHECK
int trfs_example_builder_init(struct trfs_example_builder *b,
			      const struct trfs_schema *schema,
			      const struct trfs_catalog *catalog);
void trfs_example_builder_done(struct trfs_example_builder *b);

/*
 * Lay out the record of @example, or of its augmented copy of that number.  -EBADMSG
 * names the image and the cell that does not fit its type, or the record that is over
 * what protobuf can parse.
 */
TRFS_MUST_CHECK
int trfs_example_builder_layout(struct trfs_example_builder *b, uint64_t example,
				uint32_t copy, struct trfs_error *err);

#endif
