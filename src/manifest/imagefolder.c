/* SPDX-License-Identifier: MIT */
/*
 * Hugging Face's ImageFolder with metadata: metadata.csv or metadata.jsonl beside the
 * images, in the source or in its folders of splits.  Its rows are those of the CSV or
 * JSON Lines reader, with "file_name" made relative to the source, the split from the
 * folder, and objects' boxes, which are x, y, width, height in pixels, as shares.
 *
 * Roboflow's exports as CSV are kept alike: _annotations.csv with boxes, _classes.csv
 * with a column of 0 and 1 for each class.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/metadata_objects.h"
#include "manifest/split_files.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static const char *const metadata_names[] = { "metadata.csv", "metadata.jsonl", NULL };
static const char *const roboflow_names[] = { "_annotations.csv", "_classes.csv", NULL };

/**
 * struct imagefolder - a reader
 * @at: of the file at hand, @metadata its reader
 * @place: how messages name that file
 * @has_split: the row at hand has its split from the folder
 */
struct imagefolder {
	const struct trfs_root *root;
	struct trfs_inputs *inputs;
	struct trfs_split_files files;
	uint32_t at;
	struct trfs_manifest *metadata;
	bool has_split;
	struct trfs_metadata_objects objects;
	struct trfs_buffer path, folded;
	char place[TRFS_PRINTABLE_SIZE];
};

/* Columns of metadata that do not go as they are; TRFS_ROW_COLUMNS_MAX where missing. */
struct special {
	uint32_t file_name, bbox, categories;
};

static void imagefolder_close(void *reader)
{
	struct imagefolder *f = reader;

	if (!f)
		return;
	trfs_manifest_free(f->metadata);
	trfs_split_files_done(&f->files);
	trfs_buffer_done(&f->path);
	trfs_buffer_done(&f->folded);
	free(f);
}

static void imagefolder_freep(struct imagefolder **f)
{
	imagefolder_close(*f);
}

static int open_names(const struct trfs_root *root,
		      const struct trfs_manifest_request *request,
		      const char *const *names, struct trfs_inputs *inputs,
		      struct trfs_row_builder *rows, void **ret_reader,
		      struct trfs_error *err)
{
	TRFS_CLEANUP(imagefolder_freep)
	struct imagefolder *f = calloc(1, sizeof(*f));
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer base;
	uint32_t column;
	int rc;

	trfs_buffer_init(&base, TRFS_BENEATH_PATH_MAX);
	if (!f)
		return trfs_fail_memory(err, "reading");
	f->root = root;
	f->inputs = inputs;
	trfs_buffer_init(&f->path, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&f->folded, TRFS_BENEATH_PATH_MAX);
	rc = trfs_row_builder_column(rows, trfs_bytes_of("file_name"), &column, err);
	if (rc == 0)
		rc = trfs_beneath_find(root, request->path,
				       trfs_dialect_path_option(request), &base, err);
	if (rc == 0)
		rc = trfs_split_files_find(&f->files, root, trfs_buffer_text(&base),
					   names, inputs, err);
	if (rc == 0)
		*ret_reader = TRFS_STEAL(f);
	return rc;
}

static int imagefolder_open(const struct trfs_root *root,
			    const struct trfs_manifest_request *request, int fd,
			    struct trfs_inputs *inputs, struct trfs_row_builder *rows,
			    void **ret_reader, struct trfs_text_place *ret_place,
			    struct trfs_error *err)
{
	(void)fd;
	(void)ret_place;
	return open_names(root, request, metadata_names, inputs, rows, ret_reader, err);
}

static int roboflow_open(const struct trfs_root *root,
			 const struct trfs_manifest_request *request, int fd,
			 struct trfs_inputs *inputs, struct trfs_row_builder *rows,
			 void **ret_reader, struct trfs_text_place *ret_place,
			 struct trfs_error *err)
{
	(void)fd;
	(void)ret_place;
	return open_names(root, request, roboflow_names, inputs, rows, ret_reader, err);
}

