/* SPDX-License-Identifier: MIT */
/* Lengths and offsets of a view, found when they are first asked for; private to view*.c.
 */
#ifndef TRFS_INDEX_VIEW_LAYOUT_H
#define TRFS_INDEX_VIEW_LAYOUT_H

#include "index/view.h"

/* The view's plan and schema must be there.  -ENOMEM. */
TRFS_MUST_CHECK
int trfs_view_layout_new(const struct trfs_view *view, struct trfs_view_layout **ret);
void trfs_view_layout_free(struct trfs_view_layout *layout);
uint64_t trfs_view_layout_memory(const struct trfs_view_layout *layout);

/* Where every TRFS_LAYOUT_BLOCK-th record of @shard starts; lives as long as the view. */
TRFS_MUST_CHECK
int trfs_view_block_starts(const struct trfs_view *view, uint32_t shard,
			   const uint64_t **ret, struct trfs_error *err);

/*
 * The sizes of the root's records @origins.  @builder: of the view's schema, for views
 * that have one of their own; NULL: make one if it is needed.
 */
TRFS_MUST_CHECK
int trfs_view_record_sizes(const struct trfs_view *view,
			   struct trfs_example_builder *builder, const uint32_t *origins,
			   uint32_t nr, uint32_t *ret, struct trfs_error *err);

#endif
