/* SPDX-License-Identifier: MIT */
/*
 * The CSV that TensorFlow's object detection tutorials and Roboflow write: a row a box,
 * filename,width,height,class,xmin,ymin,xmax,ymax in pixels.  An image is one row here,
 * in the order in which images first appear; columns beyond those, but for "split", speak
 * of boxes and are left out.
 */
#include "manifest/detection_csv.h"

#include "base/error.h"
#include "manifest/dialect.h"
#include <errno.h>
#include <stdlib.h>

/* Columns in front of those of the objects, in this order. */
enum { COLUMN_FILENAME, COLUMN_HEIGHT, COLUMN_WIDTH, COLUMN_SPLIT };

/**
 * struct detection_csv - a reader
 * @is_read: the whole file was gathered
 * @next: image to hand out
 */
struct detection_csv {
	int fd; /* owned */
	struct trfs_window window;
	struct trfs_csv_row row;
	struct trfs_detections detections;
	struct trfs_object_columns objects;
	bool is_read;
	uint32_t next;
};

static void detection_close(void *reader)
{
	struct detection_csv *csv = reader;

	if (!csv)
		return;
	trfs_csv_row_done(&csv->row);
	trfs_window_done(&csv->window);
	trfs_detections_done(&csv->detections);
	trfs_file_close(csv->fd);
	free(csv);
}

static void detection_freep(struct detection_csv **csv)
{
	detection_close(*csv);
}

static int read_header(struct detection_csv *csv, struct trfs_text_place *ret_place,
		       struct trfs_error *err)
{
	int rc = trfs_window_skip_mark(&csv->window, err);

	if (rc == 0)
		rc = trfs_csv_row_read(&csv->row, &csv->window, ret_place, err);
	if (rc < 0)
		return rc;
	if (rc == 0 || csv->row.nr_fields > TRFS_CSV_FIELDS_STORED ||
	    !trfs_detections_find_columns(&csv->row, csv->detections.columns))
		return trfs_fail(err, -EBADMSG,
				 "the header must name each of filename, width, height, "
				 "class, xmin, ymin, xmax and ymax once");
	csv->detections.nr_columns = csv->row.nr_fields;
	return 0;
}

static int name_columns(struct detection_csv *csv, struct trfs_row_builder *rows,
			struct trfs_error *err)
{
	static const char *const names[] = { "filename", "height", "width", "split" };
	bool has_split =
		csv->detections.columns[TRFS_DETECTION_SPLIT] != TRFS_DETECTION_NONE;
	uint32_t column;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < TRFS_COUNT(names) - !has_split; i++)
		rc = trfs_row_builder_column(rows, trfs_bytes_of(names[i]), &column, err);
	return rc < 0 ? rc : trfs_objects_name_columns(&csv->objects, rows, err);
}

static int detection_open(const struct trfs_root *root,
			  const struct trfs_manifest_request *request, int fd,
			  struct trfs_inputs *inputs, struct trfs_row_builder *rows,
			  void **ret_reader, struct trfs_text_place *ret_place,
			  struct trfs_error *err)
{
	TRFS_CLEANUP(detection_freep)
	struct detection_csv *csv = calloc(1, sizeof(*csv));
	int rc;

	(void)request;
	(void)root;
	(void)inputs;
	if (!csv)
		return trfs_fail_memory(err, "reading");
	csv->fd = -1;
	rc = trfs_window_init(&csv->window, fd, TRFS_CSV_ROW_MAX, err);
	if (rc < 0)
		return rc;
	if (trfs_csv_row_init(&csv->row, ',') < 0)
		return trfs_fail_memory(err, "reading");
	rc = trfs_detections_init(&csv->detections, err);
	if (rc == 0)
		rc = read_header(csv, ret_place, err);
	if (rc == 0)
		rc = name_columns(csv, rows, err);
	if (rc < 0)
		return rc;
	csv->fd = fd;
	*ret_reader = TRFS_STEAL(csv);
	return 0;
}

static int read_all(struct detection_csv *csv, struct trfs_text_place *ret_place,
		    struct trfs_error *err)
{
	int rc;

	while ((rc = trfs_csv_row_read(&csv->row, &csv->window, ret_place, err)) > 0) {
		rc = trfs_detections_add(&csv->detections, &csv->row, ret_place->line,
					 err);
		if (rc < 0)
			break;
	}
	csv->is_read = rc == 0;
	return rc;
}

static int add_integer(struct trfs_row_builder *rows, uint32_t column, int64_t integer,
		       struct trfs_error *err)
{
	const struct trfs_value value = { .kind = TRFS_VALUE_INTEGER,
					  .integer = integer };

