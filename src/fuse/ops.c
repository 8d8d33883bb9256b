/* SPDX-License-Identifier: MIT */
/*
 * Each operation unpacks its request, asks the tree or the stream, and replies exactly
 * once.  What an inode shows never changes, so the kernel may remember all of it: names
 * (also those that do not exist), attributes, directory entries, and bytes.
 */
#include "fuse/handle.h"
#include "fuse/request.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

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

static void op_open(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	struct trfs_place_shown place;
	struct trfs_error err = { 0 };
	struct trfs_handle *handle;
	int rc;

	if (!trfs_request_take(req, inode, &place))
		return;
	if (trfs_tree_directory(&place.shown->tree, place.local))
		rc = EISDIR;
	else if ((fi->flags & O_ACCMODE) != O_RDONLY || (fi->flags & O_TRUNC))
		rc = EROFS;
	else
		rc = 0;
	if (rc > 0) {
		trfs_service_give(&place);
		fuse_reply_err(req, rc);
		return;
	}
	rc = trfs_handle_open(&place, &handle, &err);
	if (rc < 0) {
		trfs_reply_refusal(req, rc, &err);
		return;
	}
	fi->fh = trfs_handle_number(handle);
	fi->noflush = 1;
	/* Own files change, so that the kernel keeps nothing of them. */
	fi->direct_io = handle->own || (handle->reader && place.service->direct);
	fi->keep_cache = !fi->direct_io;
	if (fuse_reply_open(req, fi) < 0)
		trfs_handle_close(handle);
}

static void op_release(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	struct trfs_handle *handle = trfs_handle_of(trfs_request_service(req), fi->fh);

	(void)inode;
	if (handle)
		trfs_handle_close(handle);
	fuse_reply_err(req, 0);
}

/* Files that are made as a whole, by way of a buffer: whoever reads can close the file,
 * which frees its content, as soon as the kernel has the reply, and that is before this
 * thread is done with it. */
static int read_to_buffer(const struct trfs_handle *handle, uint64_t offset, void *buf,
			  size_t size, size_t *ret_got, struct trfs_error *err)
{
	const struct trfs_shown *shown = handle->place.shown;
	size_t i;

	if (handle->own) {
		struct trfs_bytes left = trfs_buffer_bytes(handle->own);
		size_t skip = offset < left.len ? (size_t)offset : left.len;

		left.len -= skip;
		*ret_got = left.len < size ? left.len : size;
		if (*ret_got > 0)
			memcpy(buf, left.data + skip, *ret_got);
		return 0;
	}
	if (!trfs_tree_side_file(&shown->tree, handle->place.local, &i))
		return -EISDIR;
	return trfs_side_files_read(shown->side_files, i, offset, buf, size, ret_got,
				    err);
}

static void read_whole_file(fuse_req_t req, const struct trfs_handle *handle,
			    uint64_t offset, size_t size)
{
	struct trfs_reply_buffers *buffers = &handle->place.service->buffers;
	void *buf = trfs_reply_buffers_take(buffers, size);
	struct trfs_error err = { 0 };
	size_t got;
	int rc;

	rc = buf ? read_to_buffer(handle, offset, buf, size, &got, &err) : -ENOMEM;
	if (rc == 0)
		fuse_reply_buf(req, buf, got);
	else if (!err.code)
		fuse_reply_err(req, -rc);
	else
		trfs_reply_failure(req, &err);
	if (buf)
		trfs_reply_buffers_give(buffers, buf, size);
}

static void count_read(struct trfs_service *service, size_t nr_bytes)
{
	__atomic_fetch_add(&service->nr_reads, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&service->nr_bytes, nr_bytes, __ATOMIC_RELAXED);
}

/**
 * struct interruption - a read that may wait, and be told that nobody waits for it
 */
struct interruption {
	struct trfs_shard_reader *reader;
	_Atomic bool happened;
};

static void interrupt(fuse_req_t req, void *user)
{
	struct interruption *interruption = user;

	(void)req;
	atomic_store(&interruption->happened, true);
	trfs_shard_reader_wake(interruption->reader);
}

static void read_shard(fuse_req_t req, struct trfs_handle *handle, uint64_t offset,
		       size_t size)
{
	struct interruption interruption = { .reader = handle->reader };
	struct trfs_shard_reader *reader = handle->reader;
	struct trfs_error err = { 0 };
	struct trfs_reply reply;
	int rc;

	fuse_req_interrupt_func(req, interrupt, &interruption);
	rc = trfs_shard_reader_read(reader, offset, size, &interruption.happened, &reply,
				    &err);
	fuse_req_interrupt_func(req, NULL, NULL);
	if (rc == 0) {
		count_read(handle->place.service, reply.len);
		fuse_reply_iov(req, reply.parts, reply.nr);
	} else if (rc == -EINTR) {
		fuse_reply_err(req, EINTR);
	} else {
		trfs_reply_failure(req, &err);
	}
	/* The handle may be gone by now; the reader waits for this. */
	trfs_reply_done(reader, &reply);
}

static void op_read(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
		    struct fuse_file_info *fi)
{
	struct trfs_handle *handle = trfs_handle_of(trfs_request_service(req), fi->fh);

	(void)inode;
	if (!handle)
		fuse_reply_err(req, ESTALE);
	else if (handle->reader)
		read_shard(req, handle, (uint64_t)offset, size);
	else
		read_whole_file(req, handle, (uint64_t)offset, size);
}

static void op_statfs(fuse_req_t req, fuse_ino_t inode)
{
	struct trfs_service *service = trfs_request_service(req);
	struct trfs_served *served = trfs_service_current(service);
	const struct trfs_tree *tree = &served->root->tree;
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
	trfs_service_release(service, served);
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
		.ioctl = trfs_op_ioctl,
	};
	trfs_read_only_fill(ops);
}
