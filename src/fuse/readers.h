/* SPDX-License-Identifier: MIT */
/*
 * Who may read what is shown.  Without --allow-other that is who mounted, whatever modes
 * say; modes are shown all the same, and the kernel holds everybody to them.
 */
#ifndef TRFS_FUSE_READERS_H
#define TRFS_FUSE_READERS_H

#include "dataset/catalog.h"
#include "fuse/shown.h"

/**
 * struct trfs_readers - as the user has it
 * @allow_other: others than who mounted, too
 * @has_uid, ...: @uid, ... is shown instead of what the source has
 * @mode: of files; of TRFS_ACCESS_ALL
 */
struct trfs_readers {
	bool allow_other;
	bool has_uid, has_gid, has_mode;
	uid_t uid;
	gid_t gid;
	mode_t mode;
};

/* Parse what --uid, --gid and --mode were given; NULL: nothing.  -EINVAL. */
TRFS_MUST_CHECK
int trfs_readers_parse(struct trfs_readers *readers, const char *uid, const char *gid,
		       const char *mode, struct trfs_error *err);

/*
 * Whether this user may mount for others: root, or all where /etc/fuse.conf says so.
 * -EPERM with what to type.
 */
TRFS_MUST_CHECK
int trfs_readers_check(const struct trfs_readers *readers, struct trfs_error *err);

/**
 * trfs_readers_owner() - owner and modes of what is shown of a source
 * @ret: its time is left alone
 *
 * Owner and group are those of the source's directory.  A bit of the mode is set where
 * all images let the same people read, and the directories on the way to the source let
 * them through; where others may read, also every directory beneath it.  Who mounted may
 * always read.
 *
 * Cost: where others may read, a look at each directory with images.
 *
 * Return: 0; -errno of looking at these; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_readers_owner(const struct trfs_readers *readers,
		       const struct trfs_catalog *catalog, struct trfs_shown_owner *ret,
		       struct trfs_error *err);

#endif
