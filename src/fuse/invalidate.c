/* SPDX-License-Identifier: MIT */
/*
 * Files that are gone are told to be deleted, so that the kernel frees their pages at
 * once; of directories it only forgets the name, and with it all names beneath.  A name
 * that the kernel does not remember is no error.
 */
#include "fuse/invalidate.h"

#include <errno.h>

/* The inode of the root's @name; 0 where there is none. */
static uint64_t inode_of(const struct trfs_served *served, const char *name)
{
	uint64_t local = trfs_tree_lookup(&served->root->tree, TRFS_INODE_ROOT, name);

	return local ? trfs_served_inode(served, local) : 0;
}

static void forget_name(struct fuse_session *session, const char *name)
{
	(void)fuse_lowlevel_notify_inval_entry(session, TRFS_INODE_ROOT, name,
					       strlen(name));
}

static void forget_old_name(struct fuse_session *session,
			    const struct trfs_served *before,
			    const struct trfs_served *after, const char *name,
			    uint64_t local)
{
	uint64_t inode = trfs_served_inode(before, local);

	if (inode == inode_of(after, name))
		return;
	if (trfs_tree_directory(&before->root->tree, local) ||
	    fuse_lowlevel_notify_delete(session, TRFS_INODE_ROOT, inode, name,
					strlen(name)) == -ENOSYS)
		forget_name(session, name);
}

/* Of both: names that only the other has, too. */
static void forget_names(struct fuse_session *session, const struct trfs_served *before,
			 const struct trfs_served *after)
{
	const struct trfs_served *first = before ? before : after;
	const char *name;
	uint64_t local;
	bool is_listed;

	for (uint64_t i = 2; (name = trfs_tree_entry(&first->root->tree, TRFS_INODE_ROOT,
						     i, &local, &is_listed));
	     i++) {
		if (before)
			forget_old_name(session, before, after, name, local);
		else
			forget_name(session, name);
	}
	for (uint64_t i = 2;
	     before && (name = trfs_tree_entry(&after->root->tree, TRFS_INODE_ROOT, i,
					       &local, &is_listed));
	     i++)
		if (!inode_of(before, name))
			forget_name(session, name);
	/* Those that no listing shows. */
	for (size_t i = 0; (name = trfs_view_kind_name(i, &is_listed)); i++)
		forget_name(session, name);
}

void trfs_invalidate_root(struct fuse_session *session, const struct trfs_served *before,
			  const struct trfs_served *after)
{
	/* Its list of names; attributes too. */
	(void)fuse_lowlevel_notify_inval_inode(session, TRFS_INODE_ROOT, 0, 0);
	forget_names(session, before, after);
	(void)fuse_lowlevel_notify_inval_inode(session, TRFS_INODE_ROOT, 0, 0);
}
