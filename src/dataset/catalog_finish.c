/* SPDX-License-Identifier: MIT */
/* Dropping examples; those that stay, and all problems, stay in the manifest's order. */
#include "dataset/catalog_finish.h"

#include "base/error.h"
#include "dataset/catalog_memory.h"

static int add_old(struct trfs_problem_list *list, const struct trfs_problems *old,
		   uint64_t i)
{
	return trfs_problem_list_add(list, &old->items[i],
				     trfs_strings_get(&old->names, i),
				     trfs_strings_get(&old->reasons, i));
}

static int add_new(struct trfs_problem_list *list, const struct trfs_catalog *catalog,
		   const struct trfs_findings *bad, const struct trfs_finding *finding)
{
	const struct trfs_catalog_memory *memory = catalog->owner;
	uint32_t row = memory->kept[finding->subject];
	struct trfs_name room;
	struct trfs_problem problem = {
		.line = memory->lines[row],
		.kind = finding->kind,
		.row = row,
	};

	if (catalog->split_column != TRFS_NO_COLUMN)
		problem.split_cell = trfs_column_number(
			&catalog->columns[catalog->split_column], finding->subject);
	return trfs_problem_list_add(list, &problem,
				     trfs_catalog_name(catalog, finding->subject, &room),
				     trfs_findings_reason(bad, finding));
}

/* The problems there were and the new ones, by row. */
static int merge_problems(const struct trfs_catalog *catalog,
			  const struct trfs_findings *bad, struct trfs_problem_list *list)
{
	const struct trfs_catalog_memory *memory = catalog->owner;
	const struct trfs_problems *old = &catalog->problems;
	uint64_t i = 0;
	int rc = trfs_problem_list_init(list);

	for (size_t k = 0; rc == 0 && k < bad->nr; k++) {
		uint32_t row = memory->kept[bad->items[k].subject];

		for (; rc == 0 && i < old->nr && old->items[i].row < row; i++)
			rc = add_old(list, old, i);
		if (rc == 0)
			rc = add_new(list, catalog, bad, &bad->items[k]);
	}
	for (; rc == 0 && i < old->nr; i++)
		rc = add_old(list, old, i);
	return rc;
}

/* The names of the examples that stay. */
static int drop_names(struct trfs_name_list *list, const struct trfs_findings *bad)
{
	struct trfs_names all = trfs_name_list_view(list);
	struct trfs_name_list left = { .nr = 0 };
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i < all.nr; i++) {
		struct trfs_name room;

		if (!trfs_findings_find(bad, (uint32_t)i))
			rc = trfs_name_list_add(&left, trfs_names_get(&all, i, &room));
	}
	if (rc < 0) {
		trfs_name_list_done(&left);
		return rc;
	}
	trfs_name_list_finish(&left);
	trfs_name_list_done(list);
	*list = left;
	return 0;
}

/* Move what stays down over what goes. */
static void drop_items(struct trfs_catalog_memory *memory,
		       const struct trfs_findings *bad, uint32_t nr)
{
	uint32_t to = 0;

	for (uint32_t from = 0; from < nr; from++) {
		if (trfs_findings_find(bad, from))
			continue;
		memory->examples[to] = memory->examples[from];
		memory->mtimes[to] = memory->mtimes[from];
		memory->labels[to] = memory->labels[from];
		if (memory->masks)
			memory->masks[to] = memory->masks[from];
		for (uint32_t c = 0; c < memory->nr_columns; c++) {
			if (memory->columns[c].numbers)
				memory->columns[c].numbers[to] =
					memory->columns[c].numbers[from];
		}
		to++;
	}
}

static int drop(struct trfs_catalog *catalog, const struct trfs_findings *bad,
		struct trfs_problem_list *problems)
{
	struct trfs_catalog_memory *memory = catalog->owner;
	uint64_t nr = catalog->nr_examples;
	int rc = drop_names(&memory->names, bad);

	if (rc == 0 && memory->masks)
		rc = drop_names(&memory->mask_names, bad);
	if (rc < 0)
		return rc;
	drop_items(memory, bad, (uint32_t)nr);
	trfs_catalog_memory_view(memory, nr - bad->nr, catalog);
	trfs_problem_list_done(&memory->problems);
	memory->problems = *problems;
	*problems = (struct trfs_problem_list){ 0 };
	catalog->problems = trfs_problem_list_view(&memory->problems);
	return 0;
}

static int drop_bad(struct trfs_catalog *catalog, const struct trfs_findings *bad,
		    enum trfs_on_bad on_bad, struct trfs_error *err)
{
	const struct trfs_catalog_memory *memory = catalog->owner;
	bool skip = on_bad == TRFS_ON_BAD_SKIP;
	struct trfs_problem_list list = { 0 };
	struct trfs_problems problems;
	int rc = merge_problems(catalog, bad, &list);

	problems = trfs_problem_list_view(&list);
	if (rc < 0)
		rc = trfs_fail_memory(err, "the list of problems");
	else if (on_bad == TRFS_ON_BAD_FAIL || (skip && bad->nr == catalog->nr_examples))
		rc = trfs_problems_fail(&problems, memory->place, catalog->nr_rows, skip,
					err);
	else if (drop(catalog, bad, &list) < 0)
		rc = trfs_fail_memory(err, "the catalog");
	trfs_problem_list_done(&list);
	return rc;
}

int trfs_catalog_finish(struct trfs_catalog *catalog, const struct trfs_findings *bad,
			struct trfs_string_table *made, enum trfs_on_bad on_bad,
			struct trfs_error *err)
{
	struct trfs_catalog_memory *memory = catalog->owner;
	int rc = bad->nr > 0 ? drop_bad(catalog, bad, on_bad, err) : 0;

	trfs_string_table_finish(made);
	memory->made = made;
	catalog->made = trfs_string_table_view(made);
	trfs_catalog_memory_settle(memory);
	return rc;
}
