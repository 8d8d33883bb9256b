/* SPDX-License-Identifier: MIT */
/*
 * YOLO and COCO number their classes themselves; those numbers are kept, as long as each
 * name has one and no two names share one.
 */
#include "dataset/object_ids.h"

#include "dataset/catalog.h"
#include "dataset/cell.h"

#include <errno.h>
#include <stdlib.h>

#define IDS_COLUMN "objects/label"

/* @known: whether a name has its id already. */
struct ids {
	const struct trfs_string_table *names;
	int64_t *of_name;
	bool *known;
};

static uint32_t find_column(const struct trfs_rows *rows)
{
	struct trfs_strings names = trfs_string_table_view(rows->names);

	for (uint32_t i = 0; i < names.nr; i++)
		if (trfs_bytes_equal(trfs_strings_get(&names, i),
				     trfs_bytes_of(IDS_COLUMN)))
			return i;
	return TRFS_NO_COLUMN;
}

/* The names and ids of one row; false where they do not fit. */
static bool read_cells(struct ids *ids, struct trfs_bytes class_cell,
		       struct trfs_bytes id_cell)
{
	struct trfs_cell_reader class_reader, id_reader;
	struct trfs_value name, id;
	uint32_t number;

	trfs_cell_reader_init(&class_reader, class_cell);
	trfs_cell_reader_init(&id_reader, id_cell);
	while (trfs_cell_reader_next(&class_reader, &name)) {
		if (!trfs_cell_reader_next(&id_reader, &id) ||
		    name.kind != TRFS_VALUE_TEXT || id.kind != TRFS_VALUE_INTEGER ||
		    !trfs_string_table_find(ids->names, trfs_bytes_trim(name.text),
					    &number))
			return false;
		if (ids->known[number] && ids->of_name[number] != id.integer)
			return false;
		ids->known[number] = true;
		ids->of_name[number] = id.integer;
	}
	return !trfs_cell_reader_next(&id_reader, &id);
}

static bool read_rows(struct ids *ids, const struct trfs_rows *rows,
		      uint32_t class_column, uint32_t id_column)
{
	struct trfs_strings classes = trfs_rows_cells(rows, class_column);
	struct trfs_strings labels = trfs_rows_cells(rows, id_column);

	for (uint32_t row = 0; row < rows->nr; row++) {
		uint32_t class_cell = trfs_rows_cell_number(rows, class_column, row);
		uint32_t id_cell = trfs_rows_cell_number(rows, id_column, row);

		/* Rows with problems may have been given up half-way. */
		if (trfs_findings_find(&rows->problems, row))
			continue;
		if (!read_cells(ids, trfs_strings_get(&classes, class_cell),
				trfs_strings_get(&labels, id_cell)))
			return false;
	}
	return true;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* 1 where every name has an id of its own, 0 where not, -ENOMEM. */
static int are_distinct(const struct ids *ids, uint64_t nr)
{
	int64_t *sorted;
	int distinct = 1;

	for (uint64_t i = 0; i < nr; i++)
		if (!ids->known[i])
			return 0;
	sorted = calloc(nr + 1, sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, ids->of_name, nr * sizeof(*sorted));
	qsort(sorted, nr, sizeof(*sorted), compare_ids);
	for (uint64_t i = 1; i < nr; i++)
		if (sorted[i] == sorted[i - 1])
			distinct = 0;
	free(sorted);
	return distinct;
}

int trfs_object_ids_find(const struct trfs_rows *rows, uint32_t class_column,
			 const struct trfs_string_table *names, int64_t **ret)
{
	uint64_t nr = trfs_string_table_view(names).nr;
	uint32_t id_column = find_column(rows);
	struct ids ids = { .names = names };
	int rc = -ENOMEM;

	*ret = NULL;
	if (id_column == TRFS_NO_COLUMN)
		return 0;
	ids.of_name = calloc(nr + 1, sizeof(*ids.of_name));
	ids.known = calloc(nr + 1, sizeof(*ids.known));
	if (ids.of_name && ids.known)
		rc = read_rows(&ids, rows, class_column, id_column)
			     ? are_distinct(&ids, nr)
			     : 0;
	free(ids.known);
	if (rc > 0)
		*ret = ids.of_name;
	else
		free(ids.of_name);
	return rc < 0 ? rc : 0;
}
