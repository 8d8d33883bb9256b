/* SPDX-License-Identifier: MIT */
/*
 * What a dialect left out of a row that is an example all the same: a box outside its
 * image, a segment of no known category.  Never silent: they are counted and listed.
 */
#ifndef TRFS_MANIFEST_REMARKS_H
#define TRFS_MANIFEST_REMARKS_H

#include "base/strings.h"

/**
 * struct trfs_remarks - a growing list
 * @names: the image as the manifest has it
 * @reasons: a sentence's rest: "box 3 (id 17) is dropped: it leaves the image"
 * @lines: of the manifest, 0 where unknown; owned
 */
struct trfs_remarks {
	struct trfs_string_table *names;
	struct trfs_string_table *reasons;
	uint64_t *lines;
	size_t nr;
	size_t capacity;
};

/* -ENOMEM. */
TRFS_MUST_CHECK
int trfs_remarks_init(struct trfs_remarks *remarks);
void trfs_remarks_done(struct trfs_remarks *remarks);

/* Add one; NULL @remarks: nobody wants it.  -ENOMEM. */
TRFS_MUST_CHECK
int trfs_remarks_add(struct trfs_remarks *remarks, struct trfs_bytes name, uint64_t line,
		     struct trfs_bytes reason);

#endif
