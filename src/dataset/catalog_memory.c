/* SPDX-License-Identifier: MIT */
/* The memory of a built catalog: freed as a whole. */
#include "dataset/catalog_memory.h"

#include <stdlib.h>

void trfs_catalog_memory_free_column(struct trfs_rows_column *column)
{
	trfs_string_table_free(column->cells);
	free(column->numbers);
	*column = (struct trfs_rows_column){ 0 };
}

void trfs_catalog_memory_free(void *owner)
{
	struct trfs_catalog_memory *memory = owner;

	for (uint32_t i = 0; i < memory->nr_columns; i++)
		trfs_catalog_memory_free_column(&memory->columns[i]);
	free(memory->columns);
	trfs_string_table_free(memory->names);
	trfs_string_table_free(memory->mask_names);
	trfs_string_table_free(memory->column_names);
	trfs_string_table_free(memory->made);
	free(memory->examples);
	free(memory->masks);
	trfs_classes_done(&memory->classes);
	trfs_problem_list_done(&memory->problems);
	trfs_remarks_done(&memory->remarks);
	if (memory->inputs.paths)
		trfs_inputs_done(&memory->inputs);
	free(memory->kept);
	free(memory->lines);
	free(memory->place);
	free(memory);
}

/* The latest change of any file that is shown. */
static int64_t newest(const struct trfs_example *files, uint64_t nr, int64_t newest_ns)
{
	for (uint64_t i = 0; i < nr; i++) {
		if (files[i].mtime_ns > newest_ns)
			newest_ns = files[i].mtime_ns;
	}
	return newest_ns;
}

void trfs_catalog_memory_view(const struct trfs_catalog_memory *memory, uint64_t nr,
			      struct trfs_catalog *catalog)
{
	catalog->nr_examples = nr;
	catalog->examples = memory->examples;
	catalog->names = trfs_string_table_view(memory->names);
	catalog->newest_mtime_ns = newest(memory->examples, nr, nr ? INT64_MIN : 0);
	if (memory->masks) {
		catalog->masks = memory->masks;
		catalog->mask_names = trfs_string_table_view(memory->mask_names);
		catalog->newest_mtime_ns =
			newest(memory->masks, nr, catalog->newest_mtime_ns);
	}
}
