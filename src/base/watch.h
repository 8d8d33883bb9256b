/* SPDX-License-Identifier: MIT */
/*
 * Whether anything changed beneath a directory or in some files, as inotify tells it:
 * what processes of this machine do, not what others do to a network file system.
 */
#ifndef TRFS_BASE_WATCH_H
#define TRFS_BASE_WATCH_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trfs_watch;

/* Watch nothing yet.  -errno. */
TRFS_MUST_CHECK
int trfs_watch_new(struct trfs_watch **ret);
struct trfs_watch *trfs_watch_free(struct trfs_watch *watch);

/**
 * trfs_watch_tree() - watch a directory, and all that are beneath it now or later
 * @except: one beneath it that is not; NULL: none
 *
 * Hidden names do not count, and links are not followed.  To be called once.
 *
 * Return: 0; -ENOSPC where the kernel's limit of watches is reached
 *	(fs.inotify.max_user_watches): some directories are not watched then; -errno.
 */
TRFS_MUST_CHECK
int trfs_watch_tree(struct trfs_watch *watch, const char *path, const char *except);

/* Watch one file, also where it is replaced.  -errno. */
TRFS_MUST_CHECK
int trfs_watch_file(struct trfs_watch *watch, const char *path);

/* What poll() finds readable when something happened. */
int trfs_watch_fd(const struct trfs_watch *watch);

/* Take note of all that happened until now; whether any of it counts. */
bool trfs_watch_take(struct trfs_watch *watch);

#endif
