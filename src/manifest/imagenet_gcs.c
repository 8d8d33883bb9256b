/* SPDX-License-Identifier: MIT */
/*
 * ImageNet as imagenet_to_gcs.py reads it: train/SYNSET/x.JPEG, then the files
 * validation/x.JPEG sorted by name, whose synsets are the lines of synset_labels.txt in
 * that order.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/beneath.h"
#include "manifest/label_walk.h"
#include "manifest/lines.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#define PATH_SIZE_MAX ((size_t)4 << 20)
#define SHOWN_SIZE    (TRFS_PRINTABLE_SIZE / 2)
#define TRAIN	      "train"
#define VALIDATION    "validation"
#define LABELS	      "synset_labels.txt"
#define TAIL	      ".JPEG"

/* Columns, in this order. */
enum { COLUMN_PATH, COLUMN_LABEL, COLUMN_SPLIT };

/**
 * struct imagenet_gcs - a reader
 * @train: walked first
 * @in_train: it is not at its end yet
 * @directory: of the validation files, relative to the root
 * @listing, @entry: its entries, and the one to come
 * @labels: of the validation files, a line each
 */
struct imagenet_gcs {
	struct trfs_label_walk train;
	bool in_train;
	struct trfs_buffer directory;
	struct trfs_listing listing;
	size_t entry;
	struct trfs_lines labels;
	struct trfs_buffer path;
};

static void gcs_close(void *reader)
{
	struct imagenet_gcs *gcs = reader;

	if (!gcs)
		return;
	trfs_label_walk_done(&gcs->train);
	trfs_listing_done(&gcs->listing);
	trfs_lines_done(&gcs->labels);
	trfs_buffer_done(&gcs->directory);
	trfs_buffer_done(&gcs->path);
	free(gcs);
}

static void gcs_freep(struct imagenet_gcs **gcs)
{
	gcs_close(*gcs);
}

/* "DIRECTORY/NAME" as the user would type it, in @buf. */
static const char *below(const char *directory, const char *name, struct trfs_buffer *buf)
{
	trfs_buffer_reset(buf);
	trfs_buffer_printf(buf, "%s/%s", directory, name);
	return trfs_buffer_text(buf);
}

static int open_train(struct imagenet_gcs *gcs, const struct trfs_root *root,
		      const char *directory, const struct trfs_manifest_request *request,
		      struct trfs_inputs *inputs, struct trfs_error *err)
{
	const char *train = below(directory, TRAIN, &gcs->path);

	if (!train)
		return trfs_fail_memory(err, "a path");
	gcs->in_train = true;
	return trfs_label_walk_start(&gcs->train,
				     &(struct trfs_label_walk_request){
					     .root = root,
					     .directory = train,
					     .option = trfs_dialect_path_option(request),
					     .tail = TAIL,
					     .inputs = inputs,
					     .remarks = request->remarks,
				     },
				     err);
}

static int open_validation(struct imagenet_gcs *gcs, const struct trfs_root *root,
			   const char *directory,
			   const struct trfs_manifest_request *request,
			   struct trfs_inputs *inputs, struct trfs_error *err)
{
	const char *path = below(directory, VALIDATION, &gcs->path);
	int rc;

	if (!path)
		return trfs_fail_memory(err, "a path");
	rc = trfs_beneath_find(root, path, trfs_dialect_path_option(request),
			       &gcs->directory, err);
	if (rc == 0)
		rc = trfs_beneath_list_all(root, (const char *)gcs->directory.data,
					   &gcs->listing, inputs, err);
	if (rc < 0)
		return rc;
	path = below(directory, LABELS, &gcs->path);
	if (!path)
		return trfs_fail_memory(err, "a path");
	return trfs_lines_open(&gcs->labels, path, "the synsets of the validation files",
			       inputs, err);
}

static int gcs_open(const struct trfs_root *root,
		    const struct trfs_manifest_request *request, int fd,
		    struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		    void **ret_reader, struct trfs_text_place *ret_place,
		    struct trfs_error *err)
{
	static const char *const columns[] = {
		[COLUMN_PATH] = "path", [COLUMN_LABEL] = "label", [COLUMN_SPLIT] = "split"
	};
	TRFS_CLEANUP(gcs_freep) struct imagenet_gcs *gcs = calloc(1, sizeof(*gcs));
	const char *directory = request->path ? request->path : root->path;
	int rc;

