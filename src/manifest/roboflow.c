/* SPDX-License-Identifier: MIT */
/*
 * Roboflow's COCO exports: a directory train, valid or test for each split, with images
 * and their _annotations.coco.json in it.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/beneath.h"
#include "manifest/coco_reader.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static const char *const split_directories[] = { "train", "valid", "test" };

#define ANNOTATIONS "_annotations.coco.json"

/**
 * struct roboflow - a reader of one split after the other
 * @base: the directory, beneath the root
 * @prefix: of the split's directory
 * @next: the split to be opened next
 * @fd: its file; -1 while none is open
 */
struct roboflow {
	const struct trfs_root *root;
	const struct trfs_manifest_request *request;
	struct trfs_inputs *inputs;
	struct trfs_buffer base;
	struct trfs_buffer prefix;
	struct trfs_buffer path;
	size_t next;
	struct trfs_coco coco;
	int fd;
};

static int roboflow_recognise(const struct trfs_root *root, const char *path)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer file;
	trfs_buffer_init(&file, TRFS_BENEATH_PATH_MAX);
	for (size_t i = 0; i < TRFS_COUNT(split_directories); i++) {
		if (trfs_beneath_put(trfs_bytes_of(path),
				     trfs_bytes_of(split_directories[i]), "/" ANNOTATIONS,
				     &file) < 0)
			return -ENOMEM;
		if (trfs_beneath_is_file(root, (const char *)file.data))
			return 1;
	}
	return 0;
}

static void leave_split(struct roboflow *r)
{
	trfs_coco_done(&r->coco);
	trfs_file_close(r->fd);
	r->fd = -1;
}

static void roboflow_close(void *reader)
{
	struct roboflow *r = reader;

	if (!r)
		return;
	if (r->fd >= 0)
		leave_split(r);
	trfs_buffer_done(&r->base);
	trfs_buffer_done(&r->prefix);
	trfs_buffer_done(&r->path);
	free(r);
}

static int roboflow_open(const struct trfs_root *root,
			 const struct trfs_manifest_request *request, int fd,
			 struct trfs_inputs *inputs, struct trfs_row_builder *rows,
			 void **ret_reader, struct trfs_text_place *ret_place,
			 struct trfs_error *err)
{
	struct roboflow *r = calloc(1, sizeof(*r));
	uint32_t column;
	int rc;

	(void)fd;
	(void)ret_place;
	if (!r)
		return trfs_fail_memory(err, "reading");
	r->root = root;
	r->request = request;
	r->inputs = inputs;
	r->fd = -1;
	trfs_buffer_init(&r->base, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&r->prefix, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&r->path, TRFS_BENEATH_PATH_MAX);
	rc = trfs_beneath_find(root, request->path, trfs_dialect_path_option(request),
			       &r->base, err);
	if (rc == 0)
		rc = trfs_row_builder_column(rows, trfs_bytes_of("path"), &column, err);
	if (rc == 0)
		rc = trfs_row_builder_column(rows, trfs_bytes_of("split"), &column, err);
	if (rc < 0) {
		roboflow_close(r);
		return rc;
	}
	*ret_reader = r;
	return 0;
}

/* Put the file's name, and the line if it is known, in front of the message. */
static int prefix_file(struct roboflow *r, struct trfs_text_place *place, int rc,
		       struct trfs_error *err)
{
	char shown[TRFS_PRINTABLE_SIZE];
	uint64_t line = place->line;

	*place = (struct trfs_text_place){ 0 };
	trfs_text_printable(trfs_buffer_bytes(&r->path), shown, sizeof(shown));
	if (line == 0)
		return trfs_error_prefix(err, rc, "%s", shown);
	return trfs_error_prefix(err, rc, "%s:%" PRIu64, shown, line);
}

/* Open the file of a split's directory, and have its @prefix and @path at hand. */
static int open_split(struct roboflow *r, const char *directory)
{
	if (trfs_beneath_put(trfs_buffer_bytes(&r->base), trfs_bytes_of(directory), "/",
			     &r->prefix) < 0)
		return -ENOMEM;
	trfs_buffer_reset(&r->path);
	trfs_buffer_put(&r->path, r->prefix.data, r->prefix.len);
	trfs_buffer_printf(&r->path, ANNOTATIONS);
	if (!trfs_buffer_text(&r->path))
		return -ENOMEM;
	return trfs_root_open_file(r->root, (const char *)r->path.data);
}

/* Begin the split @r->next: 1, or 0 where there is none of that name. */
static int enter_split(struct roboflow *r, struct trfs_row_builder *rows,
		       struct trfs_text_place *ret_place, struct trfs_error *err)
{
	const char *directory = split_directories[r->next];
	int fd = open_split(r, directory);
	int rc;

	r->next++;
	if (fd == -ENOENT || fd == -ENOTDIR)
		return 0;
	if (fd < 0)
		return prefix_file(r, ret_place, trfs_fail_errno(err, fd, "cannot open"),
				   err);
	r->fd = fd;
	r->coco = (struct trfs_coco){
		.style = &trfs_coco_style_boxes,
		.root = r->root,
		.request = r->request,
		.prefix = trfs_buffer_text(&r->prefix),
		.split = (const char *)trfs_split_name(trfs_bytes_of(directory)).data,
	};
	rc = trfs_inputs_add(r->inputs, fd);
	if (rc < 0)
		rc = trfs_fail_errno(err, rc, "cannot look at");
	if (rc == 0)
		rc = trfs_coco_start(&r->coco, fd, r->inputs, rows, ret_place, err);
	return rc < 0 ? prefix_file(r, ret_place, rc, err) : 1;
}

static int roboflow_next(void *reader, struct trfs_row_builder *rows,
			 struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct roboflow *r = reader;
	int rc = 0;

	while (rc == 0) {
		while (r->fd < 0 && r->next < TRFS_COUNT(split_directories)) {
			rc = enter_split(r, rows, ret_place, err);
			if (rc < 0)
				return rc;
		}
		if (r->fd < 0)
			return 0;
		rc = trfs_coco_next(&r->coco, rows, ret_place, err);
		if (rc == 0)
			leave_split(r);
	}
	if (rc < 0)
		return prefix_file(r, ret_place, rc, err);
	rows->file = trfs_buffer_text(&r->path);
	return rc;
}

const struct trfs_dialect trfs_dialect_roboflow = {
	.name = "Roboflow",
	.extensions = trfs_dialect_no_extensions,
	.recognise_directory = roboflow_recognise,
	.role_columns = { [TRFS_ROLE_FILE] = "path", [TRFS_ROLE_SPLIT] = "split" },
	.open = roboflow_open,
	.next = roboflow_next,
	.close = roboflow_close,
};
