/* SPDX-License-Identifier: MIT */
/*
 * What tfds.builder_from_directory() reads beside the shards: how many records each of
 * them has, what the features are, and the names of classes.  Both JSON files stand as
 * Python's json.dump writes them with an indent and sorted keys.
 */
#include "stream/side_tfds.h"

#include "base/error.h"
#include "dataset/schema_rule.h"

#include <errno.h>
#include <inttypes.h>

#define FRAMING_SIZE 16 /* of a record, which TensorFlow Datasets does not count */
#define LABEL	     "label"
#define CLASSES_MAX  1000000
#define MODULE	     "tensorflow_datasets.core.features."

static bool is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c == '_';
}

/* Names that TensorFlow Datasets takes: a letter, then letters, digits, and "_". */
static int check_name(const char *name, struct trfs_error *err)
{
	bool sound = name && ((*name | 0x20) >= 'a' && (*name | 0x20) <= 'z');

	for (const char *p = name; sound && *p; p++)
		sound = is_word((uint8_t)*p);
	if (sound)
		return 0;
	return trfs_fail(err, -EINVAL,
			 "\"%s\" is no name for TensorFlow Datasets: type --name with a "
			 "letter and then letters, digits and '_'",
			 name ? name : "");
}

static int check_split(struct trfs_bytes name, struct trfs_error *err)
{
	for (size_t i = 0; i < name.len; i++)
		if (!is_word(name.data[i]) && name.data[i] != '-')
			return trfs_fail(err, -EINVAL,
					 "TensorFlow Datasets takes no '%c' in the name "
					 "of a split: \"%.*s\"",
					 name.data[i], TRFS_BYTES_ARG(name));
	return 0;
}

/* The shards' names as TensorFlow Datasets' templates have them. */
static int put_template(const char *template, struct trfs_buffer *out,
			struct trfs_error *err)
{
	static const char *const words[][2] = {
		{ "{shard}-of-{shards}", "{SHARD_X_OF_Y}" },
		{ "{split}", "{SPLIT}" },
	};

	for (const char *p = template; *p;) {
		size_t i = 0;

		while (i < TRFS_COUNT(words) &&
		       strncmp(p, words[i][0], strlen(words[i][0])) != 0)
			i++;
		if (i == TRFS_COUNT(words) && *p == '{')
			return trfs_fail(err, -EINVAL,
					 "TensorFlow Datasets needs shard names of "
					 "{split} and {shard}-of-{shards} alone, not %s",
					 template);
		if (i < TRFS_COUNT(words)) {
			trfs_buffer_printf(out, "%s", words[i][1]);
			p += strlen(words[i][0]);
		} else {
			trfs_side_put_json(out,
					   (struct trfs_bytes){ (const uint8_t *)p, 1 });
			p++;
		}
	}
	return 0;
}

static int put_split(const struct trfs_view *view, const struct trfs_tfds_place *place,
		     uint32_t number, struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_plan_split *s = &view->plan->splits[number];
	struct trfs_bytes name = trfs_strings_get(&view->plan->split_names, number);
	uint64_t bytes = 0;
	int rc = check_split(name, err);

	for (uint32_t i = 0; rc == 0 && place->is_own && i < s->nr_shards; i++) {
		uint64_t size = 0;

		rc = trfs_view_shard_size(view, s->first_shard + i, &size, err);
		bytes += size;
	}
	trfs_buffer_printf(out, "%s    {\n      \"filepathTemplate\": \"%s",
			   number > 0 ? ",\n" : "", place->prefix);
	if (rc == 0)
		rc = put_template(view->plan->name_template, out, err);
	trfs_buffer_printf(out, "\",\n      \"name\": \"%.*s\",\n", TRFS_BYTES_ARG(name));
	if (place->is_own)
		trfs_buffer_printf(out, "      \"numBytes\": \"%" PRIu64 "\",\n",
				   bytes - FRAMING_SIZE * s->nr_records);
	trfs_buffer_printf(out, "      \"shardLengths\": [\n");
	for (uint32_t i = 0; i < s->nr_shards; i++) {
		struct trfs_shard_range range =
			trfs_plan_shard_range(view->plan, s->first_shard + i);

		trfs_buffer_printf(out, "        \"%" PRIu64 "\"%s\n", range.nr_records,
				   i + 1 < s->nr_shards ? "," : "");
	}
	trfs_buffer_printf(out, "      ]\n    }");
	return rc;
}

