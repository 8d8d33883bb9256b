/* SPDX-License-Identifier: MIT */
/*
 * A manifest into columns of numbered cells.  A column grows only as far as its last
 * row with a value, so that JSON objects with many rare keys stay cheap.
 */
#include "dataset/rows.h"

#include "base/error.h"
#include "dataset/cell.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define CELL_SIZE_MAX	(UINT32_C(1) << 30)
#define NR_ROWS_MAX	(UINT32_MAX - 1)
#define NR_FIRST	256
#define ROWS_PER_REPORT 4096
#define PLACE_TEXT_MAX	(PATH_MAX + 32)

void trfs_rows_done(struct trfs_rows *rows)
{
	for (uint32_t i = 0; i < rows->nr_columns; i++) {
		trfs_string_table_free(rows->columns[i].cells);
		free(rows->columns[i].numbers);
	}
	free(rows->columns);
	trfs_string_table_free(rows->names);
	free(rows->place);
	free(rows->lines);
	*rows = (struct trfs_rows){ 0 };
}

const char *trfs_rows_place(const struct trfs_rows *rows, uint32_t row, char *buf,
			    size_t len)
{
	if (rows->lines[row] > 0)
		snprintf(buf, len, "%s:%" PRIu64, rows->place, rows->lines[row]);
	else
		snprintf(buf, len, "%s", rows->place);
	return buf;
}

