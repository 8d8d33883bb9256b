/* SPDX-License-Identifier: MIT */
/* Open files: what fuse_file_info.fh points to. */
#ifndef TRFS_FUSE_HANDLE_H
#define TRFS_FUSE_HANDLE_H

#include "fuse/service.h"

/**
 * struct trfs_handle - one open file
 * @place: of a shard or side file; what shows it stays as long as the file is open
 * @reader: of shards; else NULL
 * @nr_users: whoever has it open, and reads under way
 * @next, @previous: among all that are open
 * @own: of the mount's own files: what it said when it was opened; of problems.csv: what
 *	stands from @own_start on, behind the side file; else NULL
 */
struct trfs_handle {
	struct trfs_place_shown place;
	struct trfs_shard_reader *reader;
	struct trfs_buffer *own;
	uint64_t own_start;
	_Atomic unsigned int nr_users;
	struct trfs_handle *next;
	struct trfs_handle *previous;
};

/* Takes @place over, also when it fails: -ENOMEM, or what making a view's sizes does. */
TRFS_MUST_CHECK
int trfs_handle_open(const struct trfs_place_shown *place, struct trfs_handle **ret,
		     struct trfs_error *err);
/* It lives on while it is kept. */
void trfs_handle_close(struct trfs_handle *handle);

void trfs_handle_keep(struct trfs_handle *handle);
void trfs_handle_drop(struct trfs_handle *handle);

/* Close those that are open when the mount ends: nobody will be told of them any more. */
void trfs_handles_close_all(struct trfs_service *service);

/* What the kernel is told, and knows a handle by until it is closed. */
uint64_t trfs_handle_number(const struct trfs_handle *handle);

/* NULL for one that was opened by a worker that died: its memory was another. */
struct trfs_handle *trfs_handle_of(const struct trfs_service *service, uint64_t fh);

#endif
