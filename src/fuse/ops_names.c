/* SPDX-License-Identifier: MIT */
/* From names to inodes and attributes, and directories as lists of both. */
#include "fuse/request.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>

/* Attributes of @inode, which was looked up. */
static int fill_entry(struct trfs_service *service, uint64_t inode,
		      struct fuse_entry_param *entry, struct trfs_error *err)
{
	struct trfs_place_shown place;
	int rc = trfs_service_take(service, inode, &place, err);

	if (rc < 0)
		return rc;
	entry->ino = inode;
	entry->attr_timeout = trfs_place_timeout(&place);
	rc = trfs_place_stat(&place, &entry->attr, err);
	trfs_service_give(&place);
	return rc;
}

void trfs_op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct trfs_service *service = trfs_request_service(req);
	struct fuse_entry_param entry = { .attr_timeout = TRFS_FOREVER,
					  .entry_timeout = TRFS_FOREVER };
	struct trfs_error err = { 0 };
	uint64_t inode;
	int rc;

	if (strlen(name) > NAME_MAX) {
		fuse_reply_err(req, ENAMETOOLONG);
		return;
	}
	rc = trfs_service_look_up(service, parent, name, &inode, &err);
	if (rc == -ENOENT) {
		/* Without an inode: the kernel remembers that there is none. */
		fuse_reply_entry(req, &entry);
		return;
	}
	if (rc < 0) {
		trfs_reply_refusal(req, rc, &err);
		return;
	}
	rc = fill_entry(service, inode, &entry, &err);
	if (rc < 0)
		trfs_reply_refusal(req, rc, &err);
	/* Who did not get the answer does not forget it either. */
	if (rc < 0 || fuse_reply_entry(req, &entry) < 0)
		trfs_service_forget(service, inode, 1);
}

void trfs_op_forget(fuse_req_t req, fuse_ino_t inode, uint64_t nr)
{
	trfs_service_forget(trfs_request_service(req), inode, nr);
	fuse_reply_none(req);
}

void trfs_op_forget_multi(fuse_req_t req, size_t nr, struct fuse_forget_data *forgets)
{
	for (size_t i = 0; i < nr; i++)
		trfs_service_forget(trfs_request_service(req), forgets[i].ino,
				    forgets[i].nlookup);
	fuse_reply_none(req);
}

void trfs_op_getattr(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	struct trfs_place_shown place;
	struct trfs_error err = { 0 };
	struct stat st;
	int rc;

	(void)fi;
	if (!trfs_request_take(req, inode, &place))
		return;
	rc = trfs_place_stat(&place, &st, &err);
	if (rc < 0)
		trfs_reply_refusal(req, rc, &err);
	else
		fuse_reply_attr(req, &st, trfs_place_timeout(&place));
	trfs_service_give(&place);
}

void trfs_op_opendir(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	struct trfs_place_shown place;

	if (!trfs_request_take(req, inode, &place))
		return;
	fi->cache_readdir = 1;
	fi->keep_cache = 1;
	if (trfs_tree_directory(&place.shown->tree, place.local))
		fuse_reply_open(req, fi);
	else
		fuse_reply_err(req, ENOTDIR);
	trfs_service_give(&place);
}

/**
 * struct listing - a reply to readdir in the making
 * @plus: with attributes, so far as these cost nothing
 */
struct listing {
	fuse_req_t req;
	const struct trfs_place_shown *place;
	bool plus;
	char *buf;
	size_t used;
	size_t size;
};

/* Of entries whose attributes are told, the kernel looked up the inode. */
static size_t add_plus(struct listing *l, const char *name, uint64_t position,
		       uint64_t local)
{
	const struct trfs_tree *tree = &l->place->shown->tree;
	struct trfs_service *service = trfs_request_service(l->req);
	struct trfs_place_shown place = *l->place;
	struct fuse_entry_param entry = { .entry_timeout = TRFS_FOREVER };
	bool looks_up = position > 1 && trfs_tree_is_sized(tree, local);
	size_t len;

	place.local = local;
	entry.attr_timeout = trfs_place_timeout(&place);
	if (looks_up && trfs_place_stat(&place, &entry.attr, NULL) == 0)
		entry.ino = trfs_place_inode(&place, local);
	else
		entry.attr = trfs_tree_stat_type(tree, local);
	if (position == 1)
		entry.attr.st_ino = trfs_service_parent(service, l->place, local);
	else
		entry.attr.st_ino = trfs_place_inode(&place, local);
	len = fuse_add_direntry_plus(l->req, l->buf + l->used, l->size - l->used, name,
				     &entry, (off_t)position + 1);
	if (entry.ino && len <= l->size - l->used)
		trfs_service_count(service, entry.ino);
	return len;
}

static size_t add_plain(struct listing *l, const char *name, uint64_t position,
			uint64_t local)
{
	struct stat st = trfs_tree_stat_type(&l->place->shown->tree, local);

	st.st_ino = trfs_place_inode(l->place, local);
	if (position == 1)
		st.st_ino = trfs_service_parent(trfs_request_service(l->req), l->place,
						local);
	return fuse_add_direntry(l->req, l->buf + l->used, l->size - l->used, name, &st,
				 (off_t)position + 1);
}

static void add_entries(struct listing *l, uint64_t position)
{
	const struct trfs_tree *tree = &l->place->shown->tree;
	const char *name;
	uint64_t local;
	bool is_listed;

	for (;; position++) {
		size_t len;

		name = trfs_tree_entry(tree, l->place->local, position, &local,
				       &is_listed);
		if (!name)
			return;
		if (!is_listed)
			continue;
		len = l->plus ? add_plus(l, name, position, local)
			      : add_plain(l, name, position, local);
		if (len > l->size - l->used)
			return;
		l->used += len;
	}
}

/*
 * Of all shards together, in parallel, as each of them will be asked for.  A failure
 * shows again where that is done.
 */
static void find_sizes(const struct trfs_place_shown *place)
{
	const struct trfs_view *view = place->shown->tree.content.view;
	struct trfs_error unused;

	if (view && trfs_view_find_sizes(view, &unused) < 0)
		return;
}

static void reply_entries(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
			  bool plus)
{
	struct trfs_reply_buffers *pool = &trfs_request_service(req)->buffers;
	struct trfs_place_shown place;
	struct listing l = { .req = req, .place = &place, .plus = plus, .size = size };

	if (!trfs_request_take(req, inode, &place))
		return;
	l.buf = trfs_reply_buffers_take(pool, size);
	if (!l.buf) {
		fuse_reply_err(req, ENOMEM);
	} else if (!trfs_tree_directory(&place.shown->tree, place.local)) {
		fuse_reply_err(req, ENOTDIR);
	} else {
		if (plus)
			find_sizes(&place);
		add_entries(&l, (uint64_t)offset);
		fuse_reply_buf(req, l.buf, l.used);
	}
	if (l.buf)
		trfs_reply_buffers_give(pool, l.buf, size);
	trfs_service_give(&place);
}

void trfs_op_readdir(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
		     struct fuse_file_info *fi)
{
	(void)fi;
	reply_entries(req, inode, size, offset, false);
}

void trfs_op_readdirplus(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
			 struct fuse_file_info *fi)
{
	(void)fi;
	reply_entries(req, inode, size, offset, true);
}
