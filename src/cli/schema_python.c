/* SPDX-License-Identifier: MIT */
/*
 * The parser is as strict as the schema: a feature that always has so many values is
 * read as a dense tensor of that shape, everything else as a sparse one.
 */
#include "cli/schema_python.h"

#include <string.h>

static bool is_from(const struct trfs_schema_feature *feature, const char *source)
{
	return feature->from && strcmp(feature->from, source) == 0;
}

/* Always there, with always as many values. */
static bool is_fixed(const struct trfs_schema_feature *feature)
{
	return !feature->optional && !feature->list && feature->nr_values > 0;
}

/* A text in Python's quotes. */
static void print_quoted(FILE *out, struct trfs_bytes text)
{
	fputc('"', out);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static const char *type_of(enum trfs_feature_kind kind)
{
	switch (kind) {
	case TRFS_FEATURE_FLOAT:
		return "tf.float32";
	case TRFS_FEATURE_INT64:
		return "tf.int64";
	case TRFS_FEATURE_BYTES:
		break;
	}
	return "tf.string";
}

static void print_feature(FILE *out, const struct trfs_schema_feature *feature)
{
	const char *type = type_of(feature->kind);

	fputs("    ", out);
	print_quoted(out, feature->key);
	if (!is_fixed(feature))
		fprintf(out, ": tf.io.VarLenFeature(%s),\n", type);
	else if (feature->nr_values == 1)
		fprintf(out, ": tf.io.FixedLenFeature([], %s),\n", type);
	else
		fprintf(out, ": tf.io.FixedLenFeature([%zu], %s),\n", feature->nr_values,
			type);
}

/* The first feature from @source; false where there is none, or no single value. */
static bool find_one(const struct trfs_schema *schema, const char *source,
		     struct trfs_schema_feature *ret)
{
	for (size_t i = 0; i < trfs_schema_nr_features(schema); i++) {
		struct trfs_schema_feature feature = trfs_schema_feature(schema, i);

		if (is_from(&feature, source) && is_fixed(&feature) &&
		    feature.nr_values == 1) {
			*ret = feature;
			return true;
		}
	}
	return false;
}

static bool has_labels(const struct trfs_schema *schema)
{
	for (size_t i = 0; i < trfs_schema_nr_features(schema); i++) {
		struct trfs_schema_feature feature = trfs_schema_feature(schema, i);

		if (feature.from && strncmp(feature.from, "label.", 6) == 0)
			return true;
	}
	return false;
}

static void print_features(FILE *out, const struct trfs_schema *schema)
{
	if (has_labels(schema))
		fputs("# With several labels an image (--label-sep), make the label "
		      "features\n# tf.io.VarLenFeature.\n",
		      out);
	fputs("FEATURES = {\n", out);
	for (size_t i = 0; i < trfs_schema_nr_features(schema); i++) {
		struct trfs_schema_feature feature = trfs_schema_feature(schema, i);

		print_feature(out, &feature);
	}
	fputs("}\n\n\n", out);
}

static void print_parse(FILE *out, const struct trfs_schema *schema)
{
	struct trfs_schema_feature image, label;
	bool has_image = find_one(schema, "image.encoded", &image);
	bool has_label = find_one(schema, "label.id", &label);

	fprintf(out,
		"def parse(record):\n"
		"    \"\"\"One record: %s.\"\"\"\n"
		"    example = tf.io.parse_single_example(record, FEATURES)\n",
		!has_image  ? "its features by key"
		: has_label ? "its image as uint8 [height, width, 3], and its label"
			    : "its image as uint8 [height, width, 3], and its features");
	if (!has_image) {
		fputs("    return example\n\n\n", out);
		return;
	}
	fputs("    image = tf.io.decode_image(example[", out);
	print_quoted(out, image.key);
	fputs("], channels=3, expand_animations=False)\n"
	      "    image.set_shape([None, None, 3])\n"
	      "    return image, example",
	      out);
	if (has_label) {
		fputc('[', out);
		print_quoted(out, label.key);
		fputc(']', out);
	}
	fputs("\n\n\n", out);
}

static void print_dataset(FILE *out)
{
	fputs("def dataset(pattern):\n"
	      "    \"\"\"All records of the files that match: "
	      "dataset(\"mnt/train-*.tfrecord\").\"\"\"\n"
	      "    files = sorted(tf.io.gfile.glob(pattern))\n"
	      "    if not files:\n"
	      "        raise FileNotFoundError(f\"no file matches {pattern}\")\n"
	      "    records = tf.data.Dataset.from_tensor_slices(files).interleave(\n"
	      "        tf.data.TFRecordDataset, cycle_length=min(len(files), 16),\n"
	      "        num_parallel_calls=tf.data.AUTOTUNE)\n"
	      "    return records.map(parse, num_parallel_calls=tf.data.AUTOTUNE)\n",
	      out);
}

void trfs_schema_print_python(FILE *out, const struct trfs_schema *schema)
{
	fputs("import tensorflow as tf\n\n", out);
	print_features(out, schema);
	print_parse(out, schema);
	print_dataset(out);
}
