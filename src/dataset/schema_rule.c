/* SPDX-License-Identifier: MIT */
/*
 * One feature of a schema's JSON: the short form, which is a source's name, and the
 * object.  Each member is parsed by a function of its own, in the order in which they
 * decide: the source, then the type, then what depends on the type.
 */
#include "dataset/schema_json.h"

#include "base/error.h"
#include "base/nearest.h"
#include "dataset/schema_constant.h"
#include "manifest/text.h"

#include <errno.h>
#include <jansson.h>

enum feature_member {
	FROM,
	VALUE,
	TYPE,
	ADD,
	MISSING,
	OPTIONAL,
	WHEN,
	NR_FEATURE_MEMBERS
};

static const char *const feature_members[] = { "from",	  "value",    "type", "add",
					       "missing", "optional", "when", NULL };

static const char *const type_names[] = { "bytes", "float", "int64", NULL };

/* What a "type" says: *@ret_kind, untouched where there is none. */
static int parse_type(const json_t *type, enum trfs_feature_kind *ret_kind,
		      struct trfs_error *err)
{
	static const enum trfs_feature_kind kinds[] = {
		TRFS_FEATURE_BYTES,
		TRFS_FEATURE_FLOAT,
		TRFS_FEATURE_INT64,
	};
	int i;

	if (!type)
		return 0;
	if (!json_is_string(type))
		return trfs_fail(
			err, -EINVAL,
			"\"type\" must be a text: \"bytes\", \"float\" or \"int64\"");
	i = trfs_schema_find_name(json_string_value(type), type_names);
	if (i < 0)
		return trfs_schema_fail_unknown("type", json_string_value(type),
						type_names, err);
	*ret_kind = kinds[i];
	return 0;
}

static int find_source(const char *name, struct trfs_feature_rule *rule,
		       struct trfs_error *err)
{
	const struct trfs_feature_source *source;
	struct trfs_nearest nearest;
	char hint[96], shown[96];

	source = trfs_feature_source_find(name, &rule->column_name);
	if (source) {
		rule->source = source;
		return 0;
	}
	trfs_nearest_init(&nearest, trfs_bytes_of(name));
	for (size_t i = 0; i < trfs_feature_source_table_len; i++)
		trfs_nearest_offer(&nearest,
				   trfs_bytes_of(trfs_feature_source_table[i].name));
	return trfs_fail(err, -EINVAL,
			 "unknown source \"%s\"%s; `tfrecordfs schema --sources` lists "
			 "them, and a column of the manifest is column.NAME",
			 trfs_text_printable(trfs_bytes_of(name), shown, sizeof(shown)),
			 trfs_nearest_hint(&nearest, hint, sizeof(hint)));
}

/* The type of a feature that has a source: as the schema says, else the source's own. */
static int decide_kind(const json_t *type, struct trfs_feature_rule *rule,
		       struct trfs_error *err)
{
	unsigned int traits = rule->source->traits;
	char shown[96];
	int rc;

	trfs_text_printable(trfs_bytes_of(rule->from), shown, sizeof(shown));
	if (!type && (traits & TRFS_SOURCE_COLUMN))
		return trfs_fail(err, -EINVAL,
				 "%s needs a type: {\"from\": \"%s\", \"type\": "
				 "\"bytes\"}, or \"int64\" or \"float\"",
				 shown, shown);
	rule->feature.kind = rule->source->kind;
	rc = parse_type(type, &rule->feature.kind, err);
	if (rc < 0)
		return rc;
	if ((traits & TRFS_SOURCE_CONTENT) && rule->feature.kind != rule->source->kind)
		return trfs_fail(err, -EINVAL,
				 "%s is content, which can only be of type \"%s\"", shown,
				 trfs_feature_kind_name(rule->source->kind));
	return 0;
}

static int parse_add(const json_t *add, struct trfs_feature_rule *rule,
		     struct trfs_error *err)
{
	if (!add)
		return 0;
	if (!json_is_integer(add))
		return trfs_fail(err, -EINVAL, "\"add\" must be an integer");
	if (rule->feature.kind != TRFS_FEATURE_INT64)
		return trfs_fail(err, -EINVAL,
				 "\"add\" goes with type \"int64\" only, and this is %s",
				 trfs_feature_kind_name(rule->feature.kind));
	rule->add = json_integer_value(add);
	return 0;
}

static int parse_missing(struct trfs_schema *schema, const json_t *missing,
			 struct trfs_feature_rule *rule, struct trfs_error *err)
{
	const char *word = json_string_value(missing);

	if (!missing || (word && strcmp(word, "error") == 0)) {
		rule->missing = TRFS_MISSING_ERROR;
		return 0;
	}
	if (word && strcmp(word, "absent") == 0) {
		rule->missing = TRFS_MISSING_ABSENT;
		return 0;
	}
	rule->missing = TRFS_MISSING_REPLACED;
	if (word && strcmp(word, "empty") == 0)
		rule->feature.nr_values = 0;
	else
		return trfs_schema_constant(&schema->constants, "missing", missing,
					    &rule->feature, err);
	return 0;
}

