/* SPDX-License-Identifier: MIT */
/* Labels on their way out of a file: where names and ids are held to be unique. */
#ifndef TRFS_MANIFEST_LABELS_BUILD_H
#define TRFS_MANIFEST_LABELS_BUILD_H

#include "manifest/labels.h"

/**
 * struct trfs_labels_building - labels on their way
 * @labels: so far; its names are made by who begins
 * @lines: where class number i stands in the file; owned
 * @line: of the class at hand, for messages; 0 where the file as a whole is meant
 * @err: receives every message
 */
struct trfs_labels_building {
	struct trfs_labels labels;
	uint64_t *lines;
	size_t capacity;
	uint64_t line;
	struct trfs_error *err;
};

void trfs_labels_building_done(struct trfs_labels_building *l);

/* -EBADMSG where the id is negative or the name is there already; -ENOMEM. */
TRFS_MUST_CHECK
int trfs_labels_add(struct trfs_labels_building *l, struct trfs_bytes name, int64_t id);

/*
 * No id twice, once all are there; of several such the one that is first repeated in the
 * file is named.  -EBADMSG or -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_labels_check_ids(struct trfs_labels_building *l);

#endif