/* Make columns for those that the manifest has by now. */
static int add_columns(struct trfs_rows *rows, size_t nr_columns)
{
	struct trfs_rows_column *columns;

	if (nr_columns <= rows->nr_columns)
		return 0;
	columns = reallocarray(rows->columns, nr_columns, sizeof(*columns));
	if (!columns)
		return -ENOMEM;
	rows->columns = columns;
	while (rows->nr_columns < nr_columns) {
		struct trfs_string_table *cells = trfs_string_table_new();
		int rc = cells ? trfs_string_table_intern(cells, trfs_bytes_of(""), NULL,
							  NULL)
			       : -ENOMEM;

		columns[rows->nr_columns++] = (struct trfs_rows_column){ .cells = cells };
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Room for row @row in @column; rows that were passed over have no value. */
static int extend_column(struct trfs_rows_column *column, size_t row)
{
	size_t capacity = column->capacity ? column->capacity : NR_FIRST;
	uint32_t *numbers;

	while (capacity <= row)
		capacity += capacity / 2;
	if (capacity > column->capacity) {
		numbers = reallocarray(column->numbers, capacity, sizeof(*numbers));
		if (!numbers)
			return -ENOMEM;
		column->numbers = numbers;
		column->capacity = capacity;
	}
	memset(column->numbers + column->nr, 0, (row - column->nr) * sizeof(uint32_t));
	column->nr = row + 1;
	return 0;
}

static int add_cell(struct trfs_rows *rows, uint32_t column, const struct trfs_cell *cell,
		    struct trfs_buffer *scratch)
{
	struct trfs_rows_column *c = &rows->columns[column];
	uint32_t number;
	int rc;

	trfs_buffer_reset(scratch);
	trfs_cell_encode(cell, scratch);
	if (scratch->failed)
		return -ENOMEM;
	rc = trfs_string_table_intern(c->cells, trfs_buffer_bytes(scratch), &number,
				      NULL);
	if (rc == 0)
		rc = extend_column(c, rows->nr);
	if (rc == 0)
		c->numbers[rows->nr] = number;
	return rc;
}

static int add_line(struct trfs_rows *rows, uint64_t line)
{
	size_t capacity = rows->capacity ? rows->capacity + rows->capacity / 2 : NR_FIRST;
	uint64_t *lines;

	if (rows->nr == rows->capacity) {
		lines = reallocarray(rows->lines, capacity, sizeof(*lines));
		if (!lines)
			return -ENOMEM;
		rows->lines = lines;
		rows->capacity = capacity;
	}
	rows->lines[rows->nr] = line;
	return 0;
}

static int add_row(struct trfs_rows *rows, const struct trfs_row *row,
		   struct trfs_buffer *scratch, struct trfs_error *err)
{
	int rc = rows->nr < NR_ROWS_MAX ? 0 : -EOVERFLOW;

	if (rc == 0)
		rc = add_columns(rows, row->nr_cells);
	if (rc == 0)
		rc = add_line(rows, row->line);
	for (uint32_t i = 0; rc == 0 && i < row->nr_cells; i++) {
		if (row->cells[i].nr_values > 0)
			rc = add_cell(rows, i, &row->cells[i], scratch);
	}
	if (rc == -EOVERFLOW)
		return trfs_fail(err, rc, "%s has more than %" PRIu32 " rows",
				 rows->place, NR_ROWS_MAX);
	if (rc < 0)
		return trfs_fail_memory(err, "the rows of the manifest");
	rows->nr++;
	return 0;
}

static void report(const struct trfs_progress *progress, const struct trfs_manifest *m,
		   const char *what, bool at_end)
{
	uint64_t done, total;

	if (!progress || !progress->report)
		return;
	trfs_manifest_position(m, &done, &total);
	if (at_end)
		total = done;
	progress->report(progress->user, what, done, total);
}

static int read_rows(struct trfs_rows *rows, struct trfs_manifest *m,
		     const struct trfs_progress *progress, struct trfs_error *err)
{
	const char *slash = strrchr(rows->place, '/');
	char what[PLACE_TEXT_MAX];
	struct trfs_buffer scratch;
	struct trfs_row row;
	int rc;

	snprintf(what, sizeof(what), "Reading %s",
		 slash && slash[1] ? slash + 1 : rows->place);
	trfs_buffer_init(&scratch, CELL_SIZE_MAX);
	while ((rc = trfs_manifest_next(m, &row, err)) > 0) {
		rc = add_row(rows, &row, &scratch, err);
		if (rc < 0)
			break;
		if (rows->nr % ROWS_PER_REPORT == 0)
			report(progress, m, what, false);
	}
	trfs_buffer_done(&scratch);
	if (rc == 0)
		report(progress, m, what, true);
	return rc;
}

/* The manifest's own list of columns ends with it. */
static int copy_names(struct trfs_rows *rows, const struct trfs_manifest *m)
{
	struct trfs_strings names = trfs_manifest_columns(m);
	int rc = add_columns(rows, names.nr);

	for (uint32_t i = 0; rc == 0 && i < rows->nr_columns; i++)
		rc = trfs_string_table_add(rows->names, trfs_strings_get(&names, i),
					   NULL);
	return rc;
}

static int fail_empty(const struct trfs_rows *rows, bool folders, struct trfs_error *err)
{
	if (folders)
		return trfs_fail(err, -EBADMSG,
				 "%s has no class folders with images; put each class's "
				 "images into a folder of its own, or name a manifest "
				 "with --manifest",
				 rows->place);
	return trfs_fail(err, -EBADMSG,
			 "%s has no rows; list one image a row below the header",
			 rows->place);
}

int trfs_rows_read(struct trfs_rows *rows, const struct trfs_root *root, const char *path,
		   struct trfs_inputs *inputs, const struct trfs_progress *progress,
		   struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_manifest_freep) struct trfs_manifest *m = NULL;
	char place[PLACE_TEXT_MAX];
	int rc;

	rc = trfs_manifest_open(root, path, inputs, &m, err);
	if (rc < 0)
		return rc;
	rows->place = strdup(trfs_manifest_place(m, 0, place, sizeof(place)));
	rows->names = trfs_string_table_new();
	if (!rows->place || !rows->names)
		return trfs_fail_memory(err, "the rows of the manifest");

	rc = read_rows(rows, m, progress, err);
	if (rc < 0)
		return rc;
	if (rows->nr == 0)
		return fail_empty(rows, path == NULL, err);
	if (copy_names(rows, m) < 0)
		return trfs_fail_memory(err, "the columns of the manifest");
	for (uint32_t i = 0; i < rows->nr_columns; i++)
		trfs_string_table_finish(rows->columns[i].cells);
	rows->nr_ignored = trfs_manifest_nr_ignored(m);
	return 0;
}
