/* SPDX-License-Identifier: MIT */
/*
 * What image2tfrecords leaves beside its shards, byte for byte: labels.csv as pandas
 * writes it, and a summary as Python's json.dump does.  Their headings are those of the
 * manifest's first two columns.
 */
#include "stream/side_file.h"

#include "base/error.h"
#include "manifest/manifest.h"

#include <errno.h>
#include <inttypes.h>

/* A table of class ids; its headings and rows go into labels.csv as they are. */
struct table {
	struct trfs_inputs inputs;
	struct trfs_manifest *manifest;
};

static bool has_table(const struct trfs_view *view)
{
	return view->options->labels &&
	       trfs_bytes_ends_with(trfs_bytes_of(view->options->labels), ".csv");
}

static int table_open(struct table *table, const struct trfs_view *view,
		      struct trfs_error *err)
{
	/* Headings with their blanks, values without. */
	const struct trfs_manifest_request request = { .path = view->options->labels,
						       .dialect = "image2tfrecords" };

	*table = (struct table){ .manifest = NULL };
	if (trfs_inputs_init(&table->inputs) < 0)
		return trfs_fail_memory(err, "the labels");
	return trfs_manifest_open(NULL, &request, &table->inputs, &table->manifest, err);
}

static void table_done(struct table *table)
{
	trfs_manifest_free(table->manifest);
	trfs_inputs_done(&table->inputs);
}

static int print_table(struct table *table, struct trfs_buffer *out,
		       struct trfs_error *err)
{
	struct trfs_strings columns = trfs_manifest_columns(table->manifest);
	struct trfs_row row;
	int rc;

	for (uint64_t i = 0; i < columns.nr; i++) {
		if (i > 0)
			trfs_buffer_put_u8(out, ',');
		trfs_side_put_csv(out, trfs_strings_get(&columns, i));
	}
	trfs_buffer_put_u8(out, '\n');
	while ((rc = trfs_manifest_next(table->manifest, &row, err)) > 0) {
		for (size_t i = 0; i < row.nr_cells; i++) {
			if (i > 0)
				trfs_buffer_put_u8(out, ',');
			if (row.cells[i].nr_values > 0)
				trfs_side_put_csv(out, row.cells[i].values[0].text);
		}
		trfs_buffer_put_u8(out, '\n');
	}
	return rc;
}

/* File and class are the first two columns. */
static int check_columns(const struct trfs_view *view, struct trfs_error *err)
{
	if (view->catalog->column_names.nr >= 2)
		return 0;
	return trfs_fail(err, -EINVAL,
			 "it needs a manifest whose first two columns are the file and "
			 "its class");
}

static struct trfs_bytes heading(const struct trfs_view *view, uint64_t column)
{
	return trfs_strings_get(&view->catalog->column_names, column);
}

/* The class's heading with "_id". */
static int put_id_heading(struct trfs_buffer *out, struct trfs_bytes class,
			  struct trfs_error *err)
{
	struct trfs_buffer text;
	int rc = 0;

	trfs_buffer_init(&text, class.len + 3);
	trfs_buffer_put(&text, class.data, class.len);
	trfs_buffer_put(&text, "_id", 3);
	if (text.failed)
		rc = trfs_fail_memory(err, "a heading");
	else
		trfs_side_put_csv(out, trfs_buffer_bytes(&text));
	trfs_buffer_done(&text);
	return rc;
}

static int make_image2tfrecords_labels(const struct trfs_side_request *request,
				       struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	const struct trfs_catalog *c = view->catalog;
	struct table table;
	int rc;

	if (has_table(view)) {
		rc = table_open(&table, view, err);
		if (rc == 0)
			rc = print_table(&table, out, err);
		table_done(&table);
		return rc;
	}
	rc = check_columns(view, err);
	if (rc < 0)
		return rc;
	trfs_side_put_csv(out, heading(view, 1));
	trfs_buffer_put_u8(out, ',');
	rc = put_id_heading(out, heading(view, 1), err);
	trfs_buffer_put_u8(out, '\n');
	for (uint64_t i = 0; i < c->class_names.nr; i++) {
		trfs_side_put_csv(out, trfs_strings_get(&c->class_names, i));
		trfs_buffer_printf(out, ",%" PRId64 "\n", trfs_side_class_id(view, i));
	}
	return rc;
}

/* "key": "text", with all that is not ASCII escaped. */
static void put_member(struct trfs_buffer *out, const char *key, struct trfs_bytes text,
		       const char *tail)
{
	trfs_buffer_printf(out, "\"%s\": \"", key);
	trfs_side_put_json(out, text);
	trfs_buffer_printf(out, "%s\", ", tail);
}

static uint64_t count_split(const struct trfs_view *view, const char *name)
{
	const struct trfs_plan *plan = view->plan;

	for (uint32_t i = 0; i < plan->nr_splits; i++)
		if (trfs_bytes_equal(trfs_strings_get(&plan->split_names, i),
				     trfs_bytes_of(name)))
			return plan->splits[i].nr_records;
	return 0;
}

/* The id's heading comes from the table where there is one. */
static int put_id_member(const struct trfs_view *view, struct trfs_buffer *out,
			 struct trfs_error *err)
{
	struct trfs_strings columns;
	struct table table;
	int rc;

	if (!has_table(view)) {
		put_member(out, "class_id_header", heading(view, 1), "_id");
		return 0;
	}
	rc = table_open(&table, view, err);
	if (rc == 0) {
		columns = trfs_manifest_columns(table.manifest);
		if (columns.nr >= 2)
			put_member(out, "class_id_header", trfs_strings_get(&columns, 1),
				   "");
		else
			rc = trfs_fail(err, -EINVAL, "%s needs two columns: class and id",
				       view->options->labels);
	}
	table_done(&table);
	return rc;
}

static int make_image2tfrecords_summary(const struct trfs_side_request *request,
					struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	int rc = check_columns(view, err);

	if (rc < 0)
		return rc;
	trfs_buffer_put_u8(out, '{');
	put_member(out, "filename_header", heading(view, 0), "");
	put_member(out, "class_header", heading(view, 1), "");
	rc = put_id_member(view, out, err);
	trfs_buffer_printf(out,
			   "\"total_number\": %" PRIu64 ", \"train_number\": %" PRIu64
			   ", \"val_number\": %" PRIu64 ", \"test_number\": %" PRIu64 "}",
			   view->plan->nr_records, count_split(view, "train"),
			   count_split(view, "validation"), count_split(view, "test"));
	return rc;
}

const struct trfs_side_kind trfs_side_image2tfrecords_labels = {
	.set = "image2tfrecords",
	.path = "labels.csv",
	.make = make_image2tfrecords_labels,
};

const struct trfs_side_kind trfs_side_image2tfrecords_summary = {
	.set = "image2tfrecords",
	.path = "{name}_summary.json",
	.make = make_image2tfrecords_summary,
};