static struct special find_special(const struct trfs_strings *names)
{
	struct special special = { TRFS_ROW_COLUMNS_MAX, TRFS_ROW_COLUMNS_MAX,
				   TRFS_ROW_COLUMNS_MAX };
	bool exact = false;

	for (uint32_t i = 0; i < names->nr; i++) {
		struct trfs_bytes name = trfs_strings_get(names, i);

		if (trfs_bytes_equal(name, trfs_bytes_of("file_name")) ||
		    trfs_bytes_equal(name, trfs_bytes_of("filename"))) {
			special.file_name = i;
			exact = true;
		} else if (!exact && special.file_name == TRFS_ROW_COLUMNS_MAX &&
			   trfs_bytes_ends_with(name, "_file_name")) {
			special.file_name = i;
		} else if (trfs_bytes_equal(name, trfs_bytes_of("objects.bbox"))) {
			special.bbox = i;
		} else if (trfs_bytes_equal(name, trfs_bytes_of("objects.categories")) ||
			   trfs_bytes_equal(name, trfs_bytes_of("objects.category"))) {
			special.categories = i;
		}
	}
	return special;
}

/* The image's path beneath the root into @f->folded, and as cells: with its split. */
static int add_file_name(struct imagefolder *f, const char *folder,
			 const struct trfs_cell *cell, struct trfs_row_builder *rows,
			 struct trfs_error *err)
{
	struct trfs_bytes path;
	const uint8_t *slash;
	uint32_t column;
	int rc;

	f->has_split = false;
	trfs_buffer_reset(&f->folded);
	if (cell->nr_values != 1 || cell->values[0].kind != TRFS_VALUE_TEXT)
		return 0; /* names no file: a row that is no example */
	trfs_beneath_join(&f->path, folder, "");
	trfs_buffer_put(&f->path, cell->values[0].text.data, cell->values[0].text.len);
	if (trfs_root_relative(f->root, trfs_buffer_bytes(&f->path), &f->folded) < 0 &&
	    !f->folded.failed) {
		trfs_buffer_reset(&f->folded);
		trfs_buffer_put(&f->folded, f->path.data, f->path.len);
	}
	if (f->path.failed || f->folded.failed)
		return trfs_fail_memory(err, "a path");
	path = trfs_buffer_bytes(&f->folded);
	rc = trfs_row_builder_add_text(rows, 0, path, err);
	slash = path.len > 0 ? memchr(path.data, '/', path.len) : NULL;
	if (rc < 0 || !slash)
		return rc;
	path.len = (size_t)(slash - path.data);
	if (!trfs_split_name_usual(path))
		return 0;
	f->has_split = true;
	rc = trfs_row_builder_column(rows, trfs_bytes_of("split"), &column, err);
	return rc < 0 ? rc
		      : trfs_row_builder_add_text(rows, column, trfs_split_name(path),
						  err);
}

/* All other columns as they are, but for a split where the folder says it. */
static int copy_rest(const struct imagefolder *f, const struct trfs_row *row,
		     const struct trfs_strings *names, const struct special *special,
		     struct trfs_row_builder *rows, struct trfs_error *err)
{
	uint32_t split = UINT32_MAX;
	int rc = 0;

	if (f->has_split)
		trfs_string_table_find(rows->columns, trfs_bytes_of("split"), &split);
	for (uint32_t i = 0; rc == 0 && i < row->nr_cells; i++) {
		uint32_t column;

		if (i == special->file_name || i == special->bbox ||
		    i == special->categories)
			continue;
		rc = trfs_row_builder_column(rows, trfs_strings_get(names, i), &column,
					     err);
		if (rc < 0)
			return rc;
		if (column == split || column == 0)
			continue;
		for (size_t v = 0; rc == 0 && v < row->cells[i].nr_values; v++)
			rc = trfs_row_builder_add(rows, column, &row->cells[i].values[v],
						  err);
	}
	return rc;
}

