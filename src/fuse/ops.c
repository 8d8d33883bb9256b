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

/* Its path in the mount; at its level this is many lines. */
static void log_open(const struct trfs_place_shown *place)
{
	struct trfs_service *service = place->service;
	struct trfs_buffer path;
	const char *text;

	if (!trfs_log_wants(&service->log, TRFS_LOG_DEBUG))
		return;
	trfs_buffer_init(&path, PATH_MAX);
	trfs_service_print_view(service, place, &path);
	if (path.len > 0)
		trfs_buffer_put_u8(&path, '/');
	trfs_tree_print_path(&place->shown->tree, place->local, &path);
	text = path.len > 0 ? trfs_buffer_text(&path) : NULL;
	if (text)
		trfs_log_line(&service->log, TRFS_LOG_DEBUG, "opened %.*s",
			      (int)path.len - 1, text);
	trfs_buffer_done(&path);
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
	log_open(&place);
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
		.read = trfs_op_read,
		.release = op_release,
		.statfs = op_statfs,
		.getxattr = trfs_op_getxattr,
		.listxattr = trfs_op_listxattr,
		.ioctl = trfs_op_ioctl,
	};
	trfs_read_only_fill(ops);
}
