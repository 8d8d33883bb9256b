/* SPDX-License-Identifier: MIT */
/*
 * Laying out one record: each rule of the schema asks its source for values and turns
 * them into a feature, and the wire layer lays out what came together.  Rules stand in
 * map order, and all memory is used again, so this costs well below a microsecond.
 */
#include "dataset/schema_rule.h"

#include "base/error.h"
#include "manifest/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Whether a rule can be asked: a schema that was bound to a like catalog. */
static bool is_bound(const struct trfs_feature_rule *rule,
		     const struct trfs_catalog *catalog)
{
	unsigned int traits = rule->source ? rule->source->traits : 0;

	if ((traits & TRFS_SOURCE_LABELS) && catalog->label_column == TRFS_NO_COLUMN)
		return false;
	if ((traits & TRFS_SOURCE_MASK) && !catalog->masks &&
	    rule->missing == TRFS_MISSING_ERROR)
		return false;
	if (rule->optional && rule->column == TRFS_NO_COLUMN)
		return true;
	return !(traits & TRFS_SOURCE_COLUMN) || rule->column < catalog->column_names.nr;
}

int trfs_example_builder_init(struct trfs_example_builder *b,
			      const struct trfs_schema *schema,
			      const struct trfs_catalog *catalog)
{
	struct trfs_feature_values *values;

	for (size_t i = 0; i < schema->nr_rules; i++) {
		if (!is_bound(&schema->rules[i], catalog))
			return -EINVAL;
	}
	values = malloc(sizeof(*values));
	if (!values)
		return -ENOMEM;
	if (trfs_feature_values_init(values, schema->nr_rules) < 0) {
		free(values);
		return -ENOMEM;
	}
	*b = (struct trfs_example_builder){
		.schema = schema,
		.catalog = catalog,
		.values = values,
	};
	trfs_record_init(&b->record);
	return 0;
}

void trfs_example_builder_done(struct trfs_example_builder *b)
{
	if (!b->values)
		return;
	trfs_feature_values_done(b->values);
	free(b->values);
	b->values = NULL;
	trfs_record_done(&b->record);
}

/* The image's path for a message. */
static const char *image_name(const struct trfs_example_builder *b, uint64_t example,
			      char *buf, size_t len)
{
	struct trfs_name room;

	return trfs_text_printable(trfs_catalog_name(b->catalog, example, &room), buf,
				   len);
}

/* "column age", "label.id": the source for a message. */
static const char *source_name(const struct trfs_feature_rule *rule, char *buf,
			       size_t len)
{
	bool is_column = rule->source->traits & TRFS_SOURCE_COLUMN;
	char shown[96];

	trfs_text_printable(trfs_bytes_of(is_column ? rule->column_name : rule->from),
			    shown, sizeof(shown));
	snprintf(buf, len, is_column ? "column %s" : "%s", shown);
	return buf;
}

TRFS_COLD
static int fail_missing(const struct trfs_example_builder *b,
			const struct trfs_feature_rule *rule, uint64_t example,
			struct trfs_error *err)
{
	char image[TRFS_PRINTABLE_SIZE], source[128], key[96];

	return trfs_fail(err, -EBADMSG,
			 "%s: %s is empty; mend the manifest, or give the feature a "
			 "\"missing\": \"absent\", \"empty\" or a value (schema %s, "
			 "feature \"%s\")",
			 image_name(b, example, image, sizeof(image)),
			 source_name(rule, source, sizeof(source)), b->schema->origin,
			 trfs_text_printable(rule->feature.key, key, sizeof(key)));
}

TRFS_COLD
static int fail_misfit(const struct trfs_example_builder *b,
		       const struct trfs_feature_rule *rule, uint64_t example,
		       struct trfs_error *err)
{
	bool is_column = rule->source->traits & TRFS_SOURCE_COLUMN;
	char image[TRFS_PRINTABLE_SIZE], source[128], key[96], misfit[256];

	return trfs_fail(
		err, -EBADMSG,
		"%s: %s %s; %sgive the feature another \"type\" (schema %s, feature "
		"\"%s\")",
		image_name(b, example, image, sizeof(image)),
		source_name(rule, source, sizeof(source)),
		trfs_feature_values_describe_misfit(b->values, rule->feature.kind, misfit,
						    sizeof(misfit)),
		is_column ? "mend the manifest (an empty cell can have a \"missing\" "
			    "value), or "
			  : "",
		b->schema->origin,
		trfs_text_printable(rule->feature.key, key, sizeof(key)));
}

TRFS_COLD
static int fail_record(const struct trfs_example_builder *b, uint64_t example, int code,
		       struct trfs_error *err)
{
	char image[TRFS_PRINTABLE_SIZE];

	image_name(b, example, image, sizeof(image));
	if (code == -ENOMEM)
		return trfs_fail_memory(err, "a record");
	if (code == -EMSGSIZE)
		return trfs_fail(err, -EBADMSG,
				 "%s: its record would exceed 2,147,483,647 bytes, which "
				 "protobuf cannot parse; leave the image out or make it "
				 "smaller",
				 image);
	return trfs_fail(err, code,
			 "%s: the catalog contradicts itself; build the index "
			 "anew",
			 image);
}

/* 1 when the example has the feature, 0 when it is left out. */
static int make_feature(const struct trfs_example_builder *b,
			const struct trfs_feature_rule *rule, uint64_t example,
			uint32_t copy, struct trfs_feature *ret, struct trfs_error *err)
{
	struct trfs_source_request request = {
		.catalog = b->catalog,
		.example = example,
		.copy = copy,
		.has_copies = b->has_copies,
		.column = rule->column,
	};
	int rc;

	*ret = rule->feature;
	if (!rule->source)
		return 1;
	request.content = trfs_feature_source_content(rule->source);

	trfs_feature_values_begin(b->values);
	rc = rule->source->give(&request, b->values);
	if (rc < 0)
		return fail_record(b, example, rc, err);
	if (b->values->nr_given == 0 && !b->values->failed) {
		if (rule->missing == TRFS_MISSING_ERROR)
			return fail_missing(b, rule, example, err);
		return rule->missing != TRFS_MISSING_ABSENT;
	}
	rc = trfs_feature_values_convert(b->values, rule->add, ret);
	if (rc == -EBADMSG)
		return fail_misfit(b, rule, example, err);
	if (rc < 0)
		return fail_record(b, example, rc, err);
	return 1;
}

int trfs_example_builder_layout(struct trfs_example_builder *b, uint64_t example,
				uint32_t copy, struct trfs_error *err)
{
	const struct trfs_schema *schema = b->schema;
	struct trfs_feature *features = b->values->features;
	size_t nr = 0;
	int rc;

	trfs_feature_values_reset(b->values);
	for (size_t i = 0; i < schema->nr_rules; i++) {
		rc = make_feature(b, &schema->rules[i], example, copy, &features[nr],
				  err);
		if (rc < 0)
			return rc;
		nr += (size_t)rc;
	}
	rc = trfs_record_layout(&b->record, features, nr);
	return rc < 0 ? fail_record(b, example, rc, err) : 0;
}
