/* SPDX-License-Identifier: MIT */
/*
 * YOLO: data.yaml, images, and beside them labels with a line an object.  An image
 * without a label file, or with an empty one, has no objects.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/objects.h"
#include "manifest/yolo_files.h"
#include "manifest/yolo_label.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum { LABELS_MAX = 16 << 20 };

static const char *const yaml_names[] = { "data.yaml", "data.yml", "dataset.yaml", NULL };

/**
 * struct yolo - a reader
 * @text: of the label file read last
 * @labels: its path
 * @directory: of the label file read last, whose state is an input
 */
struct yolo {
	const struct trfs_root *root;
	struct trfs_inputs *inputs;
	struct trfs_remarks *remarks;
	struct trfs_yolo_yaml yaml;
	struct trfs_yolo_files files;
	uint32_t next;
	struct trfs_object_columns objects;
	uint32_t column_path, column_label, column_split;
	struct trfs_buffer base, text, labels, directory;
};

static void yolo_close(void *reader)
{
	struct yolo *y = reader;

	if (!y)
		return;
	trfs_yolo_yaml_done(&y->yaml);
	trfs_yolo_files_done(&y->files);
	trfs_buffer_done(&y->base);
	trfs_buffer_done(&y->text);
	trfs_buffer_done(&y->labels);
	trfs_buffer_done(&y->directory);
	free(y);
}

static void yolo_freep(struct yolo **y)
{
	yolo_close(*y);
}

static int read_yaml(struct yolo *y, const char *path, struct trfs_error *err)
{
	uint64_t line;
	int rc =
		trfs_beneath_read(y->root, path, TRFS_YOLO_YAML_MAX, &y->text, y->inputs);

	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot read %s/%s", y->root->path, path);
	rc = trfs_yolo_yaml_parse(trfs_buffer_bytes(&y->text), &y->yaml, &line, err);
	if (rc < 0 && line > 0)
		return trfs_error_prefix(err, rc, "%s:%" PRIu64, path, line);
	return rc < 0 ? trfs_error_prefix(err, rc, "%s", path) : 0;
}

/* The request names the directory or the file itself. */
static int find_base(struct yolo *y, const struct trfs_manifest_request *request,
		     struct trfs_error *err)
{
	const char *base;
	int rc = trfs_beneath_find(y->root, request->path,
				   trfs_dialect_path_option(request), &y->base, err);

	if (rc < 0)
		return rc;
	base = trfs_buffer_text(&y->base);
	if (!base)
		return trfs_fail_memory(err, "a path");
	if (trfs_beneath_is_file(y->root, base)) {
		rc = read_yaml(y, base, err);
		while (y->base.len > 0 && y->base.data[y->base.len - 1] != '/')
			y->base.len--;
		y->base.len -= y->base.len > 0;
		return rc;
	}
	rc = trfs_beneath_first_file(y->root, base, yaml_names, &y->labels);
	if (rc < 0)
		return trfs_fail_memory(err, "a path");
	if (rc == 0)
		return trfs_fail(err, -ENOENT, "%s/%s has no data.yaml", y->root->path,
				 base);
	return read_yaml(y, trfs_buffer_text(&y->labels), err);
}

static int name_columns(struct yolo *y, struct trfs_row_builder *rows,
			struct trfs_error *err)
{
	int rc = trfs_row_builder_column(rows, trfs_bytes_of("path"), &y->column_path,
					 err);

	if (rc == 0 && y->files.has_splits)
		rc = trfs_row_builder_column(rows, trfs_bytes_of("split"),
					     &y->column_split, err);
	if (rc == 0)
		rc = trfs_objects_name_columns(&y->objects, rows, err);
	if (rc == 0)
		rc = trfs_row_builder_column(rows, trfs_bytes_of("objects/label"),
					     &y->column_label, err);
	return rc;
}

static int yolo_open(const struct trfs_root *root,
		     const struct trfs_manifest_request *request, int fd,
		     struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		     void **ret_reader, struct trfs_text_place *ret_place,
		     struct trfs_error *err)
{
	TRFS_CLEANUP(yolo_freep) struct yolo *y = calloc(1, sizeof(*y));
	const char *base;
	int rc;

