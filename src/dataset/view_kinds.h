/* SPDX-License-Identifier: MIT */
/* The table of kinds of views; private to view_*.c. */
#ifndef TRFS_DATASET_VIEW_KINDS_H
#define TRFS_DATASET_VIEW_KINDS_H

#include "dataset/view_kind.h"

/* The kind of that name; NULL: there is none. */
const struct trfs_view_kind *trfs_view_kind_find(struct trfs_bytes name);

/* The name of schema or profile @number, as schemas/NAME counts them. */
const char *trfs_view_schema_name(uint64_t number);

#endif
