/* SPDX-License-Identifier: MIT */
/* The end of building a catalog whose contents had to be made. */
#ifndef TRFS_DATASET_CATALOG_FINISH_H
#define TRFS_DATASET_CATALOG_FINISH_H

#include "dataset/catalog.h"
#include "dataset/findings.h"

/**
 * trfs_catalog_finish() - drop examples that turned out bad, and add what was made
 * @catalog: loaded with needs->measuring, and not finished before
 * @bad: sorted, by number of the example
 * @made: of each example that stays a string of struct trfs_made; taken, also on failure
 * @on_bad: what becomes of examples that are bad
 *
 * Return: 0; -EBADMSG with the sentence of trfs_problems_fail(); -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_catalog_finish(struct trfs_catalog *catalog, const struct trfs_findings *bad,
			struct trfs_string_table *made, enum trfs_on_bad on_bad,
			struct trfs_error *err);

#endif
