/* SPDX-License-Identifier: MIT */
/*
 * Each operation unpacks its request, asks the tree or the stream, and replies exactly
 * once.  What an inode shows never changes, so the kernel may remember all of it: names
 * (also those that do not exist), attributes, directory entries, and bytes.
 */
#include "fuse/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

/* Seconds; "for ever" would be a number that kernels clamp differently. */
#define FOREVER (10.0 * 365 * 86400)

/* As much as a listing of all attributes, or the longest path, needs. */
#define ATTRIBUTE_MAX ((size_t)1 << 16)

static struct trfs_service *service_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static void op_init(void *user, struct fuse_conn_info *conn)
{
	(void)user;
	/* Replies are copied from our memory: splicing was measured slower. */
	conn->want &= ~(unsigned int)(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE |
				      FUSE_CAP_SPLICE_MOVE);
	conn->want |= conn->capable &
		      (unsigned int)(FUSE_CAP_ASYNC_READ | FUSE_CAP_PARALLEL_DIROPS |
				     FUSE_CAP_READDIRPLUS);
	/* Plus every time: a listing is followed by stat of each entry (glob, ls -l). */
	conn->want &= ~(unsigned int)FUSE_CAP_READDIRPLUS_AUTO;
	conn->max_readahead = 1u << 20;
	conn->max_background = 64;
	conn->congestion_threshold = 48;
}

static void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	const struct trfs_tree *tree = &service_of(req)->tree;
	struct fuse_entry_param entry = { .attr_timeout = FOREVER,
					  .entry_timeout = FOREVER };

	if (strlen(name) > NAME_MAX) {
		fuse_reply_err(req, ENAMETOOLONG);
		return;
	}
	entry.ino = trfs_tree_lookup(tree, parent, name);
	if (entry.ino && !trfs_tree_stat(tree, entry.ino, &entry.attr))
		entry.ino = 0;
	fuse_reply_entry(req, &entry);
}

static void op_getattr(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	struct stat st;

	(void)fi;
	if (trfs_tree_stat(&service_of(req)->tree, inode, &st))
		fuse_reply_attr(req, &st, FOREVER);
	else
		fuse_reply_err(req, ENOENT);
}

static void op_opendir(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	if (!trfs_tree_directory(&service_of(req)->tree, inode)) {
		fuse_reply_err(req, ENOTDIR);
		return;
	}
	fi->cache_readdir = 1;
	fi->keep_cache = 1;
	fuse_reply_open(req, fi);
}

/* One entry into @buf, or the size that it would need. */
static size_t add_entry(fuse_req_t req, fuse_ino_t directory, char *buf, size_t room,
			uint64_t position, bool plus)
{
	const struct trfs_tree *tree = &service_of(req)->tree;
	struct fuse_entry_param entry = { .attr_timeout = FOREVER,
					  .entry_timeout = FOREVER };
	uint64_t inode;
	const char *name = trfs_tree_entry(tree, directory, position, &inode);
	off_t next = (off_t)position + 1;

	if (!name || !trfs_tree_stat(tree, inode, &entry.attr))
		return SIZE_MAX;
	if (!plus)
		return fuse_add_direntry(req, buf, room, name, &entry.attr, next);
	/* The kernel takes no reference through "." and "..". */
	entry.ino = position < 2 ? 0 : inode;
	return fuse_add_direntry_plus(req, buf, room, name, &entry, next);
}

static void reply_entries(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
			  bool plus)
{
	struct trfs_reply_buffers *pool = &service_of(req)->buffers;
	uint64_t position = (uint64_t)offset;
	size_t used = 0;
	char *buf;

	if (!trfs_tree_directory(&service_of(req)->tree, inode)) {
		fuse_reply_err(req, ENOTDIR);
		return;
	}
	buf = trfs_reply_buffers_take(pool, size);
	if (!buf) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	for (;;) {
		size_t len =
			add_entry(req, inode, buf + used, size - used, position, plus);

		if (len > size - used)
			break;
		used += len;
		position++;
	}
	fuse_reply_buf(req, buf, used);
	trfs_reply_buffers_give(pool, buf, size);
}

static void op_readdir(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
		       struct fuse_file_info *fi)
{
	(void)fi;
	reply_entries(req, inode, size, offset, false);
}

static void op_readdirplus(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
			   struct fuse_file_info *fi)
{
	(void)fi;
	reply_entries(req, inode, size, offset, true);
}

static void op_open(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	if (trfs_tree_directory(&service_of(req)->tree, inode)) {
		fuse_reply_err(req, EISDIR);
		return;
	}
	if ((fi->flags & O_ACCMODE) != O_RDONLY || (fi->flags & O_TRUNC)) {
		fuse_reply_err(req, EROFS);
		return;
	}
	fi->keep_cache = 1;
	fi->noflush = 1;
	fuse_reply_open(req, fi);
}

