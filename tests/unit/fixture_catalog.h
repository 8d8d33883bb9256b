/* SPDX-License-Identifier: MIT */
/*
 * Catalogs by the example, for tests of splits and plans: any number of them, with
 * labels, and text columns "subset" (0) and "patient_id" (1) where they are wanted.
 */
#ifndef TESTS_UNIT_FIXTURE_CATALOG_H
#define TESTS_UNIT_FIXTURE_CATALOG_H

#include "dataset/catalog.h"

#define FIXTURE_NR_PROBLEMS_MAX 16

enum fixture_column { FIXTURE_SPLIT, FIXTURE_GROUP, FIXTURE_NR_COLUMNS };

struct fixture_catalog {
	struct trfs_catalog catalog; /* valid after fixture_catalog_finish() */
	struct trfs_example *examples;
	uint32_t *labels;
	size_t capacity;
	uint32_t *numbers[FIXTURE_NR_COLUMNS];
	struct trfs_column columns[FIXTURE_NR_COLUMNS];
	struct trfs_name_list names;
	struct trfs_string_table *label_sets, *class_names;
	struct trfs_string_table *values[FIXTURE_NR_COLUMNS];
	int64_t *class_ids;
	struct trfs_problem problems[FIXTURE_NR_PROBLEMS_MAX];
	struct trfs_string_table *problem_names;
	uint64_t nr_problems;
};

/*
 * One example.  @group and @split are texts, or NULL for a missing cell; @split_cell is
 * used where @split is NULL and holds any cell, encoded as in dataset/cell.h.  A column
 * in which every cell is missing is none.  Fails the test when there is no memory.
 */
struct fixture_example {
	const char *path;
	uint32_t size;
	const uint32_t *labels;
	size_t nr_labels;
	const char *group;
	const char *split;
	struct trfs_bytes split_cell;
};

/* Classes are "class0", "class1", ..., with the ids 100, 101, ... */
struct fixture_catalog *fixture_catalog_new(uint32_t nr_classes);
void fixture_catalog_add(struct fixture_catalog *f,
			 const struct fixture_example *example);
/* A row that was left out, at the place where the manifest has come to; @split or NULL.
 */
void fixture_catalog_add_problem(struct fixture_catalog *f, const char *name,
				 const char *split);
/* The catalog, once all are added; lives as long as the fixture. */
const struct trfs_catalog *fixture_catalog_finish(struct fixture_catalog *f);
void fixture_catalog_free(struct fixture_catalog *f);

/* @nr more examples of one class: "PREFIX-00000.jpg" and on, of 1,000 bytes each. */
void fixture_catalog_add_class(struct fixture_catalog *f, uint32_t class, uint32_t nr,
			       const char *prefix);

#endif
