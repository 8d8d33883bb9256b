/* SPDX-License-Identifier: MIT */
/* What is behind the columns of a catalog that was built, not mapped. */
#ifndef TRFS_DATASET_CATALOG_MEMORY_H
#define TRFS_DATASET_CATALOG_MEMORY_H

#include "dataset/classes.h"
#include "dataset/problems.h"

/**
 * struct trfs_catalog_memory - owned by the catalog
 * @appearances: struct trfs_appearance, each once
 * @made: NULL where nothing was made
 * @mtimes: of each example its image's or its mask's, whichever is later; it goes with
 *	what follows
 * @kept: the row of each example; this and what follows, but @columns, only while
 *	examples may still be dropped
 * @lines: of all rows
 * @place: how messages name the manifest
 */
struct trfs_catalog_memory {
	struct trfs_name_list names;
	struct trfs_name_list mask_names;
	struct trfs_string_table *appearances;
	struct trfs_string_table *column_names;
	struct trfs_string_table *made;
	struct trfs_example *examples;
	struct trfs_example *masks;
	uint32_t *labels;
	struct trfs_classes classes;
	struct trfs_rows_column *columns;
	uint32_t nr_columns;
	struct trfs_problem_list problems;
	struct trfs_remarks remarks;
	struct trfs_inputs inputs;
	int64_t *mtimes;
	uint32_t *kept;
	uint64_t *lines;
	char *place;
};

/* For struct trfs_catalog.release. */
void trfs_catalog_memory_free(void *owner);

void trfs_catalog_memory_free_column(struct trfs_rows_column *column);

/* The row of an example of a built catalog, while examples may still be dropped. */
uint32_t trfs_catalog_row(const struct trfs_catalog *catalog, uint64_t example);

/* No example is dropped any more. */
void trfs_catalog_memory_settle(struct trfs_catalog_memory *memory);

/* Point the catalog to its @nr examples, with their names and masks. */
void trfs_catalog_memory_view(const struct trfs_catalog_memory *memory, uint64_t nr,
			      struct trfs_catalog *catalog);

#endif
