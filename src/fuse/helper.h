/* SPDX-License-Identifier: MIT */
/* fusermount3, which mounts for who may not: where it is, and what it complains of. */
#ifndef TRFS_FUSE_HELPER_H
#define TRFS_FUSE_HELPER_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>

enum trfs_helper {
	TRFS_HELPER_NONE,
	TRFS_HELPER_REAL,  /* runs as root, whoever calls it */
	TRFS_HELPER_PROXY, /* does not, so it has somebody else mount */
};

/* What libfuse will run; @search_path: as of PATH, or NULL. */
enum trfs_helper trfs_helper_find(const char *search_path);

/**
 * struct trfs_complaint - what is written to standard error meanwhile
 * @file: that has it; -1 where there is none
 * @standard_error: the descriptor, put aside
 */
struct trfs_complaint {
	int file;
	int standard_error;
};

/* No other thread may exist until the end. */
void trfs_complaint_begin(struct trfs_complaint *complaint);

/*
 * The first line of it, without the name of who wrote it, into @line; empty where there
 * is none.
 */
void trfs_complaint_end(struct trfs_complaint *complaint, char *line, size_t size);

/* Take "fusermount3: " or "fuse: " from the front of @line, and its end. */
void trfs_complaint_trim(char *line);

#endif