int trfs_tfds_put_info(const struct trfs_view *view, const struct trfs_tfds_place *place,
		       struct trfs_buffer *out, struct trfs_error *err)
{
	int rc = check_name(place->name, err);

	if (rc < 0)
		return rc;
	trfs_buffer_printf(out,
			   "{\n  \"fileFormat\": \"tfrecord\",\n  \"name\": \"%s\",\n"
			   "  \"splits\": [\n",
			   place->name);
	for (uint32_t i = 0; rc == 0 && i < view->plan->nr_splits; i++)
		rc = put_split(view, place, i, out, err);
	trfs_buffer_printf(out, "\n  ],\n");
	if (place->is_supervised)
		trfs_buffer_printf(
			out,
			"  \"supervisedKeys\": {\"tuple\": {\"items\": [{\"featureKey\": "
			"\"image\"}, {\"featureKey\": \"label\"}]}},\n");
	trfs_buffer_printf(out, "  \"version\": \"1.0.0\"\n}");
	return rc;
}

static int make_tfds_info(const struct trfs_side_request *request,
			  struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_tfds_place place = { .name = request->view->options->name,
					       .prefix = "",
					       .is_own = true };

	return trfs_tfds_put_info(request->view, &place, out, err);
}

/* One more than the highest id of a class: ids below it may be nobody's. */
static int count_ids(const struct trfs_view *view, int64_t *ret, struct trfs_error *err)
{
	*ret = 0;
	for (uint64_t i = 0; i < view->catalog->class_names.nr; i++) {
		int64_t id = trfs_side_class_id(view, i);

		if (id < 0 || id >= CLASSES_MAX)
			return trfs_fail(err, -EINVAL,
					 "class \"%.*s\" has the id %" PRId64
					 ", and TensorFlow Datasets counts classes from "
					 "0; leave --labels out, or number them from 0",
					 TRFS_BYTES_ARG(trfs_strings_get(
						 &view->catalog->class_names, i)),
					 id);
		if (id >= *ret)
			*ret = id + 1;
	}
	return 0;
}

static void put_class(struct trfs_buffer *out, const char *module, const char *name)
{
	trfs_buffer_printf(
		out, "                \"pythonClassName\": \"" MODULE "%s_feature.%s\"",
		module, name);
}

static void put_tensor(struct trfs_buffer *out, const char *dtype)
{
	put_class(out, "tensor", "Tensor");
	trfs_buffer_printf(out,
			   ",\n                \"tensor\": {\n"
			   "                    \"dtype\": \"%s\",\n"
			   "                    \"encoding\": \"none\",\n"
			   "                    \"shape\": {}\n                }",
			   dtype);
}

static void put_image(struct trfs_buffer *out)
{
	trfs_buffer_printf(out, "                \"image\": {\n"
				"                    \"dtype\": \"uint8\",\n"
				"                    \"shape\": {\n"
				"                        \"dimensions\": [\n"
				"                            \"-1\",\n"
				"                            \"-1\",\n"
				"                            \"3\"\n"
				"                        ]\n"
				"                    }\n"
				"                },\n");
	put_class(out, "image", "Image");
}

static int put_label(const struct trfs_view *view, struct trfs_buffer *out,
		     struct trfs_error *err)
{
	int64_t nr;
	int rc = count_ids(view, &nr, err);

	trfs_buffer_printf(out,
			   "                \"classLabel\": {\n"
			   "                    \"numClasses\": \"%" PRId64 "\"\n"
			   "                },\n",
			   rc == 0 ? nr : 0);
	put_class(out, "class_label", "ClassLabel");
	return rc;
}

static bool is_from(const struct trfs_feature_rule *rule, const char *source)
{
	return rule->source && strcmp(rule->source->name, source) == 0;
}

static int put_feature(const struct trfs_view *view, const struct trfs_feature_rule *rule,
		       struct trfs_buffer *out, struct trfs_error *err)
{
	struct trfs_bytes key = rule->feature.key;
	int rc = 0;

