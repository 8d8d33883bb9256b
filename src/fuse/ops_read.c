/* SPDX-License-Identifier: MIT */
/* Reading open files. */
#include "fuse/handle.h"
#include "fuse/request.h"

#include "dataset/source_reads.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* The kernel reads single pages only where somebody waits for them. */
#define PAGE ((size_t)4096)

/* What is left of @content from @offset on. */
static size_t copy_from(const struct trfs_buffer *content, uint64_t offset, void *buf,
			size_t size)
{
	struct trfs_bytes left = trfs_buffer_bytes(content);
	size_t skip = offset < left.len ? (size_t)offset : left.len;
	size_t got = left.len - skip < size ? left.len - skip : size;

	if (got > 0)
		memcpy(buf, left.data + skip, got);
	return got;
}

/* Files that are made as a whole, by way of a buffer: whoever reads can close the file,
 * which frees its content, as soon as the kernel has the reply, and that is before this
 * thread is done with it. */
static int read_to_buffer(const struct trfs_handle *handle, uint64_t offset, void *buf,
			  size_t size, size_t *ret_got, struct trfs_error *err)
{
	const struct trfs_shown *shown = handle->place.shown;
	size_t i;
	int rc;

	if (handle->own && offset >= handle->own_start) {
		*ret_got = copy_from(handle->own, offset - handle->own_start, buf, size);
		return 0;
	}
	if (!trfs_tree_side_file(&shown->tree, handle->place.local, &i))
		return -EISDIR;
	rc = trfs_side_files_read(shown->side_files, i, offset, buf, size, ret_got, err);
	if (rc == 0 && handle->own)
		*ret_got += copy_from(handle->own, 0, (char *)buf + *ret_got,
				      size - *ret_got);
	return rc;
}

/* Of a read that could not be done; true where it is tried again. */
static bool is_later(int rc)
{
	return rc == TRFS_READ_LATER || rc == -EINTR;
}

static void run_whole_file(struct trfs_pending_read *read)
{
	struct trfs_reply_buffers *buffers = &read->handle->place.service->buffers;
	void *buf = trfs_reply_buffers_take(buffers, read->size);
	size_t size = read->size;
	struct trfs_error err = { 0 };
	fuse_req_t req = read->req;
	size_t got;
	int rc;

	rc = buf ? read_to_buffer(read->handle, read->offset, buf, size, &got, &err)
		 : -ENOMEM;
	if (is_later(rc)) {
		trfs_pending_set_aside(read);
	} else {
		if (!trfs_pending_claim(read))
			;
		else if (rc == 0)
			fuse_reply_buf(req, buf, got);
		else if (!err.code)
			fuse_reply_err(req, -rc);
		else
			trfs_reply_failure(req, &err);
		trfs_pending_leave(read);
	}
	if (buf)
		trfs_reply_buffers_give(buffers, buf, size);
}

static void count_read(struct trfs_service *service, size_t nr_bytes)
{
	__atomic_fetch_add(&service->nr_reads, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&service->nr_bytes, nr_bytes, __ATOMIC_RELAXED);
}

static void run_shard(struct trfs_pending_read *read)
{
	struct trfs_shard_reader *reader = read->handle->reader;
	struct trfs_error err = { 0 };
	fuse_req_t req = read->req;
	struct trfs_reply reply;
	bool is_ours;
	int rc = trfs_shard_reader_read(reader, read->offset, read->size, &read->answered,
					&reply, &err);

	is_ours = !is_later(rc) && trfs_pending_claim(read);
	if (is_ours && rc == 0) {
		count_read(read->handle->place.service, reply.len);
		fuse_reply_iov(req, reply.parts, reply.nr);
	} else if (is_ours) {
		trfs_reply_failure(req, &err);
	}
	/* The file may be closed by now; the reader waits for this. */
	trfs_reply_done(reader, &reply);
	if (is_later(rc))
		trfs_pending_set_aside(read);
	else
		trfs_pending_leave(read);
}

void trfs_pending_run(struct trfs_pending_read *read)
{
	if (read->handle->reader)
		run_shard(read);
	else
		run_whole_file(read);
}

void trfs_op_read(fuse_req_t req, fuse_ino_t inode, size_t size, off_t offset,
		  struct fuse_file_info *fi)
{
	struct trfs_service *service = trfs_request_service(req);
	struct trfs_handle *handle = trfs_handle_of(service, fi->fh);
	bool is_ahead = !service->direct && !(fi->flags & O_DIRECT) && size > PAGE;

	if (!handle) {
		fuse_reply_err(req, ESTALE);
		return;
	}
	trfs_pending_begin(&service->pending, req, handle, inode, (uint64_t)offset, size,
			   is_ahead && handle->reader);
}
