/* SPDX-License-Identifier: MIT */
/* Asking a mount which record, and which image, is behind a byte of a shard. */
#ifndef TRFS_CLI_MOUNT_PLACE_H
#define TRFS_CLI_MOUNT_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct trfs_mount_place - a mount's answer
 * @image: relative to the source, within @answer
 */
struct trfs_mount_place {
	uint64_t record;
	uint64_t offset;
	uint64_t size;
	const char *image;
	char answer[PATH_MAX + 128];
};

/* False where @shard is none of a mount, or has no such byte. */
bool trfs_mount_place(const char *shard, uint64_t offset, struct trfs_mount_place *ret);

#endif
