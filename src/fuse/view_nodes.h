/* SPDX-License-Identifier: MIT */
/*
 * The directories of views that the kernel knows of.  Each has a number, and the inodes
 * of all that it shows are made of that number and of the inode within its tree: the
 * number in the upper 32 bits.  A directory is forgotten when the kernel has forgotten
 * all of its inodes.
 *
 * The root has a number for each generation that is served (0 for the first one), and
 * directories of views are of one root: after a reload their paths are other directories.
 */
#ifndef TRFS_FUSE_VIEW_NODES_H
#define TRFS_FUSE_VIEW_NODES_H

#include "base/compiler.h"
#include "dataset/view.h"
#include <stdbool.h>
#include <stdint.h>

/* An inode in two. */
static inline uint32_t trfs_inode_view(uint64_t inode)
{
	return (uint32_t)(inode >> 32);
}

static inline uint64_t trfs_inode_local(uint64_t inode)
{
	return inode & UINT32_MAX;
}

static inline uint64_t trfs_inode_join(uint32_t view, uint64_t local)
{
	return (uint64_t)view << 32 | local;
}

struct trfs_view_nodes;

/* @last_number: those behind it are given first. */
TRFS_MUST_CHECK
int trfs_view_nodes_new(uint32_t last_number, struct trfs_view_nodes **ret);
struct trfs_view_nodes *trfs_view_nodes_free(struct trfs_view_nodes *nodes);

/*
 * All of the below take any number of threads.
 */

/*
 * A number for another root, which keeps it until trfs_view_nodes_forget(nodes, *ret, 1).
 * -ENOMEM; -ENFILE when all numbers are taken.
 */
TRFS_MUST_CHECK
int trfs_view_nodes_add_root(struct trfs_view_nodes *nodes, uint32_t *ret);

/*
 * The number of the directory at @path (from root @root, without slashes at its ends),
 * which is new or known; counts one look-up of its own inode.  @parent: the inode of
 * "..".  @spec: what it shows; without steps, nothing.
 * -ENOMEM; -ENFILE when all numbers are taken.
 */
TRFS_MUST_CHECK
int trfs_view_nodes_look_up(struct trfs_view_nodes *nodes, uint32_t root,
			    const char *path, uint64_t parent,
			    const struct trfs_view_spec *spec, uint32_t *ret);

/* Count one more look-up of an inode of directory @view, which the kernel knows. */
void trfs_view_nodes_count(struct trfs_view_nodes *nodes, uint32_t view);

/* The kernel forgets @nr look-ups of inodes of directory @view. */
void trfs_view_nodes_forget(struct trfs_view_nodes *nodes, uint32_t view, uint64_t nr);

/*
 * The path of directory @view and the inode of its ".."; false for one that the kernel
 * should not know of.  @ret_path: a copy, the caller's to free; NULL without memory.
 */
bool trfs_view_nodes_get(struct trfs_view_nodes *nodes, uint32_t view, char **ret_path,
			 uint64_t *ret_parent);

/* What directory @view shows, and of which root; without steps: nothing.  False as above.
 */
bool trfs_view_nodes_spec(struct trfs_view_nodes *nodes, uint32_t view,
			  uint32_t *ret_root, struct trfs_view_spec *ret);

/* How many there are. */
uint64_t trfs_view_nodes_nr(struct trfs_view_nodes *nodes);

#endif
