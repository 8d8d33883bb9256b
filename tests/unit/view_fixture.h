/* SPDX-License-Identifier: MIT */
/* A root to make views of, and what is in them. */
#ifndef TESTS_UNIT_VIEW_FIXTURE_H
#define TESTS_UNIT_VIEW_FIXTURE_H

#include "plan_fixture.h"

#include "dataset/view.h"

/**
 * struct view_fixture - a root
 * @catalog: owned
 * @context: of it all, for functions that are tested
 */
struct view_fixture {
	struct fixture_catalog *catalog;
	struct trfs_options options;
	struct trfs_plan *plan;
	struct trfs_string_table *column_names;
	struct trfs_view_context context;
};

/* Takes @catalog over; fails the test where it has no plan. */
struct view_fixture *view_fixture_new(struct fixture_catalog *catalog,
				      const struct trfs_options *options);
void view_fixture_free(struct view_fixture *v);

/* Record @record has so many bytes, see trfs_record_size_fn. */
#define VIEW_RECORD_SIZE(record) (1000 + (record))

/* The view at @path; fails the test where there is none. */
struct trfs_plan *view_plan(const struct view_fixture *v, const char *path);

/* A path that leads nowhere, and one to a view that does not exist (or only one that has
 * no plan). */
void view_expect_no_path(const struct view_fixture *v, const char *path);
void view_expect_no_plan(const struct view_fixture *v, const char *path);

/**
 * struct view_records - records of one split of a view, in order
 * @items: numbers in the root's plan
 */
struct view_records {
	uint64_t nr;
	uint32_t *items;
};

/*
 * Of split @name, also checking that all ways of asking the plan agree; without items
 * where there is no such split.  Free the items.
 */
struct view_records view_records(const struct trfs_plan *plan, const char *name);

/* The split's shards, 0 where there is no such split. */
uint32_t view_nr_shards(const struct trfs_plan *plan, const char *name);

/* Sort, for comparing as sets. */
void view_records_sort(struct view_records *records);

/*
 * A root of 200 examples of 4 classes, the last of which is rare and never alone; a tenth
 * is validation, a tenth test.  "patient_id" is "p1" to "p6", every seventh without.
 */
struct view_fixture *view_root(void);
struct view_fixture *view_root_of(const struct trfs_options *options);

/* Split @name of the view at @path; free the items. */
struct view_records view_records_of(const struct view_fixture *v, const char *path,
				    const char *name);

void view_expect_same(struct view_records a, struct view_records b);
void view_expect_split(const struct view_fixture *v, const char *path, const char *name,
		       struct view_records expected);

#endif