	if (rule->list)
		return trfs_fail(err, -EINVAL,
				 "the feature \"%.*s\" can have several values, which "
				 "features.json does not describe here; choose another "
				 "--schema",
				 TRFS_BYTES_ARG(key));
	trfs_buffer_printf(out, "            \"");
	trfs_side_put_json(out, key);
	trfs_buffer_printf(out, "\": {\n");
	if (is_from(rule, "image.encoded")) {
		put_image(out);
	} else if (is_from(rule, "label.id") &&
		   trfs_bytes_equal(key, trfs_bytes_of(LABEL))) {
		rc = put_label(view, out, err);
	} else if (rule->feature.kind == TRFS_FEATURE_BYTES) {
		put_class(out, "text", "Text");
		trfs_buffer_printf(out, ",\n                \"text\": {}");
	} else {
		put_tensor(out, rule->feature.kind == TRFS_FEATURE_INT64 ? "int64"
									 : "float32");
	}
	trfs_buffer_printf(out, "\n            }");
	return rc;
}

/* The rule whose key follows @last in plain order; NULL behind the last one. */
static const struct trfs_feature_rule *next_rule(const struct trfs_schema *schema,
						 const struct trfs_feature_rule *last)
{
	const struct trfs_feature_rule *next = NULL;

	for (size_t i = 0; i < schema->nr_rules; i++) {
		const struct trfs_feature_rule *rule = &schema->rules[i];

		if (last && trfs_bytes_compare(rule->feature.key, last->feature.key) <= 0)
			continue;
		if (!next || trfs_bytes_compare(rule->feature.key, next->feature.key) < 0)
			next = rule;
	}
	return next;
}

int trfs_tfds_put_features(const struct trfs_view *view, const struct trfs_schema *schema,
			   struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_feature_rule *rule = NULL;
	const char *before = "";
	int rc = 0;

	trfs_buffer_printf(out, "{\n    \"featuresDict\": {\n        \"features\": {\n");
	while (rc == 0 && (rule = next_rule(schema, rule)) != NULL) {
		trfs_buffer_printf(out, "%s", before);
		rc = put_feature(view, rule, out, err);
		before = ",\n";
	}
	trfs_buffer_printf(out, "\n        }\n    },\n    \"pythonClassName\": \"" MODULE
				"features_dict.FeaturesDict\"\n}");
	return rc;
}

static int make_tfds_features(const struct trfs_side_request *request,
			      struct trfs_buffer *out, struct trfs_error *err)
{
	return trfs_tfds_put_features(request->view, request->view->schema, out, err);
}

/* A name a line, by id; an id of no class is its own name. */
int trfs_tfds_make_labels(const struct trfs_side_request *request,
			  struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	const struct trfs_strings *names = &view->catalog->class_names;
	uint64_t next = 0;
	int64_t nr;
	int rc = count_ids(view, &nr, err);

	/* Classes stand in the order of their ids. */
	for (int64_t id = 0; rc == 0 && id < nr; id++) {
		if (next < names->nr && trfs_side_class_id(view, next) == id) {
			struct trfs_bytes name = trfs_strings_get(names, next++);

			trfs_buffer_put(out, name.data, name.len);
			trfs_buffer_put_u8(out, '\n');
		} else {
			trfs_buffer_printf(out, "%" PRId64 "\n", id);
		}
	}
	return rc;
}

const struct trfs_side_kind trfs_side_tfds_info = {
	.set = "tfds",
	.path = "dataset_info.json",
	.make = make_tfds_info,
};

const struct trfs_side_kind trfs_side_tfds_features = {
	.set = "tfds",
	.path = "features.json",
	.make = make_tfds_features,
};

const struct trfs_side_kind trfs_side_tfds_labels = {
	.set = "tfds",
	.path = "label.labels.txt",
	.make = trfs_tfds_make_labels,
};

bool trfs_tfds_fits(const struct trfs_view *view, const char *name)
{
	struct trfs_error unused;
	struct trfs_buffer scratch;
	int64_t nr;
	int rc = check_name(name, &unused);

	trfs_buffer_init(&scratch, (size_t)1 << 16);
	if (rc == 0)
		rc = put_template(view->plan->name_template, &scratch, &unused);
	for (uint32_t i = 0; rc == 0 && i < view->plan->nr_splits; i++)
		rc = check_split(trfs_strings_get(&view->plan->split_names, i), &unused);
	if (rc == 0)
		rc = count_ids(view, &nr, &unused);
	trfs_buffer_done(&scratch);
	return rc == 0;
}
