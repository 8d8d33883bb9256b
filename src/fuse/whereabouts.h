/* SPDX-License-Identifier: MIT */
/*
 * Where a mount of ours is now: others may have unmounted it, moved it with its
 * directory, or mounted something else on it.  Whoever unmounted a path that was ours
 * once would end a mount of somebody else's.
 */
#ifndef TRFS_FUSE_WHEREABOUTS_H
#define TRFS_FUSE_WHEREABOUTS_H

#include "base/compiler.h"
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct trfs_whereabouts - what tells one mount from all others
 * @path: the mountpoint's real path when it was mounted, as the working directory may
 *	change; /dev/fd/N where @is_given
 * @is_given: somebody else mounted, who knows where
 * @device: as /proc/self/mountinfo has it, "0:45"; empty where that is not known. Another
 *	mount gets it once this one is gone
 * @unique_id: of the mount, which no other ever gets; 0 before Linux 6.8
 */
struct trfs_whereabouts {
	char path[PATH_MAX];
	bool is_given;
	char device[32];
	uint64_t unique_id;
};

/* Take a mountpoint that trfs_mountpoint_check() let pass; a descriptor is closed. */
TRFS_MUST_CHECK
int trfs_whereabouts_take(struct trfs_whereabouts *w, const char *mountpoint,
			  struct trfs_error *err);

/* @fd: /dev/fuse, mounted there just now. */
void trfs_whereabouts_note(struct trfs_whereabouts *w, int fd);

/*
 * A path by which the mount is reached now; false where it is unmounted, or beneath
 * another mount.  There are several where it was bound elsewhere.  @fd: the one that
 * trfs_whereabouts_note() had.
 */
bool trfs_whereabouts_find(const struct trfs_whereabouts *w, int fd, char ret[PATH_MAX]);

#endif
