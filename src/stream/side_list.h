/* SPDX-License-Identifier: MIT */
/* Which side files a view has, and what they are called. */
#ifndef TRFS_STREAM_SIDE_LIST_H
#define TRFS_STREAM_SIDE_LIST_H

#include "stream/side_file.h"

/* The set that data sets without a profile show. */
#define TRFS_SIDE_STANDARD "standard"
/* In place of sets: no side files at all. */
#define TRFS_SIDE_NONE "none"

/**
 * struct trfs_side_item - one file
 * @path: owned
 * @shard: where its kind has one for each
 */
struct trfs_side_item {
	const struct trfs_side_kind *kind;
	char *path;
	uint32_t shard;
};

struct trfs_side_list {
	struct trfs_side_item *items;
	size_t nr;
	size_t capacity;
};

/* See trfs_side_files_open().  To be done() even after a failure. */
TRFS_MUST_CHECK
int trfs_side_list_make(const struct trfs_view *view, struct trfs_side_list *ret,
			struct trfs_error *err);
void trfs_side_list_done(struct trfs_side_list *list);

#endif
