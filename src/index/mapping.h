/* SPDX-License-Identifier: MIT */
/* A saved index that is mapped, and the guard over what was not read of it. */
#ifndef TRFS_INDEX_MAPPING_H
#define TRFS_INDEX_MAPPING_H

#include "index/saved_index_loader.h"

/**
 * struct trfs_mapping - shared by the three values made of it
 * @fd, @identity: of the file, which must stay as it was: what is cut off of it reads as
 *	zeroes
 * @users: how many of them there are
 * @guard: of all blocks, unless all were checked
 * @sections, @crcs: what the guard needs; else NULL
 * @start: where the blocks begin in the file
 */
struct trfs_mapping {
	void *address;
	size_t len;
	int fd;
	struct trfs_file_identity identity;
	unsigned int users;
	struct trfs_guard *guard;
	struct trfs_index_section *sections;
	uint32_t nr_sections;
	uint32_t *crcs;
	uint64_t start;
};

/* Map the file of @l, with a guard unless all of it was read.  -ENOMEM or -errno. */
TRFS_MUST_CHECK
int trfs_mapping_open(struct trfs_index_loader *l, struct trfs_mapping **ret,
		      struct trfs_error *err);

/* For the release of a value: it goes with the last of them. */
void trfs_mapping_release(void *mapping);

#endif
