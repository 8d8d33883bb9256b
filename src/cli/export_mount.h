/* SPDX-License-Identifier: MIT */
/*
 * Export of what a mount shows, by reading it as anybody would: the images need not be
 * there for whoever exports, and the bytes are those of the mount whatever it was made
 * with.
 */
#ifndef TRFS_CLI_EXPORT_MOUNT_H
#define TRFS_CLI_EXPORT_MOUNT_H

#include "stream/export_source.h"

/* Whether @path is a directory of a mount of ours; -ENOTCONN for one that is dead. */
TRFS_MUST_CHECK
int trfs_export_is_mount(const char *path, bool *ret, struct trfs_error *err);

struct trfs_export_mount;

/**
 * trfs_export_mount_open() - all that listings show at and below @directory
 * @with_side_files: else shards alone
 *
 * Shards are in the order of their numbers.
 */
TRFS_MUST_CHECK
int trfs_export_mount_open(const char *directory, bool with_side_files,
			   struct trfs_export_mount **ret, struct trfs_error *err);
const struct trfs_export_source *trfs_export_mount_source(
	const struct trfs_export_mount *mount);
/* The mountpoint. */
const char *trfs_export_mount_root(const struct trfs_export_mount *mount);
struct trfs_export_mount *trfs_export_mount_close(struct trfs_export_mount *mount);

#endif
