/* SPDX-License-Identifier: MIT */
/* "did you mean": the candidate nearest to a mistyped name. */
#ifndef TRFS_BASE_NEAREST_H
#define TRFS_BASE_NEAREST_H

#include "base/bytes.h"

/* Collects candidates one by one; init with trfs_nearest_init(). */
struct trfs_nearest {
	struct trfs_bytes wanted;
	struct trfs_bytes best; /* borrowed from the candidate; len 0: none near enough */
	size_t best_distance;	/* half edits */
};

void trfs_nearest_init(struct trfs_nearest *n, struct trfs_bytes wanted);

/*
 * Weigh one candidate: edits (insert, delete, replace, swap of neighbours; case
 * counts half) up to a third of the longer name.  Names over 64 bytes are passed over.
 */
void trfs_nearest_offer(struct trfs_nearest *n, struct trfs_bytes candidate);

/*
 * Into @buf: ' (did you mean "raccoon"?)', or an empty string where nothing is near.
 * Returns @buf, so that it can stand in an argument list.  96 bytes always suffice.
 */
const char *trfs_nearest_hint(const struct trfs_nearest *n, char *buf, size_t len);

#endif
