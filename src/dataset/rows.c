/* SPDX-License-Identifier: MIT */
/*
 * A manifest into columns of numbered cells.  A column grows only as far as its last
 * row with a value, so that JSON objects with many rare keys stay cheap.
 */
#include "dataset/rows.h"

#include "base/error.h"
#include "dataset/catalog.h"
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
#define TASK_TEXT_MAX	(PLACE_TEXT_MAX + 16)
#define SPLIT_COLUMN	"split"

void trfs_rows_done(struct trfs_rows *rows)
{
	for (uint32_t i = 0; i < rows->nr_columns; i++) {
		trfs_string_table_free(rows->columns[i].cells);
		free(rows->columns[i].numbers);
	}
	for (uint32_t i = 0; i < rows->nr_parts; i++)
		free(rows->parts[i].place);
	for (enum trfs_role role = 0; role < TRFS_NR_ROLES; role++)
		free(rows->role_columns[role]);
	free(rows->parts);
	free(rows->columns);
	trfs_remarks_done(&rows->remarks);
	trfs_findings_done(&rows->problems);
	trfs_string_table_free(rows->names);
	free(rows->place);
	free(rows->lines);
	*rows = (struct trfs_rows){ 0 };
}

const char *trfs_rows_place(const struct trfs_rows *rows, uint32_t row, char *buf,
			    size_t len)
{
	const struct trfs_rows_part *part = rows->parts;

	while (row >= part->end)
		part++;
	if (rows->lines[row] > 0)
		snprintf(buf, len, "%s:%" PRIu64, part->place, rows->lines[row]);
	else
		snprintf(buf, len, "%s", part->place);
	return buf;
}

/* One part being read. */
struct part {
	struct trfs_manifest *manifest;
	const char *split;   /* NULL: as its rows say */
	uint32_t *column_of; /* by the manifest's own column number */
	size_t nr_columns;
	uint32_t split_column;
};

/* The column of that name, made where there is none yet. */
static int find_column(struct trfs_rows *rows, struct trfs_bytes name,
		       uint32_t *ret_column)
{
	struct trfs_rows_column *columns;
	struct trfs_string_table *cells;
	bool added;
	int rc = trfs_string_table_intern(rows->names, name, ret_column, &added);

	if (rc < 0 || !added)
		return rc;
	columns = reallocarray(rows->columns, rows->nr_columns + 1, sizeof(*columns));
	if (!columns)
		return -ENOMEM;
	rows->columns = columns;
	cells = trfs_string_table_new();
	columns[rows->nr_columns++] = (struct trfs_rows_column){ .cells = cells };
	return cells ? trfs_string_table_intern(cells, trfs_bytes_of(""), NULL, NULL)
		     : -ENOMEM;
}

