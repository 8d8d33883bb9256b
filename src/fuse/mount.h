/* SPDX-License-Identifier: MIT */
/* Serving a generation as a mounted file system. */
#ifndef TRFS_FUSE_MOUNT_H
#define TRFS_FUSE_MOUNT_H

#include "base/compiler.h"
#include "fuse/log.h"
#include <tfrecordfs/stream.h>

/* What keeps the bytes of shards that were read, so that they need not be made again. */
enum trfs_mount_cache {
	TRFS_MOUNT_CACHE_AUTO,	 /* the kernel, if that can hold them all; else nothing */
	TRFS_MOUNT_CACHE_KERNEL, /* the kernel's page cache, as for files on a disk */
	TRFS_MOUNT_CACHE_NONE,
};

/* The word for one of them, as users write it; false where @word is none. */
bool trfs_mount_cache_parse(const char *word, enum trfs_mount_cache *ret);

/**
 * struct trfs_mount_options - where and for whom
 * @mountpoint: an existing, empty directory, checked by trfs_mountpoint_check()
 * @source_name: what mount(8) and df show as the device
 * @cache: see there
 * @ready: called once, from a thread of its own, when the mount answers; @note says in
 *	one line what could not be set up as wished, or is NULL
 * @log_level: which lines are logged at first
 * @log: called with each line of the log; from any thread
 * @user: handed back to both
 */
struct trfs_mount_options {
	const char *mountpoint;
	const char *source_name;
	enum trfs_mount_cache cache;
	void (*ready)(void *user, const char *note);
	enum trfs_log_level log_level;
	void (*log)(void *user, enum trfs_log_level level, const char *line);
	void *user;
};

/**
 * trfs_mount_serve() - mount, serve until unmounted or SIGTERM, SIGINT; then unmount
 * Takes over SIGTERM and SIGINT, and ignores SIGHUP and SIGPIPE while it serves.
 *
 * Return: 0 after a clean end; a negative errno when it could not mount.
 */
TRFS_MUST_CHECK
int trfs_mount_serve(const struct trfs_generation *generation,
		     const struct trfs_mount_options *options, struct trfs_error *err);

#endif
