/* SPDX-License-Identifier: MIT */
/*
 * Splits that the manifest names itself.  Each distinct cell is read once: it becomes a
 * split's name or a reason to refuse, and examples follow by the number of their cell.
 */
#include "base/error.h"
#include "dataset/cell.h"
#include "base/count_text.h"
#include "dataset/split_names.h"
#include "dataset/split_ways.h"

#include <errno.h>
#include <stdlib.h>

#define NUMBER_TEXT_MAX 64

struct cells {
	const struct trfs_catalog *catalog;
	const struct trfs_options *options;
	const struct trfs_column *column;
	uint64_t nr_problems;
	uint32_t *first;  /* of each cell: its first entry, or UINT32_MAX */
	uint32_t *splits; /* of each cell */
	struct trfs_buffer text;
};

/* 0, and so no split, where the problem has none. */
static uint32_t cell_of_problem(const struct cells *c, uint64_t problem)
{
	uint32_t cell = c->catalog->problems.items[problem].split_cell;

	return cell < c->column->values.nr ? cell : 0;
}

static struct trfs_bytes name_of_entry(const struct cells *c, uint32_t entry,
				       struct trfs_name *room)
{
	uint64_t nr = c->catalog->nr_examples;

	return entry < nr ? trfs_catalog_name(c->catalog, entry, room)
			  : trfs_strings_get(&c->catalog->problems.names, entry - nr);
}

static int find_first(struct cells *c, struct trfs_error *err)
{
	char text[TRFS_COUNT_SIZE];
	struct trfs_name room;
	uint64_t nr_missing = 0;

	for (uint64_t i = 0; i < c->catalog->nr_examples; i++) {
		uint32_t cell = trfs_column_number(c->column, i);

		if (c->first[cell] == UINT32_MAX)
			c->first[cell] = (uint32_t)i;
		nr_missing += cell == 0;
	}
	for (uint64_t i = 0; i < c->nr_problems; i++) {
		uint32_t cell = cell_of_problem(c, i);

		if (cell != 0 && c->first[cell] == UINT32_MAX)
			c->first[cell] = (uint32_t)(c->catalog->nr_examples + i);
	}
	if (nr_missing == 0)
		return 0;
	return trfs_fail(
		err, -EBADMSG,
		"%s row%s a split (first: %.*s); fill in column \"%.*s\", or give "
		"shares such as --split train=0.8,validation=0.1,test=0.1",
		trfs_count_text(nr_missing, text), nr_missing == 1 ? " lacks" : "s lack",
		TRFS_BYTES_ARG(trfs_catalog_name(c->catalog, c->first[0], &room)),
		TRFS_BYTES_ARG(c->column->name));
}

/* The split that a cell names; from the catalog, from @c->text or static. */
static int read_name(struct cells *c, uint64_t cell, struct trfs_bytes *ret,
		     struct trfs_error *err)
{
	struct trfs_bytes encoded = trfs_strings_get(&c->column->values, cell);
	struct trfs_name room;
	struct trfs_bytes image = name_of_entry(c, c->first[cell], &room);
	struct trfs_cell_reader reader;
	const char *objection;
	struct trfs_value value;

	if (trfs_cell_nr_values(encoded) != 1)
		return trfs_fail(
			err, -EBADMSG,
			"%.*s: column \"%.*s\" names several splits; an image can "
			"be in one",
			TRFS_BYTES_ARG(image), TRFS_BYTES_ARG(c->column->name));
	trfs_cell_reader_init(&reader, encoded);
	trfs_cell_reader_next(&reader, &value);
	if (value.kind != TRFS_VALUE_TEXT) {
		trfs_buffer_reset(&c->text);
		trfs_value_print(&value, &c->text);
		if (c->text.failed)
			return trfs_fail_memory(err, "the name of a split");
		value.text = trfs_buffer_bytes(&c->text);
	}
	*ret = trfs_split_names_meant(c->options, value.text);
	objection = trfs_split_names_objection(*ret);
	if (objection)
		return trfs_fail(err, -EBADMSG,
				 "%.*s: the split \"%.*s\" in column \"%.*s\" %s",
				 TRFS_BYTES_ARG(image), TRFS_BYTES_ARG(*ret),
				 TRFS_BYTES_ARG(c->column->name), objection);
	return 0;
}

