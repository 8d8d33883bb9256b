/* SPDX-License-Identifier: MIT */
/* The "categories" of a COCO file: sparse ids, names, and whether they are things. */
#ifndef TRFS_MANIFEST_COCO_CATEGORIES_H
#define TRFS_MANIFEST_COCO_CATEGORIES_H

#include "base/strings.h"

/* By the number of an id in @ids: the number of its name, and whether it is a thing. */
struct trfs_coco_category {
	uint32_t name;
	bool thing;
};

struct trfs_coco_categories {
	struct trfs_string_table *ids;
	struct trfs_string_table *names;
	struct trfs_coco_category *items;
	size_t capacity;
};

/* -ENOMEM. */
TRFS_MUST_CHECK
int trfs_coco_categories_init(struct trfs_coco_categories *c);
void trfs_coco_categories_done(struct trfs_coco_categories *c);

/*
 * Add one object of the array; of equal ids the last one counts.  With @things it must
 * have "isthing" and needs no "name".  -EBADMSG or -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_coco_categories_add(struct trfs_coco_categories *c, struct trfs_bytes text,
			     bool things, struct trfs_error *err);

/* False if there is none of that id. */
bool trfs_coco_categories_find(const struct trfs_coco_categories *c, int64_t id,
			       struct trfs_bytes *ret_name, bool *ret_thing);

#endif
