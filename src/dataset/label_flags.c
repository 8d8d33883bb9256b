/* SPDX-License-Identifier: MIT */
/*
 * A column a class with 0 and 1 in it, as multi-label data sets are often kept.  Each
 * distinct cell is read once; rows then only look up bits.
 */
#include "dataset/label_flags.h"

#include "base/error.h"
#include "base/number.h"
#include "dataset/catalog.h"
#include "dataset/cell.h"
#include "dataset/rows_made.h"
#include "manifest/text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define CLASSES_FILE   "_classes.csv"
#define PLACE_TEXT_MAX (PATH_MAX + 32)
#define LIST_SIZE_MAX  (UINT32_C(1) << 30)

/* What a cell says. */
enum { FLAG_OFF, FLAG_ON, FLAG_BAD };

/* @of_cell: by the column's cell numbers; owned */
struct flag_column {
	uint32_t column;
	uint8_t *of_cell;
};

struct flags {
	struct flag_column *columns;
	uint32_t nr;
};

static void flags_done(struct flags *flags)
{
	for (uint32_t i = 0; i < flags->nr; i++)
		free(flags->columns[i].of_cell);
	free(flags->columns);
}

static uint8_t read_flag(struct trfs_bytes cell)
{
	struct trfs_cell_reader reader;
	struct trfs_value value;
	double real;

	trfs_cell_reader_init(&reader, cell);
	if (!trfs_cell_reader_next(&reader, &value))
		return FLAG_BAD;
	if (value.kind == TRFS_VALUE_INTEGER)
		real = (double)value.integer;
	else if (value.kind == TRFS_VALUE_REAL)
		real = value.real;
	else if (!trfs_number_parse(trfs_bytes_trim(value.text), &real))
		return FLAG_BAD;
	if (trfs_cell_reader_next(&reader, &value))
		return FLAG_BAD;
	return real == 0 ? FLAG_OFF : real == 1 ? FLAG_ON : FLAG_BAD;
}

static int add_column(struct flags *flags, const struct trfs_rows *rows, uint32_t column)
{
	struct trfs_strings cells = trfs_rows_cells(rows, column);
	struct flag_column *columns =
		reallocarray(flags->columns, (size_t)flags->nr + 1, sizeof(*columns));
	uint8_t *of_cell = malloc(cells.nr + 1);

	if (columns)
		flags->columns = columns;
	if (!columns || !of_cell) {
		free(of_cell);
		return -ENOMEM;
	}
	for (uint64_t i = 0; i < cells.nr; i++)
		of_cell[i] = read_flag(trfs_strings_get(&cells, i));
	columns[flags->nr++] = (struct flag_column){ column, of_cell };
	return 0;
}

/* Columns named one after the other, with commas between them. */
static int add_wanted(struct flags *flags, const struct trfs_rows *rows,
		      const char *wanted, struct trfs_error *err)
{
	struct trfs_strings names = trfs_string_table_view(rows->names);
	int rc = 0;

	while (rc == 0) {
		size_t len = strcspn(wanted, ",");
		char *name = strndup(wanted, len);
		uint32_t column;

		if (!name)
			return trfs_fail_memory(err, "the label columns");
		rc = trfs_role_find(&names, TRFS_ROLE_LABEL, name, &column, err);
		free(name);
		if (rc < 0)
			return trfs_error_prefix(err, rc, "%s", rows->place);
		rc = add_column(flags, rows, column);
		if (!wanted[len])
			break;
		wanted += len + 1;
	}
	return rc < 0 ? trfs_fail_memory(err, "the label columns") : 0;
}

/* All columns but those of the file and the split. */
static int add_all(struct flags *flags, const struct trfs_rows *rows,
		   const struct trfs_options *options, struct trfs_error *err)
{
	struct trfs_strings names = trfs_string_table_view(rows->names);
	const char *file = options->file_column ? options->file_column
						: rows->role_columns[TRFS_ROLE_FILE];
	uint32_t file_column = TRFS_NO_COLUMN, split_column = TRFS_NO_COLUMN;
	int rc = 0;

	if (trfs_role_find(&names, TRFS_ROLE_FILE, file, &file_column, NULL) <= 0 ||
	    trfs_role_find(&names, TRFS_ROLE_SPLIT, options->split_column, &split_column,
			   NULL) < 0)
		return 0; /* finding the roles says what is wrong */
	for (uint32_t i = 0; rc == 0 && i < names.nr; i++)
		if (i != file_column && i != split_column)
			rc = add_column(flags, rows, i);
	return rc < 0 ? trfs_fail_memory(err, "the label columns") : 0;
}

