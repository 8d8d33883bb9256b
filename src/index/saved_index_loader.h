/* SPDX-License-Identifier: MIT */
/* Shared by the two halves of loading: checking the file, and making values of it. */
#ifndef TRFS_INDEX_SAVED_INDEX_LOADER_H
#define TRFS_INDEX_SAVED_INDEX_LOADER_H

#include "base/error.h"
#include "base/guard.h"
#include "index/saved_index.h"
#include "index/section_check.h"
#include <errno.h>

/**
 * struct trfs_index_section - a row of the table
 * @check: what it must hold
 * @is_lazy: it grows with the records, and need not be read until it is used
 */
struct trfs_index_section {
	uint32_t id;
	uint32_t number;
	uint64_t offset;
	uint64_t len;
	struct trfs_section_check check;
	bool is_lazy;
};

/**
 * struct trfs_index_loader - a file being loaded
 * @start: where its blocks begin
 * @crcs: of its blocks
 * @whole: all of it is read now, else only what is not lazy
 */
struct trfs_index_loader {
	int fd;
	uint64_t size;
	uint64_t start;
	uint32_t *crcs;
	uint64_t nr_blocks;
	bool whole;
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

/* What each section must hold, and whether it has the length for that.  -EBADMSG. */
TRFS_MUST_CHECK
int trfs_index_expect(struct trfs_index_loader *l, struct trfs_error *err);

/*
 * Map the file and make the three values of its sections.  Takes over the sections and
 * the checksums where not all of them were checked.
 */
TRFS_MUST_CHECK
int trfs_saved_index_map(struct trfs_index_loader *l, struct trfs_catalog **ret_catalog,
			 struct trfs_plan **ret_plan, struct trfs_layout **ret_layout,
			 struct trfs_error *err);

#endif