	return trfs_row_builder_add(rows, column, &value, err);
}

static int add_boxes(const struct detection_csv *csv,
		     const struct trfs_detection_image *image,
		     struct trfs_row_builder *rows, struct trfs_error *err)
{
	struct trfs_strings texts = trfs_string_table_view(csv->detections.texts);
	int rc = 0;

	for (uint32_t i = image->first; rc == 0 && i != TRFS_DETECTION_NONE;) {
		const struct trfs_detection_box *box = &csv->detections.boxes[i];

		rc = trfs_objects_add(&csv->objects,
				      trfs_box_scaled(box->pixels, (double)image->width,
						      (double)image->height),
				      trfs_strings_get(&texts, box->class_text), rows,
				      err);
		i = box->next;
	}
	return rc;
}

static int add_image(const struct detection_csv *csv, uint32_t number,
		     struct trfs_row_builder *rows, struct trfs_error *err)
{
	const struct trfs_detection_image *image = &csv->detections.images[number];
	struct trfs_strings names = trfs_string_table_view(csv->detections.names);
	struct trfs_strings texts = trfs_string_table_view(csv->detections.texts);
	struct trfs_bytes text;
	int rc = trfs_row_builder_add_text(rows, COLUMN_FILENAME,
					   trfs_strings_get(&names, number), err);

	if (rc == 0 && image->split != TRFS_DETECTION_NONE) {
		text = trfs_strings_get(&texts, image->split);
		if (text.len > 0)
			rc = trfs_row_builder_add_text(rows, COLUMN_SPLIT, text, err);
	}
	if (rc < 0)
		return rc;
	if (image->problem != TRFS_DETECTION_NONE) {
		text = trfs_strings_get(&texts, image->problem);
		trfs_row_builder_problem(rows, "%.*s", TRFS_BYTES_ARG(text));
		return 0;
	}
	rc = add_integer(rows, COLUMN_HEIGHT, image->height, err);
	if (rc == 0)
		rc = add_integer(rows, COLUMN_WIDTH, image->width, err);
	return rc < 0 ? rc : add_boxes(csv, image, rows, err);
}

static int detection_next(void *reader, struct trfs_row_builder *rows,
			  struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct detection_csv *csv = reader;
	int rc = 0;

	if (!csv->is_read)
		rc = read_all(csv, ret_place, err);
	if (rc < 0)
		return rc;
	if (csv->next == csv->detections.nr_images)
		return 0;
	*ret_place = (struct trfs_text_place){
		.line = csv->detections.images[csv->next].line
	};
	rc = add_image(csv, csv->next++, rows, err);
	return rc < 0 ? rc : 1;
}

static uint64_t detection_nr_read(const void *reader)
{
	const struct detection_csv *csv = reader;

	return trfs_window_offset(&csv->window);
}

/* Whether a word of the line @head is @name, quotes, blanks and case aside. */
static bool has_word(struct trfs_bytes head, const char *name)
{
	while (head.len > 0) {
		const uint8_t *comma = memchr(head.data, ',', head.len);
		size_t len = comma ? (size_t)(comma - head.data) : head.len;
		struct trfs_bytes word =
			trfs_bytes_trim((struct trfs_bytes){ head.data, len });

		if (word.len >= 2 && word.data[0] == '"') {
			word.data++;
			word.len -= 2;
		}
		if (trfs_bytes_equal_nocase(word, trfs_bytes_of(name)))
			return true;
		len += comma ? 1 : 0;
		head.data += len;
		head.len -= len;
	}
	return false;
}

static bool detection_recognise(struct trfs_bytes head)
{
	static const char *const names[] = { "filename", "width", "height", "class",
					     "xmin",	 "ymin",  "xmax",   "ymax" };

	head = trfs_text_after_mark(head);
	for (size_t i = 0; i < head.len; i++)
		if (head.data[i] == '\n' || head.data[i] == '\r')
			head.len = i;
	for (size_t i = 0; i < TRFS_COUNT(names); i++)
		if (!has_word(head, names[i]))
			return false;
	return true;
}

static const char *const detection_extensions[] = { ".csv", NULL };

const struct trfs_dialect trfs_dialect_detection_csv = {
	.name = "detection-CSV",
	.extensions = detection_extensions,
	.recognise = detection_recognise,
	.role_columns = { [TRFS_ROLE_FILE] = "filename",
			  [TRFS_ROLE_LABEL] = TRFS_OBJECTS_CLASS },
	.open = detection_open,
	.next = detection_next,
	.close = detection_close,
	.nr_read = detection_nr_read,
};
