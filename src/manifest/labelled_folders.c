/* SPDX-License-Identifier: MIT */
/*
 * Class folders as build_image_data.py has them: a folder for each line of the labels
 * file, in that order, and every entry of it is an image to be tried.  Without a labels
 * file each folder is a class, as the flowers converter has it.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/label_walk.h"
#include <stdlib.h>

/* Columns, in this order. */
enum { COLUMN_PATH, COLUMN_LABEL };

static void labelled_close(void *reader)
{
	struct trfs_label_walk *walk = reader;

	if (walk)
		trfs_label_walk_done(walk);
	free(walk);
}

static void walk_freep(struct trfs_label_walk **walk)
{
	labelled_close(*walk);
}

static int labelled_open(const struct trfs_root *root,
			 const struct trfs_manifest_request *request, int fd,
			 struct trfs_inputs *inputs, struct trfs_row_builder *rows,
			 void **ret_reader, struct trfs_text_place *ret_place,
			 struct trfs_error *err)
{
	static const char *const columns[] = {
		[COLUMN_PATH] = "path", [COLUMN_LABEL] = "label"
	};
	TRFS_CLEANUP(walk_freep)
	struct trfs_label_walk *walk = calloc(1, sizeof(*walk));
	int rc;

	(void)fd;
	(void)ret_place;
	if (!walk)
		return trfs_fail_memory(err, "the class folders");
	rc = trfs_label_walk_start(
		walk,
		&(struct trfs_label_walk_request){
			.root = root,
			.directory = request->path,
			.option = trfs_dialect_path_option(request),
			.labels = request->options ? request->options->labels : NULL,
			.refuse_empty = true,
			.inputs = inputs,
			.remarks = request->remarks,
		},
		err);
	if (rc == 0)
		rc = trfs_dialect_name_columns(rows, columns, TRFS_COUNT(columns), err);
	if (rc < 0)
		return rc;
	*ret_reader = TRFS_STEAL(walk);
	return 0;
}

static int labelled_next(void *reader, struct trfs_row_builder *rows,
			 struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct trfs_labelled_file file;
	int rc;

	(void)ret_place;
	rc = trfs_label_walk_next(reader, &file, err);
	if (rc <= 0)
		return rc;
	rc = trfs_row_builder_add_text(rows, COLUMN_PATH, file.path, err);
	if (rc == 0)
		rc = trfs_row_builder_add_text(rows, COLUMN_LABEL, file.label, err);
	return rc < 0 ? rc : 1;
}

const struct trfs_dialect trfs_dialect_labelled_folders = {
	.name = "labelled-folders",
	.extensions = trfs_dialect_no_extensions,
	.recognise_directory = trfs_dialect_by_name_only,
	.role_columns = { [TRFS_ROLE_FILE] = "path", [TRFS_ROLE_LABEL] = "label" },
	.open = labelled_open,
	.next = labelled_next,
	.close = labelled_close,
};