/* Before any value is looked at: a wrong column has all sorts of them. */
static int check_nr_values(const struct cells *c, struct trfs_error *err)
{
	char text[TRFS_COUNT_SIZE];
	uint64_t nr = 0;

	for (uint64_t cell = 0; cell < c->column->values.nr; cell++)
		nr += c->first[cell] != UINT32_MAX;
	if (nr <= TRFS_SPLITS_MAX)
		return 0;
	return trfs_fail(err, -EBADMSG,
			 "column \"%.*s\" has %s different values, too many for splits "
			 "(at most %d); name another with --split-column, or give shares "
			 "with --split",
			 TRFS_BYTES_ARG(c->column->name), trfs_count_text(nr, text),
			 TRFS_SPLITS_MAX);
}

static void add_name(struct trfs_splits *splits, struct trfs_bytes name)
{
	memcpy(splits->names[splits->nr], name.data, name.len);
	splits->names[splits->nr++][name.len] = '\0';
}

static int collect_names(struct cells *c, struct trfs_splits *splits,
			 struct trfs_error *err)
{
	for (uint64_t cell = 0; cell < c->column->values.nr; cell++) {
		struct trfs_bytes name;
		uint32_t split;
		int rc;

		if (c->first[cell] == UINT32_MAX)
			continue;
		rc = read_name(c, cell, &name, err);
		if (rc < 0)
			return rc;
		if (trfs_split_names_find(splits, name, &split))
			continue;
		add_name(splits, name);
	}
	return 0;
}

/* A part without rows is a split all the same: a converter writes its empty shards. */
static int add_empty_parts(const struct trfs_options *options, struct trfs_splits *splits,
			   struct trfs_error *err)
{
	for (unsigned int i = 0; i < options->parts.nr; i++) {
		const char *part = options->parts.items[i];
		struct trfs_bytes name = { (const uint8_t *)part, strcspn(part, "=") };
		const char *objection;
		uint32_t split;

		name = trfs_split_names_meant(options, name);
		if (trfs_split_names_find(splits, name, &split))
			continue;
		objection = trfs_split_names_objection(name);
		if (objection || splits->nr == TRFS_SPLITS_MAX)
			return trfs_fail(err, -EINVAL, "--part %s: the split's name %s",
					 part, objection ? objection : "is one too many");
		add_name(splits, name);
	}
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return trfs_split_names_compare(a, b);
}

static int number_cells(struct cells *c, const struct trfs_options *options,
			struct trfs_splits *splits, struct trfs_error *err)
{
	int rc = check_nr_values(c, err);

	if (rc == 0)
		rc = collect_names(c, splits, err);
	if (rc == 0)
		rc = add_empty_parts(options, splits, err);
	if (rc < 0)
		return rc;
	qsort(splits->names, splits->nr, sizeof(splits->names[0]), compare_names);
	for (uint64_t cell = 0; cell < c->column->values.nr; cell++) {
		struct trfs_bytes name;

		if (c->first[cell] == UINT32_MAX)
			continue;
		rc = read_name(c, cell, &name, err);
		if (rc < 0)
			return rc;
		trfs_split_names_find(splits, name, &c->splits[cell]);
	}
	return 0;
}

int trfs_split_by_column(const struct trfs_catalog *catalog,
			 const struct trfs_options *options, struct trfs_splits *splits,
			 struct trfs_error *err)
{
	const struct trfs_column *column = &catalog->columns[catalog->split_column];
	struct cells c = { .catalog = catalog,
			   .options = options,
			   .column = column,
			   .nr_problems = splits->nr_problems };
	int rc;

	trfs_buffer_init(&c.text, NUMBER_TEXT_MAX);
	c.first = malloc(column->values.nr * sizeof(*c.first));
	c.splits = calloc(column->values.nr, sizeof(*c.splits));
	if (!c.first || !c.splits) {
		rc = trfs_fail_memory(err, "the values of the split column");
		goto out;
	}
	memset(c.first, 0xff, column->values.nr * sizeof(*c.first));
	rc = find_first(&c, err);
	if (rc == 0)
		rc = number_cells(&c, options, splits, err);
	if (rc < 0)
		goto out;
	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		splits->of_example[i] = c.splits[trfs_column_number(column, i)];
	for (uint64_t i = 0; i < c.nr_problems; i++) {
		uint32_t cell = cell_of_problem(&c, i);

		splits->of_example[catalog->nr_examples + i] =
			cell ? c.splits[cell] : TRFS_NO_SPLIT;
	}
out:
	trfs_buffer_done(&c.text);
	free(c.splits);
	free(c.first);
	return rc;
}
