/* SPDX-License-Identifier: MIT */
/* The table of kinds of views. */
#include "dataset/view_kinds.h"

/* Sorted by name, as listings have them. */
static const struct trfs_view_kind *const kinds[] = {
	&trfs_view_balanced, &trfs_view_by_class, &trfs_view_by_index, &trfs_view_bysize,
	&trfs_view_epochs,   &trfs_view_filter,	  &trfs_view_first,    &trfs_view_folds,
	&trfs_view_from,     &trfs_view_schemas,  &trfs_view_shards,
};

const struct trfs_view_kind *trfs_view_kind_find(struct trfs_bytes name)
{
	for (size_t i = 0; i < TRFS_COUNT(kinds); i++)
		if (trfs_bytes_equal(name, trfs_bytes_of(kinds[i]->name)))
			return kinds[i];
	return NULL;
}

const char *trfs_view_kind_name(size_t i, bool *ret_listed)
{
	if (i >= TRFS_COUNT(kinds))
		return NULL;
	/* One that is a view without any argument shows shards itself. */
	*ret_listed = kinds[i]->min_arguments > 0;
	return kinds[i]->name;
}
