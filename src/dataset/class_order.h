/* SPDX-License-Identifier: MIT */
/*
 * Examples class by class: classes by the bytes of their names, as Python sorts texts,
 * and inside a class as the manifest lists them.  An example with several labels is with
 * the first of them; those without any come first.
 */
#ifndef TRFS_DATASET_CLASS_ORDER_H
#define TRFS_DATASET_CLASS_ORDER_H

#include "dataset/catalog.h"

/* O(n log n). */
void trfs_class_order_sort(const struct trfs_catalog *catalog, uint32_t *examples,
			   size_t nr);

/* Where the class of sorted examples[@first] ends: one past its last, at most @nr. */
uint32_t trfs_class_order_run(const struct trfs_catalog *catalog,
			      const uint32_t *examples, uint32_t first, uint32_t nr);

#endif
