/* SPDX-License-Identifier: MIT */
/*
 * Packing a catalog.  Where every row is an example, arrays are handed over as they are;
 * else each is gathered in place, since kept rows only ever move down.
 */
#include "dataset/catalog_build.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>

/* What is behind a built catalog's columns. */
struct catalog_memory {
	struct trfs_string_table *names;
	struct trfs_string_table *column_names;
	struct trfs_example *examples;
	struct trfs_classes classes;
	struct trfs_rows_column *columns;
	uint32_t nr_columns;
	struct trfs_problem_list problems;
	struct trfs_inputs inputs;
};

static void free_column(struct trfs_rows_column *column)
{
	trfs_string_table_free(column->cells);
	free(column->numbers);
	*column = (struct trfs_rows_column){ 0 };
}

static void free_memory(void *owner)
{
	struct catalog_memory *memory = owner;

	for (uint32_t i = 0; i < memory->nr_columns; i++)
		free_column(&memory->columns[i]);
	free(memory->columns);
	trfs_string_table_free(memory->names);
	trfs_string_table_free(memory->column_names);
	free(memory->examples);
	trfs_classes_done(&memory->classes);
	trfs_problem_list_done(&memory->problems);
	if (memory->inputs.paths)
		trfs_inputs_done(&memory->inputs);
	free(memory);
}

void trfs_catalog_parts_done(struct trfs_catalog_parts *parts)
{
	trfs_judgement_done(&parts->judgement);
	trfs_scan_done(&parts->scan);
	trfs_files_done(&parts->files);
	trfs_classes_done(&parts->classes);
	trfs_rows_done(&parts->rows);
	if (parts->inputs.paths)
		trfs_inputs_done(&parts->inputs);
	if (parts->root.path)
		trfs_root_close(&parts->root);
	*parts = (struct trfs_catalog_parts){ 0 };
}

static uint32_t image_of(const struct trfs_catalog_parts *parts, uint32_t kept)
{
	uint32_t row = parts->judgement.kept[kept];

	return parts->files.image_of_cell[trfs_rows_cell_number(&parts->rows,
								parts->roles.file, row)];
}

/* Whether example i is image i, so that nothing has to be moved. */
static bool is_identity(const struct trfs_catalog_parts *parts)
{
	if (parts->judgement.nr_kept != trfs_string_table_view(parts->files.paths).nr)
		return false;
	for (uint32_t i = 0; i < parts->judgement.nr_kept; i++) {
		if (image_of(parts, i) != i)
			return false;
	}
	return true;
}

/* Names and examples of the kept rows, in their order. */
static int pack_images(const struct trfs_catalog_parts *parts,
		       struct catalog_memory *memory)
{
	struct trfs_strings paths = trfs_string_table_view(parts->files.paths);
	uint32_t nr = parts->judgement.nr_kept;
	int rc = 0;

	memory->names = trfs_string_table_new();
	memory->examples = calloc(nr ? nr : 1, sizeof(*memory->examples));
	if (!memory->names || !memory->examples)
		return -ENOMEM;
	for (uint32_t i = 0; rc == 0 && i < nr; i++) {
		uint32_t image = image_of(parts, i);

		memory->examples[i] = parts->scan.examples[image];
		rc = trfs_string_table_add(memory->names, trfs_strings_get(&paths, image),
					   NULL);
	}
	trfs_string_table_finish(memory->names);
	return rc;
}

static int take_images(struct trfs_catalog_parts *parts, struct catalog_memory *memory)
{
	int rc = 0;

	if (is_identity(parts)) {
		memory->names = TRFS_STEAL(parts->files.paths);
		memory->examples = TRFS_STEAL(parts->scan.examples);
	} else {
		rc = pack_images(parts, memory);
	}
	for (uint32_t i = 0; rc == 0 && i < parts->judgement.nr_kept; i++)
		memory->examples[i].labels =
			trfs_classes_of_row(&parts->classes, &parts->rows,
					    parts->roles.label, parts->judgement.kept[i]);
	return rc;
}

/* Whether the file column says nothing that the names do not. */
static bool files_are_names(const struct trfs_catalog_parts *parts,
			    const struct catalog_memory *memory)
{
	struct trfs_strings cells = trfs_rows_cells(&parts->rows, parts->roles.file);
	struct trfs_strings names = trfs_string_table_view(memory->names);

	for (uint32_t i = 0; i < parts->judgement.nr_kept; i++) {
		struct trfs_bytes name = trfs_strings_get(&names, i);
		struct trfs_bytes cell = trfs_strings_get(
			&cells, trfs_rows_cell_number(&parts->rows, parts->roles.file,
						      parts->judgement.kept[i]));

		if (cell.len != name.len + 1 || cell.data[0] != 'T' ||
		    memcmp(cell.data + 1, name.data, name.len) != 0)
			return false;
	}
	return true;
}

static bool is_virtual(const struct trfs_catalog_parts *parts,
		       const struct catalog_memory *memory, uint32_t column)
{
	const struct trfs_roles *roles = &parts->roles;

	if (column == roles->split || column == roles->group)
		return false;
	if (column == roles->label)
		return true;
	return column == roles->file && files_are_names(parts, memory);
}

