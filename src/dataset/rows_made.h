/* SPDX-License-Identifier: MIT */
/* Columns that no manifest has: made when all rows were read. */
#ifndef TRFS_DATASET_ROWS_MADE_H
#define TRFS_DATASET_ROWS_MADE_H

#include "dataset/rows.h"

/* Add a column of that name, which no other has, without any value.  -ENOMEM. */
TRFS_MUST_CHECK
int trfs_rows_make_column(struct trfs_rows *rows, struct trfs_bytes name,
			  uint32_t *ret_column);

/* Give a row its value in such a column: @cell as in dataset/cell.h.  -ENOMEM. */
TRFS_MUST_CHECK
int trfs_rows_set_cell(struct trfs_rows *rows, uint32_t column, uint32_t row,
		       struct trfs_bytes cell);

/* The column of exactly that name, or TRFS_NO_COLUMN. */
uint32_t trfs_rows_find_column(const struct trfs_rows *rows, struct trfs_bytes name);

#endif
