/* SPDX-License-Identifier: MIT */
/* The same images as another converter's records; private to view*.c. */
#ifndef TRFS_INDEX_VIEW_SCHEMA_H
#define TRFS_INDEX_VIEW_SCHEMA_H

#include "index/view.h"

/*
 * Give @view the schema @name, a built-in one's or that of the profile of this name, with
 * what the profile says of labels.  -ENOENT where it needs what the catalog was not made
 * for: masks, pixels, contents whose length is not known; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_view_schema_load(struct trfs_view *view, const char *name,
			  struct trfs_error *err);
void trfs_view_schema_done(struct trfs_view *view);

#endif