static int parse_optional(const json_t *optional, struct trfs_feature_rule *rule,
			  struct trfs_error *err)
{
	if (!optional)
		return 0;
	if (!json_is_boolean(optional))
		return trfs_fail(err, -EINVAL, "\"optional\" must be true or false");
	rule->optional = json_is_true(optional);
	if (rule->optional && !(rule->source->traits & TRFS_SOURCE_COLUMN))
		return trfs_fail(err, -EINVAL,
				 "\"optional\" goes with columns only; of other sources "
				 "\"missing\" says what becomes of no value");
	if (rule->optional && rule->missing == TRFS_MISSING_ERROR)
		return trfs_fail(err, -EINVAL,
				 "an \"optional\" column needs a \"missing\": "
				 "\"absent\", \"empty\" or a value");
	return 0;
}

static int parse_when(const json_t *when, struct trfs_feature_rule *rule,
		      struct trfs_error *err)
{
	const char *name = json_string_value(when);
	struct trfs_nearest nearest;
	char hint[96], shown[96];

	if (!when)
		return 0;
	if (!name)
		return trfs_fail(err, -EINVAL,
				 "\"when\" must be an option's name: \"include-masks\"");
	rule->when = trfs_option_find(name);
	if (rule->when && trfs_option_can_be_off(rule->when))
		return 0;
	trfs_text_printable(trfs_bytes_of(name), shown, sizeof(shown));
	if (rule->when)
		return trfs_fail(err, -EINVAL,
				 "\"when\" names --%s, which always has a value; name a "
				 "flag, or an option that need not be given",
				 shown);
	trfs_nearest_init(&nearest, trfs_bytes_of(name));
	for (size_t i = 0; i < trfs_option_table_len; i++)
		trfs_nearest_offer(&nearest, trfs_bytes_of(trfs_option_table[i].name));
	return trfs_fail(err, -EINVAL, "\"when\": there is no option \"%s\"%s", shown,
			 trfs_nearest_hint(&nearest, hint, sizeof(hint)));
}

static int parse_source(struct trfs_schema *schema, const char *from,
			const json_t *const *members, struct trfs_feature_rule *rule,
			struct trfs_error *err)
{
	int rc;

	rule->from = trfs_schema_keep_text(schema, from);
	if (!rule->from)
		return trfs_fail_memory(err, "a schema");
	rc = find_source(rule->from, rule, err);
	if (rc == 0)
		rc = decide_kind(members[TYPE], rule, err);
	if (rc == 0)
		rc = parse_add(members[ADD], rule, err);
	if (rc == 0)
		rc = parse_missing(schema, members[MISSING], rule, err);
	if (rc == 0)
		rc = parse_optional(members[OPTIONAL], rule, err);
	return rc;
}

static int parse_constant(struct trfs_schema *schema, const json_t *const *members,
			  struct trfs_feature_rule *rule, struct trfs_error *err)
{
	int rc = 0;

	if (members[ADD] || members[MISSING] || members[OPTIONAL])
		return trfs_fail(err, -EINVAL,
				 "\"add\", \"missing\" and \"optional\" go with "
				 "\"from\", not with "
				 "a constant \"value\"");
	if (members[TYPE])
		rc = parse_type(members[TYPE], &rule->feature.kind, err);
	else
		rc = trfs_schema_constant_kind(members[VALUE], &rule->feature.kind, err);
	if (rc < 0)
		return rc;
	return trfs_schema_constant(&schema->constants, "value", members[VALUE],
				    &rule->feature, err);
}

int trfs_schema_parse_rule(struct trfs_schema *schema, const json_t *json,
			   struct trfs_feature_rule *rule, struct trfs_error *err)
{
	const json_t *values[NR_FEATURE_MEMBERS] = { NULL };
	int rc;

	if (json_is_string(json))
		return parse_source(schema, json_string_value(json), values, rule, err);
	if (!json_is_object(json))
		return trfs_fail(err, -EINVAL,
				 "must be the name of a source or an object with "
				 "\"from\" or \"value\"");
	rc = trfs_schema_sort_members(json, feature_members, values, err);
	if (rc == 0)
		rc = parse_when(values[WHEN], rule, err);
	if (rc < 0)
		return rc;
	if (!values[FROM] == !values[VALUE])
		return trfs_fail(err, -EINVAL,
				 "needs one of \"from\" (a source) and \"value\" (a "
				 "constant)");
	if (values[VALUE])
		return parse_constant(schema, values, rule, err);
	if (!json_is_string(values[FROM]))
		return trfs_fail(err, -EINVAL, "\"from\" must be the name of a source");
	return parse_source(schema, json_string_value(values[FROM]), values, rule, err);
}
