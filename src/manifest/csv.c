/* SPDX-License-Identifier: MIT */
/*
 * CSV and TSV: a header, then rows of as many fields.  One reader serves both, told
 * apart by the separator.  Without a header only one form is known, AutoML's
 * "TRAIN,uri,label", whose first word gives it away.  In image2tfrecords' form the first
 * two columns are file and class, whatever they are called.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/csv_row.h"
#include <errno.h>
#include <stdlib.h>

/**
 * struct csv - a reader
 * @is_positional: image2tfrecords' form: headers keep their blanks, values do not
 * @has_header: false for AutoML's form
 * @has_first: the first row was read to find out, and is to be handed out
 * @role_columns: of the positional form: the names of its first two columns; owned
 */
struct csv {
	int fd; /* owned */
	struct trfs_window window;
	struct trfs_csv_row row;
	size_t nr_columns;
	bool is_positional;
	bool has_header;
	bool has_first;
	struct trfs_text_place first;
	char *role_columns[2];
};

static const enum trfs_role roles_by_position[] = { TRFS_ROLE_FILE, TRFS_ROLE_LABEL };

static const char *const headerless_splits[] = { "TRAIN", "VALIDATION", "TEST",
						 "UNASSIGNED" };
static const char *const headerless_columns[] = { "split", "file", "label" };

static void csv_close(void *reader)
{
	struct csv *csv = reader;

	if (!csv)
		return;
	trfs_csv_row_done(&csv->row);
	trfs_window_done(&csv->window);
	trfs_file_close(csv->fd);
	for (size_t i = 0; i < TRFS_COUNT(csv->role_columns); i++)
		free(csv->role_columns[i]);
	free(csv);
}

static void csv_freep(struct csv **csv)
{
	csv_close(*csv);
}

static bool is_headerless(const struct trfs_csv_row *row)
{
	for (size_t i = 0; i < TRFS_COUNT(headerless_splits); i++)
		if (trfs_bytes_equal(row->fields[0].text,
				     trfs_bytes_of(headerless_splits[i])))
			return true;
	return false;
}

static int name_headerless_columns(struct csv *csv, struct trfs_row_builder *rows,
				   struct trfs_error *err)
{
	uint32_t column;
	int rc;

