/* SPDX-License-Identifier: MIT */
/*
 * Patients and the like that are in two splits at once, which makes a test set say more
 * than is true.  Each value of the column gets the set of splits it is seen in.
 */
#include "cli/report_counts.h"

#include "dataset/split.h"
#include "manifest/roles.h"

#include <errno.h>
#include <stdlib.h>

static bool find_column(const struct trfs_catalog *catalog, uint32_t *ret)
{
	struct trfs_error unused;
	uint32_t column = catalog->group_column;

	if (column == TRFS_NO_COLUMN &&
	    trfs_role_find(&catalog->column_names, TRFS_ROLE_GROUP, NULL, &column,
			   &unused) <= 0)
		return false;
	if (column == TRFS_NO_COLUMN || !trfs_column_is_stored(&catalog->columns[column]))
		return false;
	*ret = column;
	return true;
}

/* Number 0 is a missing cell, which is no group. */
static void mark_splits(const struct trfs_column *column,
			const struct trfs_report_counts *counts, uint64_t nr_examples,
			uint64_t *splits_of_value)
{
	for (uint64_t i = 0; i < nr_examples; i++)
		if (trfs_column_number(column, i) > 0 && counts->records_of[i] > 0)
			splits_of_value[trfs_column_number(column, i)] |=
				UINT64_C(1) << counts->split_of[i];
}

static struct trfs_shared_groups measure(const struct trfs_catalog *catalog,
					 const struct trfs_report_counts *counts,
					 uint32_t number, uint32_t a, uint32_t b,
					 const uint64_t *splits_of_value)
{
	const struct trfs_column *column = &catalog->columns[number];
	uint64_t both = UINT64_C(1) << a | UINT64_C(1) << b;
	struct trfs_shared_groups shared = { .column = number, .a = a, .b = b };

	for (uint64_t v = 1; v < column->values.nr; v++)
		shared.nr_groups += (splits_of_value[v] & both) == both;
	if (shared.nr_groups == 0)
		return shared;
	for (uint64_t i = 0; i < catalog->nr_examples; i++) {
		shared.nr_all += counts->split_of[i] == b && counts->records_of[i] > 0;
		shared.nr_examples +=
			counts->split_of[i] == b && counts->records_of[i] > 0 &&
			(splits_of_value[trfs_column_number(column, i)] & both) == both;
	}
	return shared;
}

/* Keep the worst, in order. */
static void keep(const struct trfs_shared_groups *shared,
		 struct trfs_shared_groups ret[TRFS_SHARED_GROUPS_MAX])
{
	struct trfs_shared_groups moved = *shared;

	for (size_t i = 0; i < TRFS_SHARED_GROUPS_MAX; i++) {
		struct trfs_shared_groups other = ret[i];

		if (other.nr_examples >= moved.nr_examples)
			continue;
		ret[i] = moved;
		moved = other;
	}
}

int trfs_report_find_shared(const struct trfs_catalog *catalog,
			    struct trfs_report_counts *counts)
{
	uint64_t *splits_of_value;
	struct trfs_shared_groups *ret = counts->shared;
	uint32_t column;
	size_t nr = 0;

	_Static_assert(TRFS_SPLITS_MAX <= 64, "a set of splits is a word");
	if (counts->nr_splits < 2 || !find_column(catalog, &column))
		return 0;
	splits_of_value =
		calloc(catalog->columns[column].values.nr + 1, sizeof(*splits_of_value));
	if (!splits_of_value)
		return -ENOMEM;
	mark_splits(&catalog->columns[column], counts, catalog->nr_examples,
		    splits_of_value);
	for (uint32_t a = 0; a < counts->nr_splits; a++) {
		for (uint32_t b = a + 1; b < counts->nr_splits; b++) {
			struct trfs_shared_groups shared =
				measure(catalog, counts, column, a, b, splits_of_value);

			keep(&shared, ret);
		}
	}
	free(splits_of_value);
	while (nr < TRFS_SHARED_GROUPS_MAX && ret[nr].nr_groups > 0)
		nr++;
	counts->nr_shared = nr;
	return 0;
}