static int fail_flag(const struct trfs_rows *rows, uint32_t row, uint32_t column,
		     struct trfs_error *err)
{
	struct trfs_strings names = trfs_string_table_view(rows->names);
	char place[PLACE_TEXT_MAX], shown[TRFS_PRINTABLE_SIZE];

	return trfs_fail(err, -EBADMSG,
			 "%s: the label column \"%s\" holds neither 0 nor 1",
			 trfs_rows_place(rows, row, place, sizeof(place)),
			 trfs_text_printable(trfs_strings_get(&names, column), shown,
					     sizeof(shown)));
}

/* The labels of one row, encoded: a text, or a list of them or of none. */
static int put_labels(const struct flags *flags, const struct trfs_rows *rows,
		      uint32_t row, struct trfs_value *values, struct trfs_buffer *cell,
		      struct trfs_error *err)
{
	struct trfs_strings names = trfs_string_table_view(rows->names);
	struct trfs_cell labels = { .values = values };

	for (uint32_t i = 0; i < flags->nr; i++) {
		const struct flag_column *c = &flags->columns[i];
		uint8_t flag = c->of_cell[trfs_rows_cell_number(rows, c->column, row)];

		if (flag == FLAG_BAD)
			return fail_flag(rows, row, c->column, err);
		if (flag == FLAG_ON)
			values[labels.nr_values++] = (struct trfs_value){
				.kind = TRFS_VALUE_TEXT,
				.text = trfs_strings_get(&names, c->column),
			};
	}
	trfs_buffer_reset(cell);
	if (labels.nr_values > 0)
		trfs_cell_encode(&labels, cell);
	else
		trfs_buffer_put_u8(cell, 'L');
	return cell->failed ? trfs_fail_memory(err, "the labels") : 0;
}

static int fill_column(const struct flags *flags, struct trfs_rows *rows, uint32_t column,
		       struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer cell;
	struct trfs_value *values = calloc((size_t)flags->nr + 1, sizeof(*values));
	int rc = values ? 0 : trfs_fail_memory(err, "the labels");

	trfs_buffer_init(&cell, LIST_SIZE_MAX);
	for (uint32_t row = 0; rc == 0 && row < rows->nr; row++) {
		if (trfs_findings_find(&rows->problems, row))
			continue;
		rc = put_labels(flags, rows, row, values, &cell, err);
		if (rc == 0 &&
		    trfs_rows_set_cell(rows, column, row, trfs_buffer_bytes(&cell)) < 0)
			rc = trfs_fail_memory(err, "the labels");
	}
	free(values);
	return rc;
}

static bool is_classes_file(const struct trfs_rows *rows)
{
	const char *slash;

	if (rows->nr_parts == 0)
		return false;
	slash = strrchr(rows->parts[rows->nr_parts - 1].place, '/');
	return strcmp(slash ? slash + 1 : rows->parts[rows->nr_parts - 1].place,
		      CLASSES_FILE) == 0;
}

int trfs_label_flags_add(struct trfs_rows *rows, const struct trfs_options *options,
			 const char **ret_column, struct trfs_error *err)
{
	TRFS_CLEANUP(flags_done) struct flags flags = { .nr = 0 };
	const char *wanted = options->label_column;
	uint32_t column;
	int rc = 0;

	*ret_column = NULL;
	if (wanted && strchr(wanted, ',') &&
	    trfs_rows_find_column(rows, trfs_bytes_of(wanted)) == TRFS_NO_COLUMN) {
		rc = add_wanted(&flags, rows, wanted, err);
	} else if (!wanted && is_classes_file(rows)) {
		wanted = CLASSES_FILE;
		rc = add_all(&flags, rows, options, err);
	}
	if (rc < 0 || flags.nr == 0)
		return rc;
	if (trfs_rows_make_column(rows, trfs_bytes_of(wanted), &column) < 0)
		return trfs_fail_memory(err, "the labels");
	rc = fill_column(&flags, rows, column, err);
	trfs_string_table_finish(rows->columns[column].cells);
	if (rc == 0)
		*ret_column = wanted;
	return rc;
}
