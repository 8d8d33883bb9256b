/* SPDX-License-Identifier: MIT */
/*
 * Where in a file the annotations of each image are: 24 bytes an annotation, whatever it
 * holds, since it is read again when its image's turn comes.
 */
#ifndef TRFS_MANIFEST_COCO_INDEX_H
#define TRFS_MANIFEST_COCO_INDEX_H

#include "base/strings.h"

/* @image: number of its image's id */
struct trfs_coco_entry {
	uint64_t offset;
	uint64_t line;
	uint32_t len;
	uint32_t image;
};

/**
 * struct trfs_coco_index - the annotations of one file
 * @ids: of the images that have any, as struct trfs_coco_id packs them
 * @starts: by image, where its entries begin in @order; one more at the end
 * @order: numbers of entries, image by image, each image's as in the file
 * @used: by image, whether an image asked for it
 * @lacks_ids: some annotation has no id of its own
 */
struct trfs_coco_index {
	struct trfs_string_table *ids;
	struct trfs_coco_entry *entries;
	size_t nr, capacity;
	uint32_t *starts;
	uint32_t *order;
	bool *used;
	bool lacks_ids;
};

/* -ENOMEM, here and below. */
TRFS_MUST_CHECK
int trfs_coco_index_init(struct trfs_coco_index *index);
void trfs_coco_index_done(struct trfs_coco_index *index);

/* Add an entry, whose @image is set here.  Also -EOVERFLOW for more than 2^32 - 2. */
TRFS_MUST_CHECK
int trfs_coco_index_add(struct trfs_coco_index *index, struct trfs_bytes id,
			struct trfs_coco_entry entry);

/* Group them, once all are added. */
TRFS_MUST_CHECK
int trfs_coco_index_finish(struct trfs_coco_index *index);

/* How many an image has; the @i-th of them is trfs_coco_index_get(index, first + i). */
size_t trfs_coco_index_find(struct trfs_coco_index *index, struct trfs_bytes id,
			    size_t *ret_first);
static inline const struct trfs_coco_entry *trfs_coco_index_get(
	const struct trfs_coco_index *index, size_t i)
{
	return &index->entries[index->order[i]];
}

/* How many no image asked for, and the first of them in the file. */
size_t trfs_coco_index_nr_unused(const struct trfs_coco_index *index,
				 const struct trfs_coco_entry **ret_first);

#endif
