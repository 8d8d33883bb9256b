/* SPDX-License-Identifier: MIT */
/*
 * What the directory of one view shows: the view, its side files, and the tree of both.
 * It can be made again at any time and then is the same, down to the inodes, so that it
 * is kept only while it is used (base/cache.h).
 */
#ifndef TRFS_FUSE_SHOWN_H
#define TRFS_FUSE_SHOWN_H

#include "fuse/tree.h"
#include "stream/stream.h"

/**
 * struct trfs_shown - one directory with all beneath it but other views
 * @view: NULL of a directory on the way to views, such as "epochs", which is empty
 */
struct trfs_shown {
	struct trfs_view *view;
	struct trfs_side_files *side_files;
	struct trfs_tree tree;
};

/**
 * struct trfs_shown_owner - owner, mode and time of everything shown
 * @mode: who may read files, and list directories; of TRFS_ACCESS_ALL
 * @promised: bits of it that a file has to have for itself when it is read; 0: none
 */
struct trfs_shown_owner {
	uid_t uid;
	gid_t gid;
	mode_t mode;
	mode_t promised;
	int64_t mtime_ns;
};

/**
 * trfs_shown_make() - make it
 * @spec: NULL: of a directory on the way
 *
 * The root's directory has the names of views in it too, and the mount's own files.
 *
 * Return: 0; -ENOENT for a view that does not exist; -EINVAL where names clash; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_shown_make(struct trfs_stream *stream, const struct trfs_view_spec *spec,
		    struct trfs_shown_owner owner, struct trfs_shown **ret,
		    struct trfs_error *err);
struct trfs_shown *trfs_shown_free(struct trfs_shown *shown);
TRFS_DEFINE_FREEP(trfs_shown)

/* Bytes of memory that it takes now; about. */
uint64_t trfs_shown_memory(const struct trfs_shown *shown);

#endif
