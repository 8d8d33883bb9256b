/* SPDX-License-Identifier: MIT */
/* Shared by the two halves of loading: checking the file, and making values of it. */
#ifndef TRFS_INDEX_SAVED_INDEX_LOADER_H
#define TRFS_INDEX_SAVED_INDEX_LOADER_H

#include "base/error.h"
#include "index/saved_index.h"
#include <errno.h>

struct trfs_index_section {
	uint32_t id;
	uint32_t number;
	uint64_t offset;
	uint64_t len;
	uint32_t crc;
};

struct trfs_index_loader {
	int fd;
	uint64_t size;
	struct trfs_index_section *sections;
	uint32_t nr_sections;
	struct trfs_index_counts counts;
};

/* A section of the table, or NULL. */
static inline const struct trfs_index_section *trfs_index_find(
	const struct trfs_index_loader *l, uint32_t id, uint32_t number)
{
	for (uint32_t i = 0; i < l->nr_sections; i++)
		if (l->sections[i].id == id && l->sections[i].number == number)
			return &l->sections[i];
	return NULL;
}

/* Its length in bytes; 0 where there is none. */
static inline uint64_t trfs_index_length(const struct trfs_index_loader *l, uint32_t id,
					 uint32_t number)
{
	const struct trfs_index_section *s = trfs_index_find(l, id, number);

	return s ? s->len : 0;
}

static inline int trfs_index_odd(struct trfs_error *err, const char *what)
{
	return trfs_fail(err, -EBADMSG, "it is damaged (%s)", what);
}

/* Map the file and make the three values of its sections, all of which were checked. */
TRFS_MUST_CHECK
int trfs_saved_index_map(const struct trfs_index_loader *l,
			 struct trfs_catalog **ret_catalog, struct trfs_plan **ret_plan,
			 struct trfs_layout **ret_layout, struct trfs_error *err);

#endif
