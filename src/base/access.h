/* SPDX-License-Identifier: MIT */
/*
 * Who may read several files, as one mode for all of them: a bit of it is set where each
 * of the files lets the same people read.  Files of other owners and groups than the mode
 * is about count as far as that can be said of them for sure.
 */
#ifndef TRFS_BASE_ACCESS_H
#define TRFS_BASE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#define TRFS_ACCESS_OWNER 0400u
#define TRFS_ACCESS_GROUP 0040u
#define TRFS_ACCESS_OTHER 0004u
#define TRFS_ACCESS_ALL	  0444u

/**
 * struct trfs_file_owner - what a file says of itself
 * @mode: st_mode
 */
struct trfs_file_owner {
	uint32_t uid;
	uint32_t gid;
	uint32_t mode;
};

/**
 * struct trfs_access - owner and group whom the bits are about, and the bits
 * @mode: of TRFS_ACCESS_ALL; all of them where nothing was looked at
 */
struct trfs_access {
	uint32_t uid;
	uint32_t gid;
	uint32_t mode;
};

/* The bits of @access, whose own do not count, for a file alone; root can read all. */
uint32_t trfs_access_of_file(const struct trfs_access *access,
			     const struct trfs_file_owner *file);

/* The same of reaching what is in a directory. */
uint32_t trfs_access_of_directory(const struct trfs_access *access,
				  const struct trfs_file_owner *directory);

#endif
