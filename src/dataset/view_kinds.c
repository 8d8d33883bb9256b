/* SPDX-License-Identifier: MIT */
/* Kinds of views by name; their table is in view_kind.h. */
#include "dataset/view_kinds.h"

#define VIEW_KIND(name) &trfs_view_##name,

static const struct trfs_view_kind *const kinds[] = { TRFS_VIEW_KINDS(VIEW_KIND) };

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
