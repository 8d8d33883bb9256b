/* SPDX-License-Identifier: MIT */
/* Extended attributes. */
#include "fuse/attributes.h"
#include "fuse/request.h"

#include <errno.h>

/* As much as a listing of all attributes, or the longest path, needs. */
#define ATTRIBUTE_MAX ((size_t)1 << 16)

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

void trfs_op_getxattr(fuse_req_t req, fuse_ino_t inode, const char *name, size_t size)
{
	struct trfs_place_shown place;
	struct trfs_buffer value;
	int rc;

	if (!trfs_request_take(req, inode, &place))
		return;
	trfs_buffer_init(&value, ATTRIBUTE_MAX);
	rc = trfs_attribute_get(trfs_request_service(req), &place, name, &value);
	if (rc < 0)
		fuse_reply_err(req, -rc);
	else
		reply_sized(req, &value, size);
	trfs_buffer_done(&value);
	trfs_service_give(&place);
}

void trfs_op_listxattr(fuse_req_t req, fuse_ino_t inode, size_t size)
{
	struct trfs_place_shown place;
	struct trfs_buffer names;

	if (!trfs_request_take(req, inode, &place))
		return;
	trfs_buffer_init(&names, ATTRIBUTE_MAX);
	trfs_attribute_list(&place, &names);
	reply_sized(req, &names, size);
	trfs_buffer_done(&names);
	trfs_service_give(&place);
}
