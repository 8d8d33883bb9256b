/* SPDX-License-Identifier: MIT */
/* Ids of objects' classes that the manifest gives along with their names. */
#ifndef TRFS_DATASET_OBJECT_IDS_H
#define TRFS_DATASET_OBJECT_IDS_H

#include "dataset/rows.h"

/*
 * Ids out of column "objects/label", which goes with the column of class names item by
 * item: *@ret is by number within @names, to be freed; NULL where there is no such
 * column, or where its ids do not fit the names one to one.  -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_object_ids_find(const struct trfs_rows *rows, uint32_t class_column,
			 const struct trfs_string_table *names, int64_t **ret);

#endif
