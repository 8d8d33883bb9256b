/* SPDX-License-Identifier: MIT */
/*
 * Packing a catalog: what was seen of files is written small, and manifest columns are
 * gathered in place, since kept rows only ever move down.
 */
#include "dataset/catalog_build.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>

void trfs_catalog_parts_done(struct trfs_catalog_parts *parts)
{
	trfs_judgement_done(&parts->judgement);
	trfs_scan_done(&parts->scan);
	trfs_files_done(&parts->files);
	trfs_scan_done(&parts->mask_scan);
	trfs_files_done(&parts->mask_files);
	trfs_classes_done(&parts->classes);
	trfs_rows_done(&parts->rows);
	if (parts->inputs.paths)
		trfs_inputs_done(&parts->inputs);
	if (parts->root.path)
		trfs_root_close(&parts->root);
	*parts = (struct trfs_catalog_parts){ 0 };
}

/**
 * struct packing - seen files becoming examples
 * @appearance: number of @last, so that files alike need no look-up
 */
struct packing {
	struct trfs_string_table *appearances;
	struct trfs_appearance last;
	uint32_t appearance;
	bool any;
};

static int pack_one(struct packing *p, const struct trfs_seen *seen,
		    struct trfs_example *ret)
{
	struct trfs_file_identity identity = trfs_seen_identity(seen);
	struct trfs_bytes bytes = { (const uint8_t *)&seen->appearance,
				    sizeof(seen->appearance) };
	int rc = 0;

	if (!p->any || memcmp(&p->last, &seen->appearance, sizeof(p->last)) != 0)
		rc = trfs_string_table_intern(p->appearances, bytes, &p->appearance,
					      NULL);
	p->last = seen->appearance;
	p->any = true;
	*ret = (struct trfs_example){
		.who = trfs_example_who(&identity),
		.size = seen->size,
		.appearance = p->appearance,
	};
	return rc;
}

/* What was seen of the kept rows' images, or of their masks, in the order of the rows. */
static int pack(const struct trfs_catalog_parts *parts, const struct trfs_files *files,
		const struct trfs_scan *scan, uint32_t column, struct packing *packing,
		struct trfs_name_list *names, struct trfs_example **ret_examples,
		int64_t *mtimes)
{
	/* Nothing was seen of a mask that is nowhere. */
	static const struct trfs_seen nothing = { .mtime_ns = INT64_MIN };
	struct trfs_strings paths = trfs_string_table_view(files->paths);
	uint32_t nr = parts->judgement.nr_kept;
	int rc = 0;

	*ret_examples = calloc(nr ? nr : 1, sizeof(**ret_examples));
	if (!*ret_examples)
		return -ENOMEM;
	for (uint32_t i = 0; rc == 0 && i < nr; i++) {
		uint32_t cell = trfs_rows_cell_number(&parts->rows, column,
						      parts->judgement.kept[i]);
		uint32_t image = files->image_of_cell[cell];
		bool is_there = image != TRFS_NO_IMAGE;
		const struct trfs_seen *seen = is_there ? &scan->seen[image] : &nothing;

		rc = trfs_name_list_add(names, is_there ? trfs_strings_get(&paths, image)
							: trfs_bytes_of(""));
		if (rc == 0)
			rc = pack_one(packing, seen, &(*ret_examples)[i]);
		if (mtimes[i] < seen->mtime_ns)
			mtimes[i] = seen->mtime_ns;
	}
	trfs_name_list_finish(names);
	return rc;
}

static int take_images(struct trfs_catalog_parts *parts,
		       struct trfs_catalog_memory *memory)
{
	uint32_t nr = parts->judgement.nr_kept;
	struct packing packing = { .any = false };
	int rc;

	packing.appearances = memory->appearances = trfs_string_table_new();
	memory->mtimes = malloc(((size_t)nr + 1) * sizeof(*memory->mtimes));
	memory->labels = malloc(((size_t)nr + 1) * sizeof(*memory->labels));
	if (!memory->appearances || !memory->mtimes || !memory->labels)
		return -ENOMEM;
	for (uint32_t i = 0; i < nr; i++)
		memory->mtimes[i] = INT64_MIN;
	rc = pack(parts, &parts->files, &parts->scan, parts->roles.file, &packing,
		  &memory->names, &memory->examples, memory->mtimes);
	if (rc == 0 && parts->masks)
		rc = pack(parts, &parts->mask_files, &parts->mask_scan, parts->roles.mask,
			  &packing, &memory->mask_names, &memory->masks, memory->mtimes);
	trfs_string_table_finish(memory->appearances);
	for (uint32_t i = 0; rc == 0 && i < nr; i++)
		memory->labels[i] =
			trfs_classes_of_row(&parts->classes, &parts->rows,
					    parts->roles.label, parts->judgement.kept[i]);
	return rc;
}

/* Whether the file column says nothing that the names do not. */
static bool files_are_names(const struct trfs_catalog_parts *parts)
{
	struct trfs_strings cells = trfs_rows_cells(&parts->rows, parts->roles.file);
	struct trfs_strings names = trfs_string_table_view(parts->files.paths);

	for (uint32_t i = 0; i < parts->judgement.nr_kept; i++) {
		uint32_t number = trfs_rows_cell_number(&parts->rows, parts->roles.file,
							parts->judgement.kept[i]);
		struct trfs_bytes cell = trfs_strings_get(&cells, number);
		struct trfs_bytes name =
			trfs_strings_get(&names, parts->files.image_of_cell[number]);

		if (cell.len != name.len + 1 || cell.data[0] != 'T' ||
		    memcmp(cell.data + 1, name.data, name.len) != 0)
			return false;
	}
	return true;
}

