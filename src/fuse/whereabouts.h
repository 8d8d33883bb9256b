/* SPDX-License-Identifier: MIT */
/*
 * Where a mount of ours is now: others may have unmounted it, moved it with its
 * directory, or mounted something else on it.  Whoever unmounted a path that was ours
 * once would end a mount of somebody else's.
 */
#ifndef TRFS_FUSE_WHEREABOUTS_H
#define TRFS_FUSE_WHEREABOUTS_H

#include <limits.h>
#include <stdbool.h>

/**
 * struct trfs_whereabouts - what tells one mount from all others
 * @device: as /proc/self/mountinfo has it, "0:45"; empty where that is not known
 */
struct trfs_whereabouts {
	char device[32];
};

/* @fd: /dev/fuse, mounted on @mountpoint just now. */
void trfs_whereabouts_note(struct trfs_whereabouts *w, int fd, const char *mountpoint);

/*
 * The path by which the mount is reached now; false where it is unmounted, or beneath
 * another mount.
 */
bool trfs_whereabouts_find(const struct trfs_whereabouts *w, char ret[PATH_MAX]);

#endif
