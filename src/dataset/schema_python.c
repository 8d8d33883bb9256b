/* SPDX-License-Identifier: MIT */
/*
 * The parser is as strict as the schema: a feature that always has so many values is
 * read as a dense tensor of that shape, everything else as a sparse one.
 */
#include "dataset/schema_python.h"

#include "base/visible.h"
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

/*
 * A text of UTF-8 in Python's quotes.  What is hidden is escaped: in code it could make
 * people read another than Python does.
 */
static void print_quoted(struct trfs_buffer *out, struct trfs_bytes text)
{
	trfs_buffer_put_u8(out, '"');
	while (text.len > 0) {
		uint32_t c = text.data[0];
		size_t len = trfs_utf8_take(text, &c);

		if (c == '"' || c == '\\')
			trfs_buffer_printf(out, "\\%c", (char)c);
		else if (len == 0 || c < 0x20 || c == 0x7f)
			trfs_buffer_printf(out, "\\x%02x", (unsigned int)c);
		else if (trfs_is_hidden(c))
			trfs_buffer_printf(out, "\\u%04x", (unsigned int)c);
		else
			trfs_buffer_put(out, text.data, len);
		text.data += len ? len : 1;
		text.len -= len ? len : 1;
	}
	trfs_buffer_put_u8(out, '"');
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

static void print_feature(struct trfs_buffer *out,
			  const struct trfs_schema_feature *feature)
{
	const char *type = type_of(feature->kind);

	trfs_buffer_printf(out, "    ");
	print_quoted(out, feature->key);
	if (!is_fixed(feature))
		trfs_buffer_printf(out, ": tf.io.VarLenFeature(%s),\n", type);
	else if (feature->nr_values == 1)
		trfs_buffer_printf(out, ": tf.io.FixedLenFeature([], %s),\n", type);
	else
		trfs_buffer_printf(out, ": tf.io.FixedLenFeature([%zu], %s),\n",
				   feature->nr_values, type);
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

static void print_features(struct trfs_buffer *out, const struct trfs_schema *schema)
{
	if (has_labels(schema))
		trfs_buffer_printf(
			out,
			"# With several labels an image (--label-sep), make the label "
			"features\n# tf.io.VarLenFeature.\n");
	trfs_buffer_printf(out, "FEATURES = {\n");
	for (size_t i = 0; i < trfs_schema_nr_features(schema); i++) {
		struct trfs_schema_feature feature = trfs_schema_feature(schema, i);

		print_feature(out, &feature);
	}
	trfs_buffer_printf(out, "}\n\n\n");
}

static void print_parse(struct trfs_buffer *out, const struct trfs_schema *schema)
{
	struct trfs_schema_feature image, label;
	bool has_image = find_one(schema, "image.encoded", &image);
	bool has_label = find_one(schema, "label.id", &label);

	trfs_buffer_printf(
		out,
		"def parse(record):\n"
		"    \"\"\"One record: %s.\"\"\"\n"
		"    example = tf.io.parse_single_example(record, FEATURES)\n",
		!has_image  ? "its features by key"
		: has_label ? "its image as uint8 [height, width, 3], and its label"
			    : "its image as uint8 [height, width, 3], and its features");
	if (!has_image) {
		trfs_buffer_printf(out, "    return example\n\n\n");
		return;
	}
	trfs_buffer_printf(out, "    image = tf.io.decode_image(example[");
	print_quoted(out, image.key);
	trfs_buffer_printf(out, "], channels=3, expand_animations=False)\n"
				"    image.set_shape([None, None, 3])\n"
				"    return image, example");
	if (has_label) {
		trfs_buffer_put_u8(out, '[');
		print_quoted(out, label.key);
		trfs_buffer_put_u8(out, ']');
	}
	trfs_buffer_printf(out, "\n\n\n");
}

static void print_dataset(struct trfs_buffer *out)
{
	trfs_buffer_printf(
		out,
		"def dataset(pattern):\n"
		"    \"\"\"All records of the files that match: "
		"dataset(\"mnt/train-*.tfrecord\").\"\"\"\n"
		"    files = sorted(tf.io.gfile.glob(pattern))\n"
		"    if not files:\n"
		"        raise FileNotFoundError(f\"no file matches {pattern}\")\n"
		"    records = tf.data.Dataset.from_tensor_slices(files).interleave(\n"
		"        tf.data.TFRecordDataset, cycle_length=min(len(files), 16),\n"
		"        num_parallel_calls=tf.data.AUTOTUNE)\n"
		"    return records.map(parse, num_parallel_calls=tf.data.AUTOTUNE)\n");
}

void trfs_schema_print_python(struct trfs_buffer *out, const struct trfs_schema *schema)
{
	trfs_buffer_printf(out, "import tensorflow as tf\n\n");
	print_features(out, schema);
	print_parse(out, schema);
	print_dataset(out);
}
