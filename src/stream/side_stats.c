/* SPDX-License-Identifier: MIT */
/*
 * stats.json: records of each split, class and shard, and bytes; num_examples.txt: one
 * number, the records that are trained on; class_weights.json for Keras' class_weight.
 */
#include "stream/side_counts.h"

#include <inttypes.h>
#include <sys/stat.h>

static int put_shards(const struct trfs_view *view, uint32_t split,
		      struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_plan_split *s = &view->plan->splits[split];
	uint64_t bytes = 0;

	trfs_buffer_printf(out, "      \"shards\": {");
	for (uint32_t i = 0; i < s->nr_shards; i++) {
		uint32_t shard = s->first_shard + i;
		char name[TRFS_SHARD_NAME_MAX];
		uint64_t size;
		int rc = trfs_view_shard_size(view, shard, &size, err);

		if (rc < 0)
			return rc;
		bytes += size;
		trfs_plan_shard_name(view->plan, shard, name);
		trfs_buffer_printf(out, "%s\n        ", i > 0 ? "," : "");
		trfs_side_put_json_text(out, trfs_bytes_of(name));
		trfs_buffer_printf(out,
				   ": {\"records\": %" PRIu64 ", \"bytes\": %" PRIu64 "}",
				   trfs_plan_shard_nr_records(view->plan, shard), size);
	}
	trfs_buffer_printf(out, "\n      },\n      \"bytes\": %" PRIu64 "\n    }", bytes);
	return 0;
}

static int put_split(const struct trfs_view *view, uint32_t split,
		     const struct trfs_side_counts *counts, struct trfs_buffer *out,
		     struct trfs_error *err)
{
	const uint64_t *row = counts->of + split * counts->nr_classes;

	trfs_buffer_printf(out, "%s\n    ", split > 0 ? "," : "");
	trfs_side_put_json_text(out, trfs_strings_get(&view->plan->split_names, split));
	trfs_buffer_printf(out,
			   ": {\n      \"records\": %" PRIu64 ",\n      \"classes\": {",
			   view->plan->splits[split].nr_records);
	for (uint64_t c = 0; c < counts->nr_classes; c++) {
		trfs_buffer_printf(out, "%s\n        ", c > 0 ? "," : "");
		trfs_side_put_json_text(out,
					trfs_strings_get(&view->catalog->class_names, c));
		trfs_buffer_printf(out, ": %" PRIu64, row[c]);
	}
	trfs_buffer_printf(out, "\n      },\n      \"unlabelled\": %" PRIu64 ",\n",
			   counts->unlabelled[split]);
	return put_shards(view, split, out, err);
}

/* What the data set costs beside the images that are there anyway. */
static uint64_t index_bytes(const struct trfs_view *view)
{
	const char *path = trfs_generation_index_path(view->generation);
	struct stat st;

	return path && stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static uint64_t image_bytes(const struct trfs_catalog *catalog)
{
	uint64_t bytes = 0;

	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		bytes += trfs_catalog_example(catalog, i)->size;
	return bytes;
}

static int put_stats(const struct trfs_view *view, const struct trfs_side_counts *counts,
		     struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_catalog *catalog = view->catalog;
	uint64_t bytes = 0, size;
	int rc = trfs_view_find_sizes(view, err);

	for (uint32_t i = 0; rc == 0 && i < view->plan->nr_shards; i++) {
		rc = trfs_view_shard_size(view, i, &size, err);
		bytes += rc == 0 ? size : 0;
	}
	trfs_buffer_printf(out,
			   "{\n  \"records\": %" PRIu64 ",\n  \"images\": %" PRIu64
			   ",\n  \"problems\": %" PRIu64 ",\n  \"bytes_shown\": %" PRIu64
			   ",\n  \"bytes_of_images\": %" PRIu64
			   ",\n  \"bytes_stored\": %" PRIu64 ",\n  \"splits\": {",
			   view->plan->nr_records, catalog->nr_examples,
			   catalog->problems.nr, bytes, image_bytes(catalog),
			   index_bytes(view));
	for (uint32_t i = 0; rc == 0 && i < counts->nr_splits; i++)
		rc = put_split(view, i, counts, out, err);
	trfs_buffer_printf(out, "\n  }\n}\n");
	return rc;
}

static int make_stats(const struct trfs_side_request *request, struct trfs_buffer *out,
		      struct trfs_error *err)
{
	struct trfs_side_counts counts;
	int rc = trfs_side_counts_make(request->view, &counts, err);

	if (rc == 0)
		rc = put_stats(request->view, &counts, out, err);
	trfs_side_counts_done(&counts);
	return rc;
}

static int make_number(const struct trfs_side_request *request, struct trfs_buffer *out,
		       struct trfs_error *err)
{
	const struct trfs_view *view = request->view;

	(void)err;
	trfs_buffer_printf(out, "%" PRIu64 "\n",
			   view->plan->splits[trfs_side_training_split(view)].nr_records);
	return 0;
}

/* As scikit-learn's "balanced": records / (classes * records of the class). */
static int make_weights(const struct trfs_side_request *request, struct trfs_buffer *out,
			struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	uint32_t split = trfs_side_training_split(view);
	struct trfs_side_counts counts;
	uint64_t nr_present = 0, sum = 0;
	const uint64_t *row;
	const char *before = "";
	int rc = trfs_side_counts_make(view, &counts, err);

	row = rc == 0 ? counts.of + split * counts.nr_classes : NULL;
	for (uint64_t c = 0; rc == 0 && c < counts.nr_classes; c++) {
		nr_present += row[c] > 0;
		sum += row[c];
	}
	trfs_buffer_put_u8(out, '{');
	for (uint64_t c = 0; rc == 0 && c < counts.nr_classes; c++) {
		if (row[c] == 0)
			continue;
		trfs_buffer_printf(out, "%s\n  \"%" PRId64 "\": %.9g", before,
				   trfs_side_class_id(view, c),
				   (double)sum / ((double)nr_present * (double)row[c]));
		before = ",";
	}
	trfs_buffer_printf(out, "\n}\n");
	trfs_side_counts_done(&counts);
	return rc;
}

const struct trfs_side_kind trfs_side_stats = {
	.set = "standard",
	.path = "stats.json",
	.flags = TRFS_SIDE_IN_VIEWS,
	.make = make_stats,
};

const struct trfs_side_kind trfs_side_num_examples = {
	.set = "standard",
	.path = "num_examples.txt",
	.flags = TRFS_SIDE_IN_VIEWS,
	.make = make_number,
};

const struct trfs_side_kind trfs_side_class_weights = {
	.set = "standard",
	.path = "class_weights.json",
	.flags = TRFS_SIDE_IN_VIEWS,
	.make = make_weights,
};
