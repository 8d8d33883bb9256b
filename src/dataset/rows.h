/* SPDX-License-Identifier: MIT */
/*
 * All rows of a manifest, column by column: each distinct cell once, and for each row the
 * number of its cell.  Class names, paths and labels are then worked out once a cell.
 */
#ifndef TRFS_DATASET_ROWS_H
#define TRFS_DATASET_ROWS_H

#include "dataset/findings.h"
#include "manifest/manifest.h"
#include "manifest/roles.h"
#include <tfrecordfs/options.h>
#include <tfrecordfs/progress.h>

/**
 * struct trfs_rows_column - one column
 * @cells: distinct cells as in dataset/cell.h; number 0 is the missing one
 * @numbers: the cell of each row; rows from @nr on have none
 */
struct trfs_rows_column {
	struct trfs_string_table *cells;
	uint32_t *numbers;
	size_t nr;
	size_t capacity;
};

/**
 * struct trfs_rows_part - rows that one manifest gave, or one of a manifest's files
 * @place: how messages name it; owned
 * @end: the row behind its last one
 */
struct trfs_rows_part {
	char *place;
	uint32_t end;
};

/**
 * struct trfs_rows - a manifest that was read to its end
 * @place: how messages name it: "labels.csv"; with several parts the first one's
 * @parts: the manifests it was read from, one unless the options name several
 * @dialect: how the first one was read: "CSV"; static
 * @role_columns: what the dialect says of roles, see struct trfs_dialect; owned, or NULL
 * @names: of the columns
 * @lines: of each row within the manifest; 0 where there are no lines
 * @problems: what the dialect found wrong with rows, by row
 */
struct trfs_rows {
	char *place;
	struct trfs_rows_part *parts;
	uint32_t nr_parts;
	const char *dialect;
	char *role_columns[TRFS_NR_ROLES];
	struct trfs_remarks remarks;
	struct trfs_string_table *names;
	struct trfs_rows_column *columns;
	uint32_t nr_columns;
	uint64_t *lines;
	struct trfs_findings problems;
	uint32_t nr;
	size_t capacity;
	uint64_t nr_ignored;
};

/*
 * Read them all: the manifest of @options, or each of its parts, whose rows then have the
 * part's split in column "split".  -EBADMSG as the manifest says, and where it has no
 * rows; -EOVERFLOW for more than 2^32 - 2 of them.  @rows is zeroed before, and to be
 * done() even after a failure.
 */
TRFS_MUST_CHECK
int trfs_rows_read(struct trfs_rows *rows, const struct trfs_root *root,
		   const struct trfs_options *options, struct trfs_inputs *inputs,
		   const struct trfs_progress *progress, struct trfs_error *err);
void trfs_rows_done(struct trfs_rows *rows);

static inline uint32_t trfs_rows_cell_number(const struct trfs_rows *rows,
					     uint32_t column, uint32_t row)
{
	const struct trfs_rows_column *c = &rows->columns[column];

	return row < c->nr ? c->numbers[row] : 0;
}

static inline struct trfs_strings trfs_rows_cells(const struct trfs_rows *rows,
						  uint32_t column)
{
	return trfs_string_table_view(rows->columns[column].cells);
}

/* "labels.csv:812", or the manifest alone where it has no lines.  Returns @buf. */
const char *trfs_rows_place(const struct trfs_rows *rows, uint32_t row, char *buf,
			    size_t len);

/* The columns that mean something; TRFS_NO_COLUMN where there is none. */
struct trfs_roles {
	uint32_t file;
	uint32_t label;
	uint32_t split;
	uint32_t group;
	uint32_t mask;
	uint32_t target; /* the label's, where labels are numbers to regress to */
};

/*
 * Find them among the columns of all rows.  What trfs_role_find() fails with; -EBADMSG
 * where no column holds the files, or where a row has no value in the group's.
 */
TRFS_MUST_CHECK
int trfs_rows_find_roles(const struct trfs_rows *rows, const struct trfs_options *options,
			 struct trfs_roles *ret, struct trfs_error *err);

#endif