static bool is_virtual(const struct trfs_catalog_parts *parts, uint32_t column)
{
	const struct trfs_roles *roles = &parts->roles;

	if (column == roles->split || column == roles->group)
		return false;
	if (column == roles->label)
		return true;
	return column == roles->file && files_are_names(parts);
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

static int take_columns(struct trfs_catalog_parts *parts,
			struct trfs_catalog_memory *memory, struct trfs_catalog *catalog)
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
		virtual[i] = is_virtual(parts, i);
	for (uint32_t i = 0; rc == 0 && i < rows->nr_columns; i++) {
		struct trfs_column *column = &catalog->columns[i];

		column->name = trfs_strings_get(&names, i);
		if (virtual[i]) {
			trfs_catalog_memory_free_column(&rows->columns[i]);
			continue;
		}
		rc = gather_column(parts, i);
		column->numbers = (struct trfs_numbers){ .data = rows->columns[i].numbers,
							 .width = sizeof(uint32_t) };
		column->values = trfs_rows_cells(rows, i);
	}
	free(virtual);
	memory->columns = TRFS_STEAL(rows->columns);
	memory->nr_columns = rows->nr_columns;
	rows->nr_columns = 0;
	return rc;
}

static void take_rest(struct trfs_catalog_parts *parts,
		      struct trfs_catalog_memory *memory, struct trfs_catalog *catalog)
{
	memory->classes = parts->classes;
	parts->classes = (struct trfs_classes){ 0 };
	memory->problems = parts->judgement.problems;
	parts->judgement.problems = (struct trfs_problem_list){ 0 };
	memory->inputs = parts->inputs;
	parts->inputs = (struct trfs_inputs){ 0 };
	memory->remarks = parts->rows.remarks;
	parts->rows.remarks = (struct trfs_remarks){ 0 };
	if (parts->droppable) {
		memory->kept = TRFS_STEAL(parts->judgement.kept);
		memory->lines = TRFS_STEAL(parts->rows.lines);
		memory->place = TRFS_STEAL(parts->rows.place);
	}

	/* Only the label column's cells needed it. */
	free(TRFS_STEAL(memory->classes.set_of_cell));

	catalog->follow = parts->root.follow;
	catalog->label_sets = trfs_string_table_view(memory->classes.sets);
	catalog->class_names = trfs_string_table_view(memory->classes.names);
	catalog->class_ids = memory->classes.ids;
	catalog->label_column = parts->roles.label;
	catalog->split_column = parts->roles.split;
	catalog->group_column = parts->roles.group;
	catalog->target_column = parts->roles.target;
	catalog->dialect = trfs_bytes_of(parts->rows.dialect ? parts->rows.dialect : "");
	if (memory->remarks.nr > 0)
		catalog->left_out = (struct trfs_left_out){
			.names = trfs_string_table_view(memory->remarks.names),
			.reasons = trfs_string_table_view(memory->remarks.reasons),
			.lines = memory->remarks.lines,
		};
	catalog->problems = trfs_problem_list_view(&memory->problems);
	catalog->input_paths = trfs_string_table_view(memory->inputs.paths);
	catalog->input_stamps = memory->inputs.stamps;
	catalog->nr_ignored = parts->rows.nr_ignored;
	catalog->access = parts->root.access;
	catalog->access.mode = parts->scan.access.mode;
	if (parts->masks)
		catalog->access.mode &= parts->mask_scan.access.mode;
}

/* As it can be opened again: a root keeps its path without the slash at the end. */
static int copy_root_path(const struct trfs_root *root, struct trfs_catalog *catalog)
{
	catalog->root_path = strdup(root->path[0] ? root->path : "/");
	return catalog->root_path ? 0 : -ENOMEM;
}

int trfs_catalog_build(struct trfs_catalog_parts *parts, struct trfs_catalog **ret,
		       struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_catalog_freep)
	struct trfs_catalog *catalog = calloc(1, sizeof(*catalog));
	struct trfs_catalog_memory *memory = calloc(1, sizeof(*memory));
	int rc;

	if (!catalog || !memory) {
		free(memory);
		return trfs_fail_memory(err, "the catalog");
	}
	catalog->release = trfs_catalog_memory_free;
	catalog->owner = memory;

	rc = take_images(parts, memory);
	if (rc == 0)
		rc = take_columns(parts, memory, catalog);
	if (rc == 0)
		rc = copy_root_path(&parts->root, catalog);
	if (rc < 0)
		return trfs_fail_memory(err, "the catalog");
	take_rest(parts, memory, catalog);
	catalog->nr_rows = parts->rows.nr;
	trfs_catalog_memory_view(memory, parts->judgement.nr_kept, catalog);
	if (!parts->droppable)
		trfs_catalog_memory_settle(memory);
	*ret = TRFS_STEAL(catalog);
	return 0;
}
