/* SPDX-License-Identifier: MIT */
/*
 * A schema's JSON, any bytes: parsed, bound to a small catalog, described, and used to
 * lay out every example.  Whatever was accepted once is accepted again.
 */
#include "dataset/schema_rule.h"

#include "../unit/small_catalog.h"

#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the text makes of a catalog, or of none; NULL where it is refused. */
static struct trfs_schema *load(const uint8_t *data, size_t size,
				const struct trfs_catalog *catalog)
{
	struct trfs_schema *schema = trfs_schema_new("fuzz.json");
	struct trfs_error err = { 0 };
	int rc;

	if (!schema)
		abort();
	trfs_buffer_put(&schema->text, data, size);
	if (schema->text.failed)
		return trfs_schema_free(schema);
	rc = trfs_schema_parse(schema, &err);
	if (rc == 0 && catalog)
		rc = trfs_schema_bind(schema, catalog, &err);
	if (rc == 0)
		return schema;
	if (rc != -EINVAL || err.message[0] == '\0')
		abort();
	return trfs_schema_free(schema);
}

static void describe(const struct trfs_schema *schema)
{
	for (size_t i = 0; i < trfs_schema_nr_features(schema); i++) {
		struct trfs_schema_feature f = trfs_schema_feature(schema, i);

		if (f.key.len == 0 || !trfs_utf8_valid(f.key) ||
		    (f.list && f.nr_values != 0) || (!f.from && (f.list || f.optional)))
			abort();
	}
}

static void lay_out(const struct trfs_schema *schema, const struct trfs_catalog *catalog)
{
	struct trfs_example_builder builder;

	if (trfs_example_builder_init(&builder, schema, catalog) < 0)
		abort();
	for (uint64_t i = 0; i < catalog->nr_examples; i++) {
		struct trfs_error err = { 0 };
		int rc = trfs_example_builder_layout(&builder, i, 0, &err);

		if (rc < 0 && (rc != -EBADMSG || err.message[0] == '\0'))
			abort();
		if (rc == 0 && builder.record.len < TRFS_TFRECORD_FRAMING_SIZE)
			abort();
	}
	trfs_example_builder_done(&builder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct small_catalog *small;
	struct trfs_schema *schema;

	if (!small)
		small = small_catalog_new();
	schema = load(data, size, NULL);
	if (!schema)
		return 0;
	describe(schema);
	trfs_schema_free(schema);

	schema = load(data, size, &small->catalog);
	if (!schema)
		return 0;
	describe(schema);
	lay_out(schema, &small->catalog);
	trfs_schema_free(schema);
	return 0;
}