/* Find the columns that the manifest has by now. */
static int add_columns(struct trfs_rows *rows, struct part *part)
{
	struct trfs_strings names = trfs_manifest_columns(part->manifest);
	uint32_t *column_of;
	int rc = 0;

	if (names.nr == part->nr_columns)
		return 0;
	column_of = reallocarray(part->column_of, names.nr, sizeof(*column_of));
	if (!column_of)
		return -ENOMEM;
	part->column_of = column_of;
	while (rc == 0 && part->nr_columns < names.nr) {
		rc = find_column(rows, trfs_strings_get(&names, part->nr_columns),
				 &column_of[part->nr_columns]);
		part->nr_columns += rc == 0;
	}
	return rc;
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

/* The part's split in place of what the row may say. */
static int add_split(struct trfs_rows *rows, const struct part *part,
		     struct trfs_buffer *scratch)
{
	const struct trfs_value value = { .kind = TRFS_VALUE_TEXT,
					  .text = trfs_bytes_of(part->split) };
	const struct trfs_cell cell = { .values = &value, .nr_values = 1 };

	return add_cell(rows, part->split_column, &cell, scratch);
}

static int add_row(struct trfs_rows *rows, struct part *part, const struct trfs_row *row,
		   struct trfs_buffer *scratch, struct trfs_error *err)
{
	int rc = rows->nr < NR_ROWS_MAX ? 0 : -EOVERFLOW;

	if (rc == 0)
		rc = add_columns(rows, part);
	if (rc == 0)
		rc = add_line(rows, row->line);
	for (uint32_t i = 0; rc == 0 && i < row->nr_cells; i++) {
		uint32_t column = part->column_of[i];

		if (row->cells[i].nr_values > 0 &&
		    !(part->split && column == part->split_column))
			rc = add_cell(rows, column, &row->cells[i], scratch);
	}
	if (rc == 0 && part->split)
		rc = add_split(rows, part, scratch);
	if (rc == 0 && row->problem)
		rc = trfs_findings_add(&rows->problems, rows->nr, TRFS_PROBLEM_BAD_ROW,
				       row->problem);
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

/* Rows from here on stand in another file. */
static int begin_place(struct trfs_rows *rows, const char *place)
{
	struct trfs_rows_part *parts =
		reallocarray(rows->parts, rows->nr_parts + 1, sizeof(*parts));
	char *copy = strdup(place);

	if (parts)
		rows->parts = parts;
	if (!parts || !copy) {
		free(copy);
		return -ENOMEM;
	}
	if (rows->nr_parts > 0)
		parts[rows->nr_parts - 1].end = rows->nr;
	parts[rows->nr_parts++] =
		(struct trfs_rows_part){ .place = copy, .end = rows->nr };
	return 0;
}

/* A manifest of several files names that of each row. */
static int follow_file(struct trfs_rows *rows, const struct trfs_row *row,
		       struct trfs_error *err)
{
	if (!row->file || strcmp(row->file, rows->parts[rows->nr_parts - 1].place) == 0)
		return 0;
	return begin_place(rows, row->file) < 0
		       ? trfs_fail_memory(err, "the rows of the manifest")
		       : 0;
}

static int read_rows(struct trfs_rows *rows, struct part *part, const char *place,
		     const struct trfs_progress *progress, struct trfs_error *err)
{
	const char *slash = strrchr(place, '/');
	char what[TASK_TEXT_MAX];
	struct trfs_buffer scratch;
	struct trfs_row row;
	int rc;

	snprintf(what, sizeof(what), "Reading %s", slash && slash[1] ? slash + 1 : place);
	trfs_buffer_init(&scratch, CELL_SIZE_MAX);
	while ((rc = trfs_manifest_next(part->manifest, &row, err)) > 0) {
		rc = follow_file(rows, &row, err);
		if (rc == 0)
			rc = add_row(rows, part, &row, &scratch, err);
		if (rc < 0)
			break;
		if (rows->nr % ROWS_PER_REPORT == 0)
			report(progress, part->manifest, what, false);
	}
	trfs_buffer_done(&scratch);
	if (rc == 0)
		report(progress, part->manifest, what, true);
	/* Also those that no row had a value in. */
	if (rc == 0 && add_columns(rows, part) < 0)
		rc = trfs_fail_memory(err, "the columns of the manifest");
	return rc;
}

static int fail_empty(const char *place, bool folders, struct trfs_error *err)
{
	if (folders)
		return trfs_fail(err, -EBADMSG,
				 "%s has no class folders with images; put each class's "
				 "images into a folder of its own, or name a manifest "
				 "with --manifest",
				 place);
	return trfs_fail(err, -EBADMSG,
			 "%s has no rows; list one image a row below the header", place);
}

/* What the first part's dialect says of a role's column, or another. */
static int set_role_column(struct trfs_rows *rows, enum trfs_role role,
			   const char *column)
{
	free(rows->role_columns[role]);
	rows->role_columns[role] = column ? strdup(column) : NULL;
	return column && !rows->role_columns[role] ? -ENOMEM : 0;
}

static int describe(struct trfs_rows *rows, const struct trfs_manifest *manifest,
		    const char *place)
{
	int rc = 0;

	rows->dialect = trfs_manifest_dialect(manifest);
	for (enum trfs_role role = 0; rc == 0 && role < TRFS_NR_ROLES; role++)
		rc = set_role_column(rows, role,
				     trfs_manifest_role_column(manifest, role));
	rows->place = strdup(place);
	return rows->place ? rc : -ENOMEM;
}

/* What the rows of this part have in common. */
static int begin_part(struct trfs_rows *rows, struct part *part, const char *place,
		      struct trfs_error *err)
{
	int rc = begin_place(rows, place);

	if (rc == 0 && rows->nr_parts == 1)
		rc = describe(rows, part->manifest, place);
	if (rc == 0 && part->split)
		rc = set_role_column(rows, TRFS_ROLE_SPLIT, SPLIT_COLUMN);
	if (rc == 0 && part->split)
		rc = find_column(rows, trfs_bytes_of(SPLIT_COLUMN), &part->split_column);
	return rc < 0 ? trfs_fail_memory(err, "the rows of the manifest") : 0;
}

static int read_part(struct trfs_rows *rows, const struct trfs_root *root,
		     const struct trfs_manifest_request *request, const char *split,
		     struct trfs_inputs *inputs, const struct trfs_progress *progress,
		     struct trfs_error *err)
{
	struct part part = { .split = split };
	char place[PLACE_TEXT_MAX];
	uint32_t first = rows->nr;
	int rc;

	rc = trfs_manifest_open(root, request, inputs, &part.manifest, err);
	if (rc < 0)
		return rc;
	trfs_manifest_place(part.manifest, 0, place, sizeof(place));
	rc = begin_part(rows, &part, place, err);
	if (rc == 0)
		rc = read_rows(rows, &part, place, progress, err);
	if (rc == 0 && rows->nr == first && !split)
		rc = fail_empty(place, request->path == NULL, err);
	if (rc == 0) {
		rows->parts[rows->nr_parts - 1].end = rows->nr;
		rows->nr_ignored += trfs_manifest_nr_ignored(part.manifest);
	}
	free(part.column_of);
	trfs_manifest_free(part.manifest);
	return rc;
}

/* "train=/data/train": the split's name in @split and the path behind it. */
static int read_named_part(struct trfs_rows *rows, const struct trfs_root *root,
			   struct trfs_manifest_request *request, const char *text,
			   struct trfs_inputs *inputs,
			   const struct trfs_progress *progress, struct trfs_error *err)
{
	const char *equals = strchr(text, '=');
	char *split;
	int rc;

	if (!equals || equals == text || !equals[1])
		return trfs_fail(err, -EINVAL,
				 "--part: \"%s\" is not SPLIT=FILE, such as "
				 "train=train.json",
				 text);
	split = strndup(text, (size_t)(equals - text));
	if (!split)
		return trfs_fail_memory(err, "the rows of the manifest");
	request->path = equals + 1;
	rc = read_part(rows, root, request, split, inputs, progress, err);
	free(split);
	return rc;
}

int trfs_rows_read(struct trfs_rows *rows, const struct trfs_root *root,
		   const struct trfs_options *options, struct trfs_inputs *inputs,
		   const struct trfs_progress *progress, struct trfs_error *err)
{
	struct trfs_manifest_request request = {
		.path = options->manifest,
		.dialect = options->dialect,
		.options = options,
		.remarks = &rows->remarks,
	};
	int rc = 0;

	rows->names = trfs_string_table_new();
	if (!rows->names || trfs_remarks_init(&rows->remarks) < 0)
		return trfs_fail_memory(err, "the rows of the manifest");
	if (options->parts.nr == 0)
		rc = read_part(rows, root, &request, NULL, inputs, progress, err);
	for (unsigned int i = 0; rc == 0 && i < options->parts.nr; i++) {
		request.part = i;
		rc = read_named_part(rows, root, &request, options->parts.items[i],
				     inputs, progress, err);
	}
	if (rc == 0 && rows->nr == 0)
		rc = fail_empty(rows->place, false, err);
	if (rc < 0)
		return rc;
	trfs_findings_sort(&rows->problems);
	trfs_string_table_finish(rows->names);
	trfs_string_table_finish(rows->remarks.names);
	trfs_string_table_finish(rows->remarks.reasons);
	for (uint32_t i = 0; i < rows->nr_columns; i++)
		trfs_string_table_finish(rows->columns[i].cells);
	return 0;
}