	csv->has_first = true;
	csv->nr_columns = TRFS_COUNT(headerless_columns);
	if (csv->row.nr_fields != csv->nr_columns)
		return trfs_fail(err, -EBADMSG,
				 "has %zu fields; a file without a header must have "
				 "three: TRAIN (or VALIDATION, TEST, UNASSIGNED), file, "
				 "label",
				 csv->row.nr_fields);
	for (size_t i = 0; i < csv->nr_columns; i++) {
		rc = trfs_row_builder_column(rows, trfs_bytes_of(headerless_columns[i]),
					     &column, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int name_columns(struct csv *csv, struct trfs_row_builder *rows,
			struct trfs_error *err)
{
	char shown[TRFS_PRINTABLE_SIZE];
	uint32_t column;
	int rc;

	csv->has_header = true;
	csv->nr_columns = csv->row.nr_fields;
	if (csv->nr_columns > TRFS_ROW_COLUMNS_MAX)
		return trfs_fail(err, -EBADMSG, "has %zu columns, %d are the limit",
				 csv->nr_columns, TRFS_ROW_COLUMNS_MAX);
	for (size_t i = 0; i < csv->nr_columns; i++) {
		struct trfs_bytes name = csv->row.fields[i].text;

		if (!csv->is_positional)
			name = trfs_bytes_trim(name);
		if (name.len == 0)
			return trfs_fail(err, -EBADMSG,
					 "column %zu of the header has no name%s", i + 1,
					 i == 0 ? "; pandas writes such a column unless "
						  "told index=False"
						: "");
		rc = trfs_row_builder_column(rows, name, &column, err);
		if (rc < 0)
			return rc;
		if (column != i)
			return trfs_fail(err, -EBADMSG,
					 "the header names the column \"%s\" twice, as "
					 "%u and as %zu",
					 trfs_text_printable(name, shown, sizeof(shown)),
					 column + 1, i + 1);
	}
	return 0;
}

/* Which columns are file and class: the first two. */
static int name_role_columns(struct csv *csv, struct trfs_error *err)
{
	if (csv->nr_columns < TRFS_COUNT(csv->role_columns))
		return trfs_fail(err, -EBADMSG,
				 "has one column; two were expected: file and class");
	for (size_t i = 0; i < TRFS_COUNT(csv->role_columns); i++) {
		struct trfs_bytes name = csv->row.fields[i].text;

		csv->role_columns[i] = trfs_bytes_to_string(name);
		if (!csv->role_columns[i])
			return trfs_fail_memory(err, "the columns");
	}
	return 0;
}

static int read_header(struct csv *csv, struct trfs_row_builder *rows,
		       struct trfs_text_place *ret_place, struct trfs_error *err)
{
	int rc;

	rc = trfs_window_skip_mark(&csv->window, err);
	if (rc < 0)
		return rc;
	csv->row.keeps_blanks = csv->is_positional;
	rc = trfs_csv_row_read(&csv->row, &csv->window, ret_place, err);
	csv->row.keeps_blanks = false;
	if (rc < 0)
		return rc;
	if (rc == 0)
		return trfs_fail(err, -EBADMSG,
				 "is empty; a first line with the names of the columns "
				 "was expected");
	if (csv->is_positional || !is_headerless(&csv->row)) {
		rc = name_columns(csv, rows, err);
		return rc == 0 && csv->is_positional ? name_role_columns(csv, err) : rc;
	}
	csv->first = *ret_place;
	return name_headerless_columns(csv, rows, err);
}

static int open_separated(uint8_t separator, bool is_positional, int fd,
			  struct trfs_row_builder *rows, void **ret_reader,
			  struct trfs_text_place *ret_place, struct trfs_error *err)
{
	TRFS_CLEANUP(csv_freep) struct csv *csv = calloc(1, sizeof(*csv));
	int rc;

	if (!csv)
		return trfs_fail_memory(err, "reading");
	csv->fd = -1;
	csv->is_positional = is_positional;
	rc = trfs_window_init(&csv->window, fd, TRFS_CSV_ROW_MAX, err);
	if (rc < 0)
		return rc;
	if (trfs_csv_row_init(&csv->row, separator) < 0)
		return trfs_fail_memory(err, "reading");
	rc = read_header(csv, rows, ret_place, err);
	if (rc < 0)
		return rc;
	csv->fd = fd;
	*ret_reader = TRFS_STEAL(csv);
	return 0;
}

static int csv_open(const struct trfs_root *root,
		    const struct trfs_manifest_request *request, int fd,
		    struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		    void **ret_reader, struct trfs_text_place *ret_place,
		    struct trfs_error *err)
{
	(void)request;
	(void)root;
	(void)inputs;
	return open_separated(',', false, fd, rows, ret_reader, ret_place, err);
}

static int tsv_open(const struct trfs_root *root,
		    const struct trfs_manifest_request *request, int fd,
		    struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		    void **ret_reader, struct trfs_text_place *ret_place,
		    struct trfs_error *err)
{
	(void)request;
	(void)root;
	(void)inputs;
	return open_separated('\t', false, fd, rows, ret_reader, ret_place, err);
}

static int positional_open(const struct trfs_root *root,
			   const struct trfs_manifest_request *request, int fd,
			   struct trfs_inputs *inputs, struct trfs_row_builder *rows,
			   void **ret_reader, struct trfs_text_place *ret_place,
			   struct trfs_error *err)
{
	(void)request;
	(void)root;
	(void)inputs;
	return open_separated(',', true, fd, rows, ret_reader, ret_place, err);
}

static const char *positional_role_column(const void *reader, enum trfs_role role)
{
	const struct csv *csv = reader;

	for (size_t i = 0; i < TRFS_COUNT(roles_by_position); i++)
		if (roles_by_position[i] == role)
			return csv->role_columns[i];
	return NULL;
}

static int fail_ragged(const struct csv *csv, struct trfs_error *err)
{
	size_t nr_fields = csv->row.nr_fields;

	return trfs_fail(err, -EBADMSG, "has %zu field%s, %s %zu%s", nr_fields,
			 nr_fields == 1 ? "" : "s",
			 csv->has_header ? "the header has" : "the first row has",
			 csv->nr_columns,
			 nr_fields > csv->nr_columns && csv->row.separator == ','
				 ? "; a value with a comma in it must stand in quotes"
				 : "");
}

/* In AutoML's form this split means that there is none. */
static bool is_unassigned(const struct csv *csv, size_t column, struct trfs_bytes text)
{
	return !csv->has_header && column == 0 &&
	       trfs_bytes_equal(text, trfs_bytes_of("UNASSIGNED"));
}

static bool is_remote(struct trfs_bytes uri)
{
	return uri.len > 5 && memcmp(uri.data, "gs://", 5) == 0;
}

static int csv_next(void *reader, struct trfs_row_builder *rows,
		    struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct csv *csv = reader;
	int rc;

	if (csv->has_first) {
		csv->has_first = false;
		*ret_place = csv->first;
	} else {
		rc = trfs_csv_row_read(&csv->row, &csv->window, ret_place, err);
		if (rc <= 0)
			return rc;
	}
	if (csv->row.nr_fields != csv->nr_columns)
		return fail_ragged(csv, err);
	if (!csv->has_header && is_remote(csv->row.fields[1].text))
		return trfs_fail(
			err, -EBADMSG,
			"names an object in a bucket (gs://): copy the images into "
			"the source, and write their paths there instead");
	for (size_t i = 0; i < csv->nr_columns; i++) {
		struct trfs_bytes text = csv->row.fields[i].text;

		if (csv->is_positional)
			text = trfs_bytes_trim(text);
		if (text.len == 0 || is_unassigned(csv, i, text))
			continue;
		rc = trfs_row_builder_add_text(rows, (uint32_t)i, text, err);
		if (rc < 0)
			return rc;
	}
	return 1;
}

static uint64_t csv_nr_read(const void *reader)
{
	const struct csv *csv = reader;

	return trfs_window_offset(&csv->window);
}

/* Whether the first line is text with @separator in it. */
static bool first_line_has(struct trfs_bytes head, char separator)
{
	bool found = false;

	head = trfs_text_after_mark(head);
	if (head.len == 0 || head.data[0] == '<')
		return false;
	for (size_t i = 0; i < head.len; i++) {
		if (head.data[i] == '\n' || head.data[i] == '\r')
			return found;
		if (head.data[i] < ' ' && head.data[i] != '\t')
			return false;
		found |= head.data[i] == (uint8_t)separator;
	}
	return found;
}

static bool csv_recognise(struct trfs_bytes head)
{
	return first_line_has(head, ',');
}

/* AutoML's form: a split and a comma come first. */
static bool automl_recognise(struct trfs_bytes head)
{
	head = trfs_text_after_mark(head);
	for (size_t i = 0; i < TRFS_COUNT(headerless_splits); i++) {
		size_t len = strlen(headerless_splits[i]);

		if (head.len > len && memcmp(head.data, headerless_splits[i], len) == 0 &&
		    head.data[len] == ',')
			return true;
	}
	return false;
}

static bool tsv_recognise(struct trfs_bytes head)
{
	return first_line_has(head, '\t');
}

static const char *const csv_extensions[] = { ".csv", NULL };
static const char *const tsv_extensions[] = { ".tsv", NULL };

const struct trfs_dialect trfs_dialect_csv = {
	.name = "CSV",
	.extensions = csv_extensions,
	.recognise = csv_recognise,
	.open = csv_open,
	.next = csv_next,
	.close = csv_close,
	.nr_read = csv_nr_read,
};

/* The same reader; by a name of its own, for messages and for --dialect. */
const struct trfs_dialect trfs_dialect_automl = {
	.name = "AutoML-CSV",
	.extensions = csv_extensions,
	.recognise = automl_recognise,
	.open = csv_open,
	.next = csv_next,
	.close = csv_close,
	.nr_read = csv_nr_read,
};

const struct trfs_dialect trfs_dialect_tsv = {
	.name = "TSV",
	.extensions = tsv_extensions,
	.recognise = tsv_recognise,
	.open = tsv_open,
	.next = csv_next,
	.close = csv_close,
	.nr_read = csv_nr_read,
};

/* Only by name: any CSV file could be meant. */
const struct trfs_dialect trfs_dialect_image2tfrecords = {
	.name = "image2tfrecords",
	.extensions = trfs_dialect_no_extensions,
	.role_column = positional_role_column,
	.open = positional_open,
	.next = csv_next,
	.close = csv_close,
	.nr_read = csv_nr_read,
};
