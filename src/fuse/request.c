/* SPDX-License-Identifier: MIT */
/* What operations have in common: the request's service and inode, and replies that
 * refuse. */
#include "fuse/request.h"

#include <errno.h>

struct trfs_service *trfs_request_service(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

void trfs_reply_failure(fuse_req_t req, const struct trfs_error *err)
{
	struct trfs_service *service = trfs_request_service(req);

	trfs_failures_note(&service->failures, err);
	fuse_reply_err(req, err->code == -ENOMEM ? ENOMEM : EIO);
}

void trfs_reply_refusal(fuse_req_t req, int rc, const struct trfs_error *err)
{
	if (rc == -ENOENT || rc == -ENOTDIR || rc == -ENFILE || rc == -ESTALE)
		fuse_reply_err(req, -rc);
	else if (rc == -ENOMEM || !err->code)
		fuse_reply_err(req, ENOMEM);
	else
		trfs_reply_failure(req, err);
}

/* What an inode is; replies where that cannot be told.  End with trfs_service_give(). */
bool trfs_request_take(fuse_req_t req, fuse_ino_t inode, struct trfs_place_shown *ret)
{
	struct trfs_error err = { 0 };
	int rc = trfs_service_take(trfs_request_service(req), inode, ret, &err);

	if (rc < 0)
		trfs_reply_refusal(req, rc, &err);
	return rc == 0;
}

int trfs_place_stat(const struct trfs_place_shown *place, struct stat *ret,
		    struct trfs_error *err)
{
	const struct trfs_tree *tree = &place->shown->tree;
	int rc = trfs_tree_stat(tree, place->local, ret, err);
	enum trfs_own_file own;
	size_t i;

	if (rc == 0)
		ret->st_ino = trfs_place_inode(place, place->local);
	if (rc == 0 && place->view == 0)
		trfs_stat_set_time(ret,
				   trfs_served_mtime_ns(place->served, place->local));
	if (rc == 0 && trfs_place_is_problems(place, &i))
		trfs_stat_add_size(ret,
				   trfs_failures_csv_size(&place->service->failures));
	/* What the size was taken from may have gone from under us; the mount's own
	 * files tell so. */
	if (rc == 0 && S_ISREG(ret->st_mode) &&
	    !trfs_tree_own_file(tree, place->local, &own))
		rc = trfs_generation_check(place->served->generation, err);
	/* It is an image that is not there, and not the file that is made of it. */
	if (rc == -ENOENT && trfs_tree_side_file(tree, place->local, &i))
		rc = -EIO;
	return rc;
}

double trfs_place_timeout(const struct trfs_place_shown *place)
{
	enum trfs_own_file own;

	size_t i;

	if (trfs_tree_own_file(&place->shown->tree, place->local, &own) ||
	    trfs_place_is_problems(place, &i))
		return 0;
	return TRFS_FOREVER;
}
