/* SPDX-License-Identifier: MIT */
/*
 * leaks.csv: groups (patients, lesions) that stand in more than one split, a line for
 * each of their images.  The group's column is --group's, or one that is usually called
 * so; without any there is only the heading.
 */
#include "base/error.h"
#include "dataset/split.h"
#include "manifest/roles.h"
#include "stream/side_file.h"

#include <stdlib.h>

static bool find_column(const struct trfs_catalog *catalog, uint32_t *ret)
{
	struct trfs_error unused;
	uint32_t column = catalog->group_column;

	if (column == TRFS_NO_COLUMN &&
	    trfs_role_find(&catalog->column_names, TRFS_ROLE_GROUP, NULL, &column,
			   &unused) <= 0)
		return false;
	*ret = column;
	return column != TRFS_NO_COLUMN &&
	       trfs_column_is_stored(&catalog->columns[column]);
}

/* Of each value of the column, a bit for each split it is seen in. */
static void mark_splits(const struct trfs_view *view, const struct trfs_column *column,
			uint64_t *splits_of_value)
{
	const struct trfs_plan *plan = view->plan;

	_Static_assert(TRFS_SPLITS_MAX <= 64, "a set of splits is a word");
	for (uint32_t s = 0; s < plan->nr_splits; s++) {
		const struct trfs_plan_split *split = &plan->splits[s];

		for (uint64_t i = 0; i < split->nr_records; i++) {
			uint64_t origin = trfs_plan_origin(plan, split->first + i);

			splits_of_value[trfs_column_number(
				column, trfs_plan_example(plan, origin))] |= UINT64_C(1)
									     << s;
		}
	}
}

static bool is_shared(uint64_t splits)
{
	return (splits & (splits - 1)) != 0;
}

static void put_image(const struct trfs_view *view, const struct trfs_column *column,
		      uint32_t split, uint64_t example, struct trfs_buffer *scratch,
		      struct trfs_buffer *out)
{
	struct trfs_name room;

	trfs_buffer_printf(out, "group,");
	trfs_buffer_reset(scratch);
	trfs_side_put_cell_text(
		scratch,
		trfs_strings_get(&column->values, trfs_column_number(column, example)));
	out->failed |= scratch->failed;
	trfs_side_put_csv(out, trfs_buffer_bytes(scratch));
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, trfs_strings_get(&view->plan->split_names, split));
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, trfs_catalog_name(view->catalog, example, &room));
	trfs_buffer_put_u8(out, '\n');
}

static void put_shared(const struct trfs_view *view, const struct trfs_column *column,
		       const uint64_t *splits_of_value, struct trfs_buffer *out)
{
	const struct trfs_plan *plan = view->plan;
	struct trfs_buffer scratch;

	trfs_buffer_init(&scratch, (size_t)1 << 20);
	for (uint32_t s = 0; s < plan->nr_splits; s++) {
		const struct trfs_plan_split *split = &plan->splits[s];

		for (uint64_t i = 0; i < split->nr_records; i++) {
			uint64_t origin = trfs_plan_origin(plan, split->first + i);
			uint64_t example = trfs_plan_example(plan, origin);

			/* Number 0 is a missing cell, which is no group. */
			if (trfs_column_number(column, example) > 0 &&
			    is_shared(
				    splits_of_value[trfs_column_number(column, example)]))
				put_image(view, column, s, example, &scratch, out);
		}
	}
	trfs_buffer_done(&scratch);
}

static int make(const struct trfs_side_request *request, struct trfs_buffer *out,
		struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	const struct trfs_column *column;
	uint64_t *splits_of_value;
	uint32_t number;

	trfs_buffer_printf(out, "kind,value,split,file\n");
	if (view->plan->nr_splits < 2 || !find_column(view->catalog, &number))
		return 0;
	column = &view->catalog->columns[number];
	splits_of_value = calloc(column->values.nr + 1, sizeof(*splits_of_value));
	if (!splits_of_value)
		return trfs_fail_memory(err, "finding leaks");
	mark_splits(view, column, splits_of_value);
	put_shared(view, column, splits_of_value, out);
	free(splits_of_value);
	return 0;
}

const struct trfs_side_kind trfs_side_leaks = {
	.set = "standard",
	.path = "leaks.csv",
	.flags = TRFS_SIDE_IN_VIEWS,
	.make = make,
};
