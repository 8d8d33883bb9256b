/* SPDX-License-Identifier: MIT */
/* One line of a manifest, whatever its dialect: cells of values. */
#ifndef TRFS_MANIFEST_ROW_H
#define TRFS_MANIFEST_ROW_H

#include "base/bytes.h"

enum trfs_value_kind {
	TRFS_VALUE_TEXT = 1,
	TRFS_VALUE_INTEGER = 2,
	TRFS_VALUE_REAL = 3,
};

struct trfs_value {
	enum trfs_value_kind kind;
	union {
		struct trfs_bytes text; /* valid UTF-8 */
		int64_t integer;
		double real;
	};
};

/**
 * struct trfs_cell - what a row has in one column
 * @nr_values: 0 where the cell is missing or empty, 1 for a scalar, else a list;
 *	all values of a cell are of one kind
 */
struct trfs_cell {
	const struct trfs_value *values;
	size_t nr_values;
};

/**
 * struct trfs_row - one example as the manifest describes it, before any look at it
 * @line: where it stands in the manifest, from 1; 0 for dialects without lines
 * @file: the one of the manifest's files that it stands in, as messages name it; NULL for
 *	manifests of one file
 * @cells: by column number; as many as the manifest has columns by now
 * @problem: why it cannot be an example ("has a bad box: line 12: ..."), to follow the
 *	image's name in a message; NULL where there is nothing wrong with it
 *
 * All of it is borrowed from the manifest and valid until the next row.
 */
struct trfs_row {
	uint64_t line;
	const char *file;
	size_t nr_cells;
	const struct trfs_cell *cells;
	const char *problem;
};

#endif
