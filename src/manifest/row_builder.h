/* SPDX-License-Identifier: MIT */
/* Puts a row together, cell by cell, in memory that is used again for the next row. */
#ifndef TRFS_MANIFEST_ROW_BUILDER_H
#define TRFS_MANIFEST_ROW_BUILDER_H

#include "base/buffer.h"
#include "base/strings.h"
#include "manifest/row.h"

enum {
	TRFS_ROW_COLUMNS_MAX = 4096,
	TRFS_ROW_VALUES_MAX = 4 << 20,
	TRFS_ROW_BYTES_MAX = 256 << 20, /* of all texts together */
};

/**
 * struct trfs_row_builder - the columns so far and the row being built
 * @file: of the row, see struct trfs_row; a dialect sets it, and a reset clears it
 *
 * Values refer to @bytes by offset until trfs_row_builder_row() turns them into
 * pointers, since @bytes moves while it grows.
 */
struct trfs_row_builder {
	struct trfs_string_table *columns;
	size_t nr_columns;
	struct trfs_buffer bytes;
	struct trfs_buffer problem;
	struct trfs_built_value *values; /* in the order they were added */
	size_t nr_values, values_capacity;
	struct trfs_built_cell *building; /* a column each, as @cells */
	struct trfs_cell *cells;	  /* handed out */
	size_t cells_capacity;
	struct trfs_value *finished; /* the values by column, handed out */
	size_t finished_capacity;
	const char *file;
};

TRFS_MUST_CHECK
int trfs_row_builder_init(struct trfs_row_builder *b);
void trfs_row_builder_done(struct trfs_row_builder *b);

/* Forget the last row; the columns stay. */
void trfs_row_builder_reset(struct trfs_row_builder *b);

/* The number of a column, new or known.  -ENOMEM, or -EBADMSG for too many columns. */
TRFS_MUST_CHECK
int trfs_row_builder_column(struct trfs_row_builder *b, struct trfs_bytes name,
			    uint32_t *ret_column, struct trfs_error *err);

/*
 * Add a value to a column's cell; several make a list.  Text is copied.  When the kinds
 * in one cell differ, integers become reals, and anything beside text becomes text.
 * -ENOMEM, or -EBADMSG for a row that is too large.
 */
TRFS_MUST_CHECK
int trfs_row_builder_add(struct trfs_row_builder *b, uint32_t column,
			 const struct trfs_value *value, struct trfs_error *err);

/* trfs_row_builder_add() of a text. */
TRFS_MUST_CHECK
int trfs_row_builder_add_text(struct trfs_row_builder *b, uint32_t column,
			      struct trfs_bytes text, struct trfs_error *err);

/*
 * Say why the row cannot be an example, however sound its image: "has a bad box: xmin 7
 * is beyond xmax 3".  What becomes of it is --on-bad's business.  The first one stays;
 * long ones are cut.
 */
TRFS_PRINTF(2, 3)
void trfs_row_builder_problem(struct trfs_row_builder *b, const char *format, ...);

/* The finished row, valid until the next reset; -ENOMEM. */
TRFS_MUST_CHECK
int trfs_row_builder_row(struct trfs_row_builder *b, uint64_t line, struct trfs_row *ret,
			 struct trfs_error *err);

#endif
