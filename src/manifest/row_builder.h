/* SPDX-License-Identifier: MIT */
/* Puts a row together, cell by cell, in memory that is used again for the next row. */
#ifndef TRFS_MANIFEST_ROW_BUILDER_H
#define TRFS_MANIFEST_ROW_BUILDER_H

#include "base/buffer.h"
#include "base/strings.h"
#include "manifest/row.h"

/**
 * struct trfs_row_builder - the columns so far and the row being built
 *
 * Values refer to @bytes by offset until trfs_row_builder_row() turns them into
 * pointers, since @bytes moves while it grows.
 */
struct trfs_row_builder {
	struct trfs_string_table *columns;
	struct trfs_buffer bytes;
	struct trfs_built_value *values;
	size_t nr_values, values_capacity;
	struct trfs_cell *cells;
	size_t cells_capacity;
	struct trfs_value *finished; /* the row's values, handed out */
	size_t finished_capacity;
};

TRFS_MUST_CHECK
int trfs_row_builder_init(struct trfs_row_builder *b);
void trfs_row_builder_done(struct trfs_row_builder *b);

/* Forget the last row; the columns stay. */
void trfs_row_builder_reset(struct trfs_row_builder *b);

/* The number of a column, new or known.  Fails with -ENOMEM or -E2BIG (over 4,096). */
TRFS_MUST_CHECK
int trfs_row_builder_column(struct trfs_row_builder *b, struct trfs_bytes name,
			    uint32_t *ret_column);

/*
 * Add a value to a column's cell; several make a list.  Text is copied.  When the kinds
 * in one cell differ, integers become reals, and anything beside text becomes text.
 */
TRFS_MUST_CHECK
int trfs_row_builder_add(struct trfs_row_builder *b, uint32_t column,
			 const struct trfs_value *value);

/* The finished row, valid until the next reset; -ENOMEM. */
TRFS_MUST_CHECK
int trfs_row_builder_row(struct trfs_row_builder *b, uint64_t line, struct trfs_row *ret);

#endif