	(void)ret_place;
	if (!y)
		return trfs_fail_memory(err, "reading");
	y->root = root;
	y->inputs = inputs;
	y->remarks = request->remarks;
	trfs_buffer_init(&y->base, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&y->text, LABELS_MAX);
	trfs_buffer_init(&y->labels, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&y->directory, TRFS_BENEATH_PATH_MAX);
	rc = find_base(y, request, err);
	if (rc < 0)
		return rc;
	base = trfs_buffer_text(&y->base);
	rc = base ? trfs_yolo_files_find(&y->files, root, base, &y->yaml, inputs, err)
		  : trfs_fail_memory(err, "a path");
	if (rc == 0)
		rc = name_columns(y, rows, err);
	if (rc < 0)
		return rc;
	/* What was opened as a file was read by its path. */
	trfs_file_close(fd);
	*ret_reader = TRFS_STEAL(y);
	return 0;
}

static int add_label(const struct yolo *y, const struct trfs_yolo_label *label,
		     struct trfs_row_builder *rows, struct trfs_error *err)
{
	uint32_t text = y->yaml.class_texts[label->class_number];
	const struct trfs_value number = { .kind = TRFS_VALUE_INTEGER,
					   .integer = label->class_number };
	int rc = trfs_objects_add(&y->objects, label->box,
				  trfs_bytes_of(trfs_yolo_yaml_text(&y->yaml, text)),
				  rows, err);

	return rc < 0 ? rc : trfs_row_builder_add(rows, y->column_label, &number, err);
}

/* Of all lines of one file. */
struct odds {
	uint32_t nr_polygons, nr_clipped;
};

/* One line; a bad one makes the row a problem. */
static int read_line(struct yolo *y, struct trfs_bytes line, uint64_t number,
		     struct odds *odds, struct trfs_row_builder *rows,
		     struct trfs_error *err)
{
	struct trfs_yolo_label label;
	const char *path = trfs_buffer_text(&y->labels);
	const char *wrong = trfs_yolo_label_parse(line, &label);

	if (wrong) {
		trfs_row_builder_problem(rows, "is badly labelled: %s:%" PRIu64 ": %s",
					 path, number, wrong);
		return 0;
	}
	if (label.class_number >= y->yaml.nr_classes ||
	    y->yaml.class_texts[label.class_number] == TRFS_YOLO_NONE) {
		trfs_row_builder_problem(
			rows,
			"is badly labelled: %s:%" PRIu64 ": class %" PRId64
			" is not in data.yaml, which names %" PRIu32,
			path, number, label.class_number, y->yaml.nr_classes);
		return 0;
	}
	odds->nr_polygons += label.is_polygon;
	odds->nr_clipped += label.is_clipped;
	return add_label(y, &label, rows, err);
}

static int remark(const struct yolo *y, struct trfs_bytes image, uint32_t nr,
		  const char *what, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer text;

	trfs_buffer_init(&text, TRFS_PRINTABLE_SIZE);
	if (nr == 0)
		return 0;
	trfs_buffer_printf(&text, "has %" PRIu32 " object%s %s", nr, nr == 1 ? "" : "s",
			   what);
	if (text.failed ||
	    trfs_remarks_add(y->remarks, image, 0, trfs_buffer_bytes(&text)) < 0)
		return trfs_fail_memory(err, "a remark");
	return 0;
}

static int read_lines(struct yolo *y, struct trfs_bytes image,
		      struct trfs_row_builder *rows, struct trfs_error *err)
{
	struct trfs_bytes left = trfs_text_after_mark(trfs_buffer_bytes(&y->text));
	struct odds odds = { 0 };
	struct trfs_bytes line;
	uint64_t number = 0;
	int rc = 0;

	while (rc == 0 && trfs_text_take_line(&left, &line)) {
		number++;
		if (line.len > 0)
			rc = read_line(y, line, number, &odds, rows, err);
	}
	if (rc == 0)
		rc = remark(y, image, odds.nr_polygons,
			    "outlined by a polygon, of which the bounding box is taken",
			    err);
	if (rc == 0)
		rc = remark(y, image, odds.nr_clipped,
			    "whose box leaves the image and is cut at its edge", err);
	return rc;
}