	(void)fd;
	(void)ret_place;
	if (!gcs)
		return trfs_fail_memory(err, "the synsets");
	trfs_buffer_init(&gcs->path, PATH_SIZE_MAX);
	trfs_buffer_init(&gcs->directory, PATH_SIZE_MAX);
	rc = open_train(gcs, root, directory, request, inputs, err);
	if (rc == 0)
		rc = open_validation(gcs, root, directory, request, inputs, err);
	if (rc == 0)
		rc = trfs_dialect_name_columns(rows, columns, TRFS_COUNT(columns), err);
	if (rc < 0)
		return rc;
	*ret_reader = TRFS_STEAL(gcs);
	return 0;
}

static int add_row(struct trfs_row_builder *rows, struct trfs_bytes path,
		   struct trfs_bytes label, const char *split, struct trfs_error *err)
{
	int rc = trfs_row_builder_add_text(rows, COLUMN_PATH, path, err);

	if (rc == 0)
		rc = trfs_row_builder_add_text(rows, COLUMN_LABEL, label, err);
	if (rc == 0)
		rc = trfs_row_builder_add_text(rows, COLUMN_SPLIT, trfs_bytes_of(split),
					       err);
	return rc < 0 ? rc : 1;
}

/* The name of the next validation file; NULL at the end. */
static const char *next_file(struct imagenet_gcs *gcs)
{
	while (gcs->entry < gcs->listing.nr) {
		const char *name = trfs_listing_name(&gcs->listing, gcs->entry++);

		if (trfs_bytes_ends_with(trfs_bytes_of(name), TAIL))
			return name;
	}
	return NULL;
}

/* Lines and files are paired by their order, so a missing one shifts all behind it. */
static int fail_count(struct imagenet_gcs *gcs, const char *name, struct trfs_error *err)
{
	char shown[SHOWN_SIZE], folder[SHOWN_SIZE];

	trfs_text_printable(trfs_buffer_bytes(&gcs->directory), folder, sizeof(folder));
	if (!name)
		return trfs_fail(err, -EBADMSG,
				 "%s:%" PRIu64 ": there are fewer " TAIL
				 " files in %s than lines here; each line is the synset "
				 "of one, in the order of names",
				 gcs->labels.shown, gcs->labels.number, folder);
	return trfs_fail(err, -EBADMSG,
			 "%s: has %" PRIu64 " lines, but %s has more " TAIL
			 " files: the synset of %s and those behind it is missing",
			 gcs->labels.shown, gcs->labels.number, folder,
			 trfs_text_printable(trfs_bytes_of(name), shown, sizeof(shown)));
}

static int next_validation(struct imagenet_gcs *gcs, struct trfs_row_builder *rows,
			   struct trfs_text_place *ret_place, struct trfs_error *err)
{
	const char *name = next_file(gcs);
	struct trfs_bytes label;
	int rc;

	rc = trfs_lines_next(&gcs->labels, &label, err);
	if (rc < 0 || (rc == 0 && !name))
		return rc;
	if (rc == 0 || !name)
		return fail_count(gcs, name, err);
	if (trfs_bytes_trim(label).len == 0)
		return trfs_lines_prefix(&gcs->labels,
					 trfs_fail(err, -EBADMSG,
						   "is blank; the synset of a "
						   "validation file was "
						   "expected"),
					 err);
	rc = trfs_beneath_check_name(gcs->train.request.root,
				     trfs_buffer_bytes(&gcs->directory), name, err);
	if (rc == 0 && trfs_beneath_put(trfs_buffer_bytes(&gcs->directory),
					trfs_bytes_of(name), "", &gcs->path) < 0)
		rc = trfs_fail_memory(err, "a path");
	if (rc < 0)
		return rc;
	ret_place->line = gcs->labels.number;
	rows->file = gcs->labels.shown;
	return add_row(rows, trfs_buffer_bytes(&gcs->path), label, VALIDATION, err);
}

static int gcs_next(void *reader, struct trfs_row_builder *rows,
		    struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct imagenet_gcs *gcs = reader;
	struct trfs_labelled_file file;
	int rc;

	if (gcs->in_train) {
		rc = trfs_label_walk_next(&gcs->train, &file, err);
		if (rc < 0)
			return rc;
		if (rc > 0)
			return add_row(rows, file.path, file.label, TRAIN, err);
		gcs->in_train = false;
	}
	return next_validation(gcs, rows, ret_place, err);
}

const struct trfs_dialect trfs_dialect_imagenet_gcs = {
	.name = "imagenet-gcs",
	.extensions = trfs_dialect_no_extensions,
	.recognise_directory = trfs_dialect_by_name_only,
	.role_columns = { [TRFS_ROLE_FILE] = "path",
			  [TRFS_ROLE_LABEL] = "label",
			  [TRFS_ROLE_SPLIT] = "split" },
	.open = gcs_open,
	.next = gcs_next,
	.close = gcs_close,
};