/* The cells of the kept rows, moved down over the others. */
static int gather_column(const struct trfs_catalog_parts *parts, uint32_t number)
{
	struct trfs_rows_column *column = &parts->rows.columns[number];
	uint32_t nr = parts->judgement.nr_kept;
	uint32_t *numbers = column->numbers;

	/* Rows behind the column's last value have no place in it yet. */
	if (column->capacity < nr) {
		numbers = reallocarray(column->numbers, nr, sizeof(*numbers));
		if (!numbers)
			return -ENOMEM;
		column->numbers = numbers;
		column->capacity = nr;
	}
	for (uint32_t i = 0; i < nr; i++)
		numbers[i] = trfs_rows_cell_number(&parts->rows, number,
						   parts->judgement.kept[i]);
	if (nr > 0 && nr < column->capacity) {
		numbers = reallocarray(column->numbers, nr, sizeof(*numbers));
		if (numbers)
			column->numbers = numbers;
	}
	column->nr = column->capacity = nr;
	return 0;
}

static int take_columns(struct trfs_catalog_parts *parts, struct catalog_memory *memory,
			struct trfs_catalog *catalog)
{
	struct trfs_rows *rows = &parts->rows;
	struct trfs_strings names;
	bool *virtual = calloc(rows->nr_columns + 1, sizeof(*virtual));
	int rc = 0;

	memory->column_names = TRFS_STEAL(rows->names);
	names = trfs_string_table_view(memory->column_names);
	catalog->column_names = names;
	catalog->columns = calloc(rows->nr_columns + 1, sizeof(*catalog->columns));
	if (!virtual || !catalog->columns)
		rc = -ENOMEM;
	/* Before any is gathered: that needs the file column as it was. */
	for (uint32_t i = 0; rc == 0 && i < rows->nr_columns; i++)
		virtual[i] = is_virtual(parts, memory, i);
	for (uint32_t i = 0; rc == 0 && i < rows->nr_columns; i++) {
		struct trfs_column *column = &catalog->columns[i];

		column->name = trfs_strings_get(&names, i);
		if (virtual[i]) {
			free_column(&rows->columns[i]);
			continue;
		}
		rc = gather_column(parts, i);
		column->numbers = rows->columns[i].numbers;
		column->values = trfs_rows_cells(rows, i);
	}
	free(virtual);
	memory->columns = TRFS_STEAL(rows->columns);
	memory->nr_columns = rows->nr_columns;
	rows->nr_columns = 0;
	return rc;
}

static void take_rest(struct trfs_catalog_parts *parts, struct catalog_memory *memory,
		      struct trfs_catalog *catalog)
{
	memory->classes = parts->classes;
	parts->classes = (struct trfs_classes){ 0 };
	memory->problems = parts->judgement.problems;
	parts->judgement.problems = (struct trfs_problem_list){ 0 };
	memory->inputs = parts->inputs;
	parts->inputs = (struct trfs_inputs){ 0 };

	/* Only the label column's cells needed it. */
	free(TRFS_STEAL(memory->classes.set_of_cell));

	catalog->follow = parts->root.follow;
	catalog->label_sets = trfs_string_table_view(memory->classes.sets);
	catalog->class_names = trfs_string_table_view(memory->classes.names);
	catalog->class_ids = memory->classes.ids;
	catalog->label_column = parts->roles.label;
	catalog->split_column = parts->roles.split;
	catalog->group_column = parts->roles.group;
	catalog->problems = trfs_problem_list_view(&memory->problems);
	catalog->input_paths = trfs_string_table_view(memory->inputs.paths);
	catalog->input_stamps = memory->inputs.stamps;
	catalog->nr_ignored = parts->rows.nr_ignored;
}

/* As it can be opened again: a root keeps its path without the slash at the end. */
static int copy_root_path(const struct trfs_root *root, struct trfs_catalog *catalog)
{
	catalog->root_path = strdup(root->path[0] ? root->path : "/");
	return catalog->root_path ? 0 : -ENOMEM;
}

static void take_newest(struct trfs_catalog *catalog)
{
	for (uint64_t i = 0; i < catalog->nr_examples; i++) {
		int64_t mtime_ns = catalog->examples[i].mtime_ns;

		if (i == 0 || mtime_ns > catalog->newest_mtime_ns)
			catalog->newest_mtime_ns = mtime_ns;
	}
}

int trfs_catalog_build(struct trfs_catalog_parts *parts, struct trfs_catalog **ret,
		       struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_catalog_freep)
	struct trfs_catalog *catalog = calloc(1, sizeof(*catalog));
	struct catalog_memory *memory = calloc(1, sizeof(*memory));
	int rc;

	if (!catalog || !memory) {
		free(memory);
		return trfs_fail_memory(err, "the catalog");
	}
	catalog->release = free_memory;
	catalog->owner = memory;

	rc = take_images(parts, memory);
	if (rc == 0)
		rc = take_columns(parts, memory, catalog);
	if (rc == 0)
		rc = copy_root_path(&parts->root, catalog);
	if (rc < 0)
		return trfs_fail_memory(err, "the catalog");
	take_rest(parts, memory, catalog);
	catalog->nr_examples = parts->judgement.nr_kept;
	catalog->nr_rows = parts->rows.nr;
	catalog->examples = memory->examples;
	catalog->names = trfs_string_table_view(memory->names);
	take_newest(catalog);
	*ret = TRFS_STEAL(catalog);
	return 0;
}
