/* SPDX-License-Identifier: MIT */
/* Further columns beside those of the manifest. */
#include "dataset/rows_made.h"

#include "dataset/catalog.h"

#include <errno.h>
#include <stdlib.h>

int trfs_rows_make_column(struct trfs_rows *rows, struct trfs_bytes name,
			  uint32_t *ret_column)
{
	struct trfs_rows_column made = { .nr = rows->nr, .capacity = rows->nr };
	struct trfs_rows_column *columns;

	columns = reallocarray(rows->columns, (size_t)rows->nr_columns + 1,
			       sizeof(*columns));
	if (!columns)
		return -ENOMEM;
	rows->columns = columns;
	made.cells = trfs_string_table_new();
	made.numbers = calloc((size_t)rows->nr + 1, sizeof(*made.numbers));
	if (!made.cells || !made.numbers ||
	    trfs_string_table_intern(made.cells, trfs_bytes_of(""), NULL, NULL) < 0 ||
	    trfs_string_table_add(rows->names, name, NULL) < 0) {
		trfs_string_table_free(made.cells);
		free(made.numbers);
		return -ENOMEM;
	}
	columns[rows->nr_columns] = made;
	*ret_column = rows->nr_columns++;
	return 0;
}

int trfs_rows_set_cell(struct trfs_rows *rows, uint32_t column, uint32_t row,
		       struct trfs_bytes cell)
{
	struct trfs_rows_column *c = &rows->columns[column];

	return trfs_string_table_intern(c->cells, cell, &c->numbers[row], NULL) < 0
		       ? -ENOMEM
		       : 0;
}

uint32_t trfs_rows_find_column(const struct trfs_rows *rows, struct trfs_bytes name)
{
	struct trfs_strings names = trfs_string_table_view(rows->names);

	for (uint32_t i = 0; i < names.nr; i++)
		if (trfs_bytes_equal(trfs_strings_get(&names, i), name))
			return i;
	return TRFS_NO_COLUMN;
}