/* The labels' directory is an input, so that a label file added later is noticed. */
static int note_directory(struct yolo *y, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	const uint8_t *slash = memrchr(y->labels.data, '/', y->labels.len);
	struct trfs_bytes directory = { y->labels.data,
					slash ? (size_t)(slash - y->labels.data) : 0 };
	const char *path;

	if (y->directory.len > 0 &&
	    trfs_bytes_equal(directory, trfs_buffer_bytes(&y->directory)))
		return 0;
	trfs_buffer_reset(&y->directory);
	trfs_buffer_put(&y->directory, directory.data, directory.len);
	path = trfs_buffer_text(&y->directory);
	if (!path)
		return trfs_fail_memory(err, "a path");
	fd = trfs_root_open_directory(y->root, path[0] ? path : ".");
	if (fd < 0) /* none yet: it would appear in the data set's own directory */
		fd = trfs_root_open_directory(
			y->root, y->base.len > 0 ? (char *)y->base.data : ".");
	if (trfs_is_shortage(fd))
		return trfs_fail_errno(err, fd, "cannot open the directory %s", path);
	if (fd >= 0 && trfs_inputs_add(y->inputs, fd) < 0)
		return trfs_fail_memory(err, "the inputs");
	return 0;
}

static int add_labels(struct yolo *y, struct trfs_bytes image,
		      struct trfs_row_builder *rows, struct trfs_error *err)
{
	struct trfs_error why = { 0 };
	const char *path = trfs_yolo_label_path(image, &y->labels);
	int rc;

	if (!path)
		return trfs_fail_memory(err, "a path");
	rc = note_directory(y, err);
	if (rc < 0)
		return rc;
	rc = trfs_beneath_read(y->root, path, LABELS_MAX, &y->text, y->inputs);
	/* Labels are outside the source only if their image is, which is told of it. */
	if (rc == -ENOENT || rc == -ENOTDIR || rc == -EXDEV)
		return 0;
	if (trfs_is_shortage(rc))
		return trfs_fail_errno(err, rc, "cannot read %s", path);
	if (rc == 0)
		return read_lines(y, image, rows, err);
	trfs_fail_errno(&why, rc, "%s", path);
	trfs_row_builder_problem(rows, "has labels that cannot be read: %s", why.message);
	return 0;
}

static int yolo_next(void *reader, struct trfs_row_builder *rows,
		     struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct yolo *y = reader;
	struct trfs_strings images = trfs_string_table_view(y->files.images);
	enum trfs_yolo_split split = TRFS_YOLO_TRAIN;
	struct trfs_bytes image;
	int rc;

	(void)ret_place;
	if (y->next == images.nr)
		return 0;
	while (split < TRFS_YOLO_TEST && y->next >= y->files.ends[split])
		split++;
	image = trfs_strings_get(&images, y->next++);
	rc = trfs_row_builder_add_text(rows, y->column_path, image, err);
	if (rc == 0 && y->files.has_splits)
		rc = trfs_row_builder_add_text(rows, y->column_split,
					       trfs_bytes_of(trfs_yolo_split_name(split)),
					       err);
	if (rc == 0)
		rc = add_labels(y, image, rows, err);
	return rc < 0 ? rc : 1;
}

static uint64_t yolo_nr_ignored(const void *reader)
{
	const struct yolo *y = reader;

	return y->files.nr_ignored;
}

/* A description with names, which other files of these names have not. */
static int yolo_recognise_directory(const struct trfs_root *root, const char *path)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer joined;
	struct trfs_file_identity identity;
	uint8_t head[4096];
	size_t len;
	int rc;

	trfs_buffer_init(&joined, TRFS_BENEATH_PATH_MAX);
	rc = trfs_beneath_first_file(root, path, yaml_names, &joined);
	if (rc <= 0)
		return rc;
	fd = trfs_root_open_identified(root, trfs_buffer_text(&joined), &identity, NULL);
	if (fd < 0)
		return trfs_beneath_is_absent(fd) ? 0 : fd;
	len = identity.size < sizeof(head) ? (size_t)identity.size : sizeof(head);
	rc = trfs_file_read(fd, 0, head, len);
	return rc < 0 ? rc : memmem(head, len, "names:", 6) != NULL;
}

static const char *const yolo_extensions[] = { ".yaml", ".yml", NULL };

const struct trfs_dialect trfs_dialect_yolo = {
	.name = "YOLO",
	.extensions = yolo_extensions,
	.recognise_directory = yolo_recognise_directory,
	.role_columns = { [TRFS_ROLE_FILE] = "path",
			  [TRFS_ROLE_LABEL] = TRFS_OBJECTS_CLASS },
	.open = yolo_open,
	.next = yolo_next,
	.close = yolo_close,
	.nr_ignored = yolo_nr_ignored,
};
