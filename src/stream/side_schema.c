/* SPDX-License-Identifier: MIT */
/*
 * schema.py: how to read these records with TensorFlow, ready to import or to paste.
 * features.json: the same for machines.
 */
#include "dataset/feature_values.h"
#include "dataset/schema_python.h"
#include "stream/side_file.h"

static void put_feature(const struct trfs_schema_feature *feature,
			struct trfs_buffer *out)
{
	trfs_buffer_printf(out, "    \"");
	trfs_side_put_json(out, feature->key);
	trfs_buffer_printf(out, "\": {\"type\": \"%s\", \"values\": ",
			   trfs_feature_kind_name(feature->kind));
	/* null: any number of them. */
	if (feature->list)
		trfs_buffer_printf(out, "null");
	else
		trfs_buffer_printf(out, "%zu", feature->nr_values);
	trfs_buffer_printf(out, ", \"optional\": %s, \"from\": ",
			   feature->optional ? "true" : "false");
	if (feature->from)
		trfs_side_put_json_text(out, trfs_bytes_of(feature->from));
	else
		trfs_buffer_printf(out, "null");
	trfs_buffer_put_u8(out, '}');
}

static int make_features(const struct trfs_side_request *request, struct trfs_buffer *out,
			 struct trfs_error *err)
{
	const struct trfs_schema *schema = request->view->schema;

	(void)err;
	trfs_buffer_printf(out, "{\n  \"schema\": \"");
	trfs_side_put_json(out, trfs_bytes_of(trfs_schema_name(schema)));
	trfs_buffer_printf(out, "\",\n  \"features\": {\n");
	for (size_t i = 0; i < trfs_schema_nr_features(schema); i++) {
		struct trfs_schema_feature feature = trfs_schema_feature(schema, i);

		trfs_buffer_printf(out, "%s", i > 0 ? ",\n" : "");
		put_feature(&feature, out);
	}
	trfs_buffer_printf(out, "\n  }\n}\n");
	return 0;
}

static int make_python(const struct trfs_side_request *request, struct trfs_buffer *out,
		       struct trfs_error *err)
{
	(void)err;
	trfs_schema_print_python(out, request->view->schema);
	return 0;
}

const struct trfs_side_kind trfs_side_schema = {
	.set = "standard",
	.path = "schema.py",
	.flags = TRFS_SIDE_IN_VIEWS,
	.make = make_python,
};

const struct trfs_side_kind trfs_side_features = {
	.set = "standard",
	.path = "features.json",
	.flags = TRFS_SIDE_IN_VIEWS,
	.make = make_features,
};
