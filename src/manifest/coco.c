/* SPDX-License-Identifier: MIT */
/* The dialects of one COCO file: detection, and the variants of it. */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/coco_reader.h"
#include "manifest/coco_recognise.h"
#include <stdlib.h>

/* @fd: owned */
struct reader {
	struct trfs_coco coco;
	int fd;
};

static void coco_close(void *user)
{
	struct reader *reader = user;

	if (!reader)
		return;
	trfs_coco_done(&reader->coco);
	trfs_file_close(reader->fd);
	free(reader);
}

static int open_style(const struct trfs_coco_style *style, const struct trfs_root *root,
		      const struct trfs_manifest_request *request, int fd,
		      struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		      void **ret_reader, struct trfs_text_place *ret_place,
		      struct trfs_error *err)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int rc;

	if (!reader)
		return trfs_fail_memory(err, "reading");
	reader->fd = -1;
	reader->coco.style = style;
	reader->coco.root = root;
	reader->coco.request = request;
	rc = trfs_coco_start(&reader->coco, fd, inputs, rows, ret_place, err);
	if (rc < 0) {
		coco_close(reader);
		return rc;
	}
	reader->fd = fd;
	*ret_reader = reader;
	return 0;
}

static int coco_open(const struct trfs_root *root,
		     const struct trfs_manifest_request *request, int fd,
		     struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		     void **ret_reader, struct trfs_text_place *ret_place,
		     struct trfs_error *err)
{
	return open_style(&trfs_coco_style_boxes, root, request, fd, inputs, rows,
			  ret_reader, ret_place, err);
}

static int classification_open(const struct trfs_root *root,
			       const struct trfs_manifest_request *request, int fd,
			       struct trfs_inputs *inputs, struct trfs_row_builder *rows,
			       void **ret_reader, struct trfs_text_place *ret_place,
			       struct trfs_error *err)
{
	return open_style(&trfs_coco_style_classification, root, request, fd, inputs,
			  rows, ret_reader, ret_place, err);
}

static int od_open(const struct trfs_root *root,
		   const struct trfs_manifest_request *request, int fd,
		   struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		   void **ret_reader, struct trfs_text_place *ret_place,
		   struct trfs_error *err)
{
	return open_style(&trfs_coco_style_od, root, request, fd, inputs, rows,
			  ret_reader, ret_place, err);
}

static int coco_next(void *user, struct trfs_row_builder *rows,
		     struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct reader *reader = user;

	return trfs_coco_next(&reader->coco, rows, ret_place, err);
}

static uint64_t coco_nr_read(const void *user)
{
	const struct reader *reader = user;

	return trfs_json_stream_nr_read(reader->coco.images);
}

static const char *const json_extensions[] = { ".json", NULL };
const struct trfs_dialect trfs_dialect_coco = {
	.name = "COCO",
	.extensions = json_extensions,
	.recognise = trfs_coco_recognise,
	.role_columns = { [TRFS_ROLE_FILE] = "path" },
	.open = coco_open,
	.next = coco_next,
	.close = coco_close,
	.nr_read = coco_nr_read,
};

/* Asked for by name only: its files are COCO to anybody else. */
const struct trfs_dialect trfs_dialect_coco_classification = {
	.name = "COCO-classification",
	.extensions = trfs_dialect_no_extensions,
	.role_columns = { [TRFS_ROLE_FILE] = "path", [TRFS_ROLE_LABEL] = "label" },
	.open = classification_open,
	.next = coco_next,
	.close = coco_close,
	.nr_read = coco_nr_read,
};

/* As COCO, but each part has an image directory of its own. */
const struct trfs_dialect trfs_dialect_coco_od = {
	.name = "COCO-OD",
	.extensions = trfs_dialect_no_extensions,
	.role_columns = { [TRFS_ROLE_FILE] = "path" },
	.open = od_open,
	.next = coco_next,
	.close = coco_close,
	.nr_read = coco_nr_read,
};
