/* SPDX-License-Identifier: MIT */
/*
 * Each operation unpacks its request, asks the tree or the stream, and replies exactly
 * once.  What an inode shows never changes, so the kernel may remember all of it: names
 * (also those that do not exist), attributes, directory entries, and bytes.
 */
#include "fuse/request.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Metrics are a few lines. */
#define OWN_FILE_MAX ((size_t)1 << 16)

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

/* What one of the mount's own files says now; NULL without memory. */
static struct trfs_buffer *make_own(struct trfs_service *service, enum trfs_own_file own)
{
	struct trfs_buffer *content = malloc(sizeof(*content));

	if (!content)
		return NULL;
	trfs_buffer_init(content, OWN_FILE_MAX);
	if (own == TRFS_OWN_METRICS)
		trfs_service_print_metrics(service, content);
	else
		trfs_buffer_printf(content, "%s\n", TRFS_VERSION);
	return content;
}

/* It changes, so every open has its own content and the kernel keeps none of it. */
static void open_own(fuse_req_t req, enum trfs_own_file own, struct fuse_file_info *fi)
{
	struct trfs_buffer *content = make_own(trfs_request_service(req), own);

	if (!content) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	fi->fh = (uint64_t)(uintptr_t)content;
	fi->direct_io = 1;
	fi->keep_cache = 0;
	if (fuse_reply_open(req, fi) < 0) {
		trfs_buffer_done(content);
		free(content);
	}
}

static void op_release(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	struct trfs_buffer *content = (struct trfs_buffer *)(uintptr_t)fi->fh;

	(void)inode;
	if (content) {
		trfs_buffer_done(content);
		free(content);
	}
	fuse_reply_err(req, 0);
}

static void op_open(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	struct trfs_place_shown place;
	enum trfs_own_file own;

	if (!trfs_request_take(req, inode, &place))
		return;
	fi->fh = 0;
	fi->keep_cache = 1;
	fi->noflush = 1;
	if (trfs_tree_directory(&place.shown->tree, place.local))
		fuse_reply_err(req, EISDIR);
	else if ((fi->flags & O_ACCMODE) != O_RDONLY || (fi->flags & O_TRUNC))
		fuse_reply_err(req, EROFS);
	else if (trfs_tree_own_file(&place.shown->tree, place.local, &own))
		open_own(req, own, fi);
	else
		fuse_reply_open(req, fi);
	trfs_service_give(&place);
}

/*
 * By way of a buffer: whoever reads can close the file, which frees its content, as soon
 * as the kernel has the reply, and that is before this thread is done with it.
 */
static void read_own(fuse_req_t req, const struct trfs_buffer *content, size_t size,
		     off_t offset)
{
	struct trfs_reply_buffers *buffers = &trfs_request_service(req)->buffers;
	struct trfs_bytes left = trfs_buffer_bytes(content);
	size_t skip = (uint64_t)offset < left.len ? (size_t)offset : left.len;
	void *buf = trfs_reply_buffers_take(buffers, size);

	if (!buf) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	left.len -= skip;
	left.len = left.len < size ? left.len : size;
	if (left.len > 0)
		memcpy(buf, left.data + skip, left.len);
	fuse_reply_buf(req, buf, left.len);
	trfs_reply_buffers_give(buffers, buf, size);
}

static void count_read(struct trfs_service *service, size_t nr_bytes)
{
	__atomic_fetch_add(&service->nr_reads, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&service->nr_bytes, nr_bytes, __ATOMIC_RELAXED);
}

static int read_place(struct trfs_service *service, const struct trfs_place_shown *place,
		      uint64_t offset, void *buf, size_t size, size_t *ret_got,
		      struct trfs_error *err)
{
	const struct trfs_shown *shown = place->shown;
	uint32_t shard;
	size_t i;
	int rc;

	if (trfs_tree_side_file(&shown->tree, place->local, &i))
		return trfs_side_files_read(shown->side_files, i, offset, buf, size,
					    ret_got, err);
	if (!trfs_tree_shard(&shown->tree, place->local, &shard))
		return -EISDIR;
	rc = trfs_stream_read_view(service->stream, shown->view, shard, offset, buf, size,
				   ret_got, err);
	if (rc == 0)
		count_read(service, *ret_got);
	return rc;
}

static void op_read(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
		    struct fuse_file_info *fi)
{
	struct trfs_service *service = trfs_request_service(req);
	struct trfs_place_shown place;
	struct trfs_error err = { 0 };
	void *buf;
	size_t got;
	int rc;

	if (fi->fh) {
		read_own(req, (const struct trfs_buffer *)(uintptr_t)fi->fh, size,
			 offset);
		return;
	}
	if (!trfs_request_take(req, inode, &place))
		return;
	buf = trfs_reply_buffers_take(&service->buffers, size);
	rc = buf ? read_place(service, &place, (uint64_t)offset, buf, size, &got, &err)
		 : -ENOMEM;
	if (rc == 0)
		fuse_reply_buf(req, buf, got);
	else if (!err.code)
		fuse_reply_err(req, -rc);
	else
		trfs_reply_failure(req, &err);
	if (buf)
		trfs_reply_buffers_give(&service->buffers, buf, size);
	trfs_service_give(&place);
}

static void op_statfs(fuse_req_t req, fuse_ino_t inode)
{
	const struct trfs_tree *tree = &trfs_request_service(req)->root->tree;
	struct statvfs st = { .f_bsize = 1 << 20,
			      .f_frsize = 512,
			      .f_namemax = NAME_MAX };
	uint64_t size = 0;

	(void)inode;
	/* Shards alone: the root's sizes are known, and whatever else is small. */
	if (trfs_tree_directory_size(tree, TRFS_INODE_ROOT, &size, NULL) < 0)
		size = 0;
	st.f_blocks = (size + 511) / 512;
	st.f_files = tree->nr_nodes;
	st.f_flag = ST_RDONLY;
	fuse_reply_statfs(req, &st);
}

void trfs_ops_fill(struct fuse_lowlevel_ops *ops)
{
	*ops = (struct fuse_lowlevel_ops){
		.init = op_init,
		.lookup = trfs_op_lookup,
		.forget = trfs_op_forget,
		.forget_multi = trfs_op_forget_multi,
		.getattr = trfs_op_getattr,
		.opendir = trfs_op_opendir,
		.readdir = trfs_op_readdir,
		.readdirplus = trfs_op_readdirplus,
		.open = op_open,
		.read = op_read,
		.release = op_release,
		.statfs = op_statfs,
		.getxattr = trfs_op_getxattr,
		.listxattr = trfs_op_listxattr,
	};
	trfs_read_only_fill(ops);
}
