/* SPDX-License-Identifier: MIT */
/* Entries are added as they come; a counting sort by image groups them. */
#include "manifest/coco_index.h"

#include <errno.h>
#include <stdlib.h>

int trfs_coco_index_init(struct trfs_coco_index *index)
{
	*index = (struct trfs_coco_index){ .ids = trfs_string_table_new() };
	return index->ids ? 0 : -ENOMEM;
}

void trfs_coco_index_done(struct trfs_coco_index *index)
{
	trfs_string_table_free(index->ids);
	free(index->entries);
	free(index->starts);
	free(index->order);
	free(index->used);
	*index = (struct trfs_coco_index){ .ids = NULL };
}

int trfs_coco_index_add(struct trfs_coco_index *index, struct trfs_bytes id,
			struct trfs_coco_entry entry)
{
	size_t larger = index->capacity ? index->capacity + index->capacity / 2 : 256;
	struct trfs_coco_entry *entries;
	int rc;

	if (index->nr >= UINT32_MAX - 1)
		return -EOVERFLOW;
	if (index->nr == index->capacity) {
		entries = reallocarray(index->entries, larger, sizeof(*entries));
		if (!entries)
			return -ENOMEM;
		index->entries = entries;
		index->capacity = larger;
	}
	rc = trfs_string_table_intern(index->ids, id, &entry.image, NULL);
	if (rc < 0)
		return rc;
	index->entries[index->nr++] = entry;
	return 0;
}

int trfs_coco_index_finish(struct trfs_coco_index *index)
{
	size_t nr_images = trfs_string_table_view(index->ids).nr;
	uint32_t *next;

	index->starts = calloc(nr_images + 2, sizeof(*index->starts));
	index->order = calloc(index->nr + 1, sizeof(*index->order));
	index->used = calloc(nr_images + 1, sizeof(*index->used));
	if (!index->starts || !index->order || !index->used)
		return -ENOMEM;
	/* Counted two places on: placing them moves each count to where it belongs. */
	next = index->starts + 1;
	for (size_t i = 0; i < index->nr; i++)
		index->starts[index->entries[i].image + 2]++;
	for (size_t i = 2; i < nr_images + 2; i++)
		index->starts[i] += index->starts[i - 1];
	for (size_t i = 0; i < index->nr; i++)
		index->order[next[index->entries[i].image]++] = (uint32_t)i;
	return 0;
}

size_t trfs_coco_index_find(struct trfs_coco_index *index, struct trfs_bytes id,
			    size_t *ret_first)
{
	uint32_t image;

	if (!trfs_string_table_find(index->ids, id, &image))
		return 0;
	index->used[image] = true;
	*ret_first = index->starts[image];
	return index->starts[image + 1] - index->starts[image];
}

size_t trfs_coco_index_nr_unused(const struct trfs_coco_index *index,
				 const struct trfs_coco_entry **ret_first)
{
	size_t nr = 0;

	for (size_t i = 0; i < index->nr; i++) {
		if (index->used[index->entries[i].image])
			continue;
		if (nr++ == 0)
			*ret_first = &index->entries[i];
	}
	return nr;
}
