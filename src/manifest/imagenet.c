/* SPDX-License-Identifier: MIT */
/*
 * ImageNet as build_imagenet_data.py reads it: DIRECTORY/SYNSET/x.JPEG for each line of
 * the labels file, what the synset is called, and the boxes that people drew.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/boxes.h"
#include "manifest/label_walk.h"
#include "manifest/synset_texts.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define SHOWN_SIZE (TRFS_PRINTABLE_SIZE / 2)

/* Columns, in this order; the last only where there is a file of metadata. */
enum {
	COLUMN_PATH,
	COLUMN_LABEL,
	COLUMN_XMIN,
	COLUMN_YMIN,
	COLUMN_XMAX,
	COLUMN_YMAX,
	COLUMN_BOX_LABEL,
	COLUMN_TEXT,
};

static const char *const columns[] = {
	[COLUMN_PATH] = "path",
	[COLUMN_LABEL] = "label",
	[COLUMN_XMIN] = "objects/xmin",
	[COLUMN_YMIN] = "objects/ymin",
	[COLUMN_XMAX] = "objects/xmax",
	[COLUMN_YMAX] = "objects/ymax",
	[COLUMN_BOX_LABEL] = "objects/label",
	[COLUMN_TEXT] = "class_text",
};

/**
 * struct imagenet - a reader
 * @metadata: its file's path; NULL: none, and no @texts
 */
struct imagenet {
	struct trfs_label_walk walk;
	const char *metadata;
	struct trfs_synset_texts texts;
	struct trfs_boxes boxes;
};

static void imagenet_close(void *reader)
{
	struct imagenet *imagenet = reader;

	if (!imagenet)
		return;
	trfs_label_walk_done(&imagenet->walk);
	trfs_synset_texts_done(&imagenet->texts);
	trfs_boxes_done(&imagenet->boxes);
	free(imagenet);
}

static void imagenet_freep(struct imagenet **imagenet)
{
	imagenet_close(*imagenet);
}

static int load_files(struct imagenet *imagenet, const struct trfs_options *options,
		      struct trfs_inputs *inputs, struct trfs_error *err)
{
	int rc = 0;

	imagenet->metadata = options->metadata;
	if (options->metadata)
		rc = trfs_synset_texts_load(options->metadata, inputs, &imagenet->texts,
					    err);
	if (rc == 0 && options->boxes)
		rc = trfs_boxes_load(options->boxes, inputs, &imagenet->boxes, err);
	return rc;
}

static int imagenet_open(const struct trfs_root *root,
			 const struct trfs_manifest_request *request, int fd,
			 struct trfs_inputs *inputs, struct trfs_row_builder *rows,
			 void **ret_reader, struct trfs_text_place *ret_place,
			 struct trfs_error *err)
{
	TRFS_CLEANUP(imagenet_freep)
	struct imagenet *imagenet = calloc(1, sizeof(*imagenet));
	int rc;

	(void)fd;
	(void)ret_place;
	if (!imagenet)
		return trfs_fail_memory(err, "the synsets");
	if (!request->options || !request->options->labels)
		return trfs_fail(err, -EINVAL,
				 "dialect imagenet needs the synsets: type --labels "
				 "FILE, with one on each line");
	rc = load_files(imagenet, request->options, inputs, err);
	if (rc == 0)
		rc = trfs_label_walk_start(
			&imagenet->walk,
			&(struct trfs_label_walk_request){
				.root = root,
				.directory = request->path,
				.option = trfs_dialect_path_option(request),
				.labels = request->options->labels,
				.tail = ".JPEG",
				.inputs = inputs,
				.remarks = request->remarks,
			},
			err);
	if (rc == 0)
		rc = trfs_dialect_name_columns(
			rows, columns, TRFS_COUNT(columns) - (imagenet->metadata ? 0 : 1),
			err);
	if (rc < 0)
		return rc;
	*ret_reader = TRFS_STEAL(imagenet);
	return 0;
}

static int fail_no_text(const struct imagenet *imagenet,
			const struct trfs_labelled_file *file, struct trfs_error *err)
{
	char labels[SHOWN_SIZE], metadata[SHOWN_SIZE], synset[SHOWN_SIZE];

	return trfs_fail(
		err, -EBADMSG,
		"%s:%" PRIu32 ": synset \"%s\" has images but no line in %s; add one: "
		"the synset, a tab, and what it is called",
		trfs_text_printable(trfs_bytes_of(imagenet->walk.request.labels), labels,
				    sizeof(labels)),
		file->number, trfs_text_printable(file->label, synset, sizeof(synset)),
		trfs_text_printable(trfs_bytes_of(imagenet->metadata), metadata,
				    sizeof(metadata)));
}

static int add_real(struct trfs_row_builder *rows, uint32_t column, double real,
		    struct trfs_error *err)
{
	const struct trfs_value value = { .kind = TRFS_VALUE_REAL, .real = real };

	return trfs_row_builder_add(rows, column, &value, err);
}

static int add_boxes(const struct imagenet *imagenet,
		     const struct trfs_labelled_file *file, struct trfs_row_builder *rows,
		     struct trfs_error *err)
{
	const struct trfs_value label = { .kind = TRFS_VALUE_INTEGER,
					  .integer = file->number };
	const struct trfs_box *box;
	int rc = 0;
	size_t nr;

	box = trfs_boxes_find(&imagenet->boxes, file->name, &nr);
	for (; rc == 0 && nr > 0; nr--, box++) {
		rc = add_real(rows, COLUMN_XMIN, box->xmin, err);
		if (rc == 0)
			rc = add_real(rows, COLUMN_YMIN, box->ymin, err);
		if (rc == 0)
			rc = add_real(rows, COLUMN_XMAX, box->xmax, err);
		if (rc == 0)
			rc = add_real(rows, COLUMN_YMAX, box->ymax, err);
		if (rc == 0)
			rc = trfs_row_builder_add(rows, COLUMN_BOX_LABEL, &label, err);
	}
	return rc;
}

static int imagenet_next(void *reader, struct trfs_row_builder *rows,
			 struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct imagenet *imagenet = reader;
	struct trfs_labelled_file file;
	struct trfs_bytes text = { NULL, 0 };
	int rc;

	(void)ret_place;
	rc = trfs_label_walk_next(&imagenet->walk, &file, err);
	if (rc <= 0)
		return rc;
	if (imagenet->metadata &&
	    !trfs_synset_texts_find(&imagenet->texts, file.label, &text))
		return fail_no_text(imagenet, &file, err);
	rc = trfs_row_builder_add_text(rows, COLUMN_PATH, file.path, err);
	if (rc == 0 && file.label.len > 0)
		rc = trfs_row_builder_add_text(rows, COLUMN_LABEL, file.label, err);
	if (rc == 0 && imagenet->metadata)
		rc = trfs_row_builder_add_text(rows, COLUMN_TEXT, text, err);
	if (rc == 0)
		rc = add_boxes(imagenet, &file, rows, err);
	return rc < 0 ? rc : 1;
}

const struct trfs_dialect trfs_dialect_imagenet = {
	.name = "imagenet",
	.extensions = trfs_dialect_no_extensions,
	.recognise_directory = trfs_dialect_by_name_only,
	.role_columns = { [TRFS_ROLE_FILE] = "path", [TRFS_ROLE_LABEL] = "label" },
	.open = imagenet_open,
	.next = imagenet_next,
	.close = imagenet_close,
};