/*
 * One errno for the reader: EIO for whatever the source did to us, since TensorFlow and
 * others give ENOENT or ESTALE meanings that do not fit; the log has the cause.
 */
static void reply_failure(fuse_req_t req, const struct trfs_error *err)
{
	struct trfs_service *service = service_of(req);

	trfs_failures_note(&service->failures, err);
	if (service->log)
		service->log(service->log_user, err->message);
	fuse_reply_err(req, err->code == -ENOMEM ? ENOMEM : EIO);
}

/* From memory. */
static void read_side_file(fuse_req_t req, const struct trfs_side_file *file, size_t size,
			   off_t offset)
{
	struct trfs_bytes left = trfs_buffer_bytes(&file->content);
	size_t skip = (uint64_t)offset < left.len ? (size_t)offset : left.len;

	left.len -= skip;
	fuse_reply_buf(req, left.len > 0 ? (const char *)left.data + skip : NULL,
		       left.len < size ? left.len : size);
}

static void read_shard(fuse_req_t req, uint32_t shard, size_t size, off_t offset)
{
	struct trfs_service *service = service_of(req);
	struct trfs_error err = { 0 };
	void *buf = trfs_reply_buffers_take(&service->buffers, size);
	size_t got;

	if (!buf) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	if (trfs_stream_read(service->stream, shard, (uint64_t)offset, buf, size, &got,
			     &err) < 0)
		reply_failure(req, &err);
	else
		fuse_reply_buf(req, buf, got);
	trfs_reply_buffers_give(&service->buffers, buf, size);
}

static void op_read(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
		    struct fuse_file_info *fi)
{
	const struct trfs_tree *tree = &service_of(req)->tree;
	const struct trfs_side_file *side_file = trfs_tree_side_file(tree, inode);
	uint32_t shard;

	(void)fi;
	if (side_file)
		read_side_file(req, side_file, size, offset);
	else if (trfs_tree_shard(tree, inode, &shard))
		read_shard(req, shard, size, offset);
	else
		fuse_reply_err(req, EISDIR);
}

static void op_statfs(fuse_req_t req, fuse_ino_t inode)
{
	const struct trfs_tree *tree = &service_of(req)->tree;
	struct statvfs st = { .f_bsize = 1 << 20,
			      .f_frsize = 512,
			      .f_namemax = NAME_MAX };

	(void)inode;
	for (uint32_t i = 0; i < tree->nr_nodes; i++) {
		struct stat file;

		if (trfs_tree_stat(tree, TRFS_INODE_ROOT + (uint64_t)i, &file))
			st.f_blocks += (fsblkcnt_t)file.st_blocks;
	}
	st.f_files = tree->nr_nodes;
	st.f_flag = ST_RDONLY;
	fuse_reply_statfs(req, &st);
}

/* The protocol of both attribute calls: size 0 asks how long the answer is. */
static void reply_sized(fuse_req_t req, const struct trfs_buffer *value, size_t size)
{
	if (value->failed)
		fuse_reply_err(req, ENOMEM);
	else if (size == 0)
		fuse_reply_xattr(req, value->len);
	else if (value->len > size)
		fuse_reply_err(req, ERANGE);
	else
		fuse_reply_buf(req, (const char *)value->data, value->len);
}

static struct trfs_attribute_source attribute_source(struct trfs_service *service)
{
	return (struct trfs_attribute_source){ .tree = &service->tree,
					       .stream = service->stream,
					       .failures = &service->failures };
}

static void op_getxattr(fuse_req_t req, fuse_ino_t inode, const char *name, size_t size)
{
	struct trfs_attribute_source source = attribute_source(service_of(req));
	struct trfs_buffer value;
	int rc;

	trfs_buffer_init(&value, ATTRIBUTE_MAX);
	rc = trfs_attribute_get(&source, inode, name, &value);
	if (rc < 0)
		fuse_reply_err(req, -rc);
	else
		reply_sized(req, &value, size);
	trfs_buffer_done(&value);
}

static void op_listxattr(fuse_req_t req, fuse_ino_t inode, size_t size)
{
	struct trfs_attribute_source source = attribute_source(service_of(req));
	struct trfs_buffer names;

	trfs_buffer_init(&names, ATTRIBUTE_MAX);
	trfs_attribute_list(&source, inode, &names);
	reply_sized(req, &names, size);
	trfs_buffer_done(&names);
}

void trfs_ops_fill(struct fuse_lowlevel_ops *ops)
{
	*ops = (struct fuse_lowlevel_ops){
		.init = op_init,
		.lookup = op_lookup,
		.getattr = op_getattr,
		.opendir = op_opendir,
		.readdir = op_readdir,
		.readdirplus = op_readdirplus,
		.open = op_open,
		.read = op_read,
		.statfs = op_statfs,
		.getxattr = op_getxattr,
		.listxattr = op_listxattr,
	};
	trfs_read_only_fill(ops);
}
