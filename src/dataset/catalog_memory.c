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
	trfs_name_list_done(&memory->names);
	trfs_name_list_done(&memory->mask_names);
	trfs_string_table_free(memory->appearances);
	trfs_string_table_free(memory->column_names);
	trfs_string_table_free(memory->made);
	free(memory->examples);
	free(memory->masks);
	free(memory->labels);
	trfs_classes_done(&memory->classes);
	trfs_problem_list_done(&memory->problems);
	trfs_remarks_done(&memory->remarks);
	if (memory->inputs.paths)
		trfs_inputs_done(&memory->inputs);
	trfs_catalog_memory_settle(memory);
	free(memory);
}

uint32_t trfs_catalog_row(const struct trfs_catalog *catalog, uint64_t example)
{
	const struct trfs_catalog_memory *memory = catalog->owner;

	return memory->kept[example];
}

void trfs_catalog_memory_settle(struct trfs_catalog_memory *memory)
{
	free(TRFS_STEAL(memory->mtimes));
	free(TRFS_STEAL(memory->kept));
	free(TRFS_STEAL(memory->lines));
	free(TRFS_STEAL(memory->place));
}

/* The latest change of any file that is shown. */
static int64_t newest(const int64_t *mtimes, uint64_t nr)
{
	int64_t newest_ns = nr ? mtimes[0] : 0;

	for (uint64_t i = 0; i < nr; i++) {
		if (mtimes[i] > newest_ns)
			newest_ns = mtimes[i];
	}
	return newest_ns;
}

void trfs_catalog_memory_view(const struct trfs_catalog_memory *memory, uint64_t nr,
			      struct trfs_catalog *catalog)
{
	struct trfs_strings appearances = trfs_string_table_view(memory->appearances);

	catalog->nr_examples = nr;
	catalog->examples = memory->examples;
	catalog->labels = (struct trfs_numbers){ .data = memory->labels,
						 .width = sizeof(uint32_t) };
	catalog->names = trfs_name_list_view(&memory->names);
	/* Strings of one length each: an array. */
	catalog->appearances = (const void *)appearances.bytes;
	catalog->nr_appearances = appearances.nr;
	catalog->newest_mtime_ns = newest(memory->mtimes, nr);
	if (memory->masks) {
		catalog->masks = memory->masks;
		catalog->mask_names = trfs_name_list_view(&memory->mask_names);
	}
}