/* Open the file that is at hand: 1, 0 when there are no more, or -errno. */
static int open_next(struct imagefolder *f, struct trfs_error *err)
{
	struct trfs_manifest_request request = { 0 };
	int rc;

	if (f->at == trfs_string_table_view(f->files.paths).nr)
		return 0;
	request.path = trfs_split_files_text(f->files.paths, f->at);
	rc = trfs_manifest_open(f->root, &request, f->inputs, &f->metadata, err);
	return rc < 0 ? rc : 1;
}

static const struct trfs_cell *cell_of(const struct trfs_row *row, uint32_t column)
{
	return column < row->nr_cells ? &row->cells[column] : NULL;
}

static int add_row(struct imagefolder *f, const struct trfs_row *row,
		   struct trfs_row_builder *rows, struct trfs_error *err)
{
	struct trfs_strings names = trfs_manifest_columns(f->metadata);
	const char *folder = trfs_split_files_text(f->files.folders, f->at);
	struct special special = find_special(&names);
	char place[TRFS_PRINTABLE_SIZE + 32];
	int rc;

	if (special.file_name == TRFS_ROW_COLUMNS_MAX)
		return trfs_fail(err, -EBADMSG,
				 "%s has no \"file_name\", which names the image",
				 trfs_manifest_place(f->metadata, row->line, place,
						     sizeof(place)));
	if (row->problem)
		trfs_row_builder_problem(rows, "%s", row->problem);
	rc = add_file_name(f, folder, &row->cells[special.file_name], rows, err);
	if (rc == 0)
		rc = trfs_metadata_objects_add(
			&f->objects, f->root,
			f->folded.len > 0 ? trfs_buffer_text(&f->folded) : NULL,
			cell_of(row, special.bbox), cell_of(row, special.categories),
			rows, err);
	if (rc == 0)
		rc = copy_rest(f, row, &names, &special, rows, err);
	return rc < 0 ? rc : 1;
}

static int imagefolder_next(void *reader, struct trfs_row_builder *rows,
			    struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct imagefolder *f = reader;
	struct trfs_row row;
	int rc;

	for (;;) {
		if (!f->metadata) {
			rc = open_next(f, err);
			if (rc <= 0)
				return rc;
		}
		rc = trfs_manifest_next(f->metadata, &row, err);
		if (rc < 0)
			return rc;
		if (rc > 0) {
			trfs_manifest_place(f->metadata, 0, f->place, sizeof(f->place));
			ret_place->line = row.line;
			rows->file = f->place;
			return add_row(f, &row, rows, err);
		}
		f->metadata = trfs_manifest_free(f->metadata);
		f->at++;
	}
}

static int imagefolder_recognise_directory(const struct trfs_root *root, const char *path)
{
	return trfs_split_files_exist(root, path, metadata_names);
}

static int roboflow_recognise_directory(const struct trfs_root *root, const char *path)
{
	return trfs_split_files_exist(root, path, roboflow_names);
}

const struct trfs_dialect trfs_dialect_imagefolder = {
	.name = "ImageFolder",
	.extensions = trfs_dialect_no_extensions,
	.recognise_directory = imagefolder_recognise_directory,
	.role_columns = { [TRFS_ROLE_FILE] = "file_name" },
	.open = imagefolder_open,
	.next = imagefolder_next,
	.close = imagefolder_close,
};

const struct trfs_dialect trfs_dialect_roboflow_csv = {
	.name = "Roboflow-CSV",
	.extensions = trfs_dialect_no_extensions,
	.recognise_directory = roboflow_recognise_directory,
	.role_columns = { [TRFS_ROLE_FILE] = "file_name" },
	.open = roboflow_open,
	.next = imagefolder_next,
	.close = imagefolder_close,
};
