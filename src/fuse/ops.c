/* SPDX-License-Identifier: MIT */
/*
 * Each operation unpacks its request, asks the tree or the stream, and replies exactly
 * once.  What an inode shows never changes, so the kernel may remember all of it: names
 * (also those that do not exist), attributes, directory entries, and bytes.
 */
#include "fuse/ops.h"

#include "fuse/attributes.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

/* Seconds; "for ever" would be a number that kernels clamp differently. */
#define FOREVER (10.0 * 365 * 86400)

/* As much as a listing of all attributes, or the longest path, needs. */
#define ATTRIBUTE_MAX ((size_t)1 << 16)
#define OWN_FILE_MAX  ((size_t)1 << 16)

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

/* Why an inode or a name was not found, or could not be shown. */
static void reply_refusal(fuse_req_t req, int rc, const struct trfs_error *err)
{
	if (rc == -ENOENT || rc == -ENOTDIR || rc == -ENFILE)
		fuse_reply_err(req, -rc);
	else if (rc == -ENOMEM || !err->code)
		fuse_reply_err(req, ENOMEM);
	else
		reply_failure(req, err);
}

/* What an inode is; replies where that cannot be told.  End with trfs_service_give(). */
static bool take(fuse_req_t req, fuse_ino_t inode, struct trfs_place_shown *ret)
{
	struct trfs_error err = { 0 };
	int rc = trfs_service_take(service_of(req), inode, ret, &err);

	if (rc < 0)
		reply_refusal(req, rc, &err);
	return rc == 0;
}

static int stat_place(const struct trfs_place_shown *place, struct stat *ret,
		      struct trfs_error *err)
{
	int rc = trfs_tree_stat(&place->shown->tree, place->local, ret, err);

	if (rc == 0)
		ret->st_ino = trfs_inode_join(place->view, place->local);
	return rc;
}

/* How long the kernel may believe attributes: for ever, but for what changes. */
static double timeout_of(const struct trfs_place_shown *place)
{
	enum trfs_own_file own;

	return trfs_tree_own_file(&place->shown->tree, place->local, &own) ? 0 : FOREVER;
}

/* Attributes of @inode, which was looked up. */
static int fill_entry(struct trfs_service *service, uint64_t inode,
		      struct fuse_entry_param *entry, struct trfs_error *err)
{
	struct trfs_place_shown place;
	int rc = trfs_service_take(service, inode, &place, err);

	if (rc < 0)
		return rc;
	entry->ino = inode;
	entry->attr_timeout = timeout_of(&place);
	rc = stat_place(&place, &entry->attr, err);
	trfs_service_give(&place);
	return rc;
}

static void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct trfs_service *service = service_of(req);
	struct fuse_entry_param entry = { .attr_timeout = FOREVER,
					  .entry_timeout = FOREVER };
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
		reply_refusal(req, rc, &err);
		return;
	}
	rc = fill_entry(service, inode, &entry, &err);
	if (rc < 0)
		reply_refusal(req, rc, &err);
	/* Who did not get the answer does not forget it either. */
	if (rc < 0 || fuse_reply_entry(req, &entry) < 0)
		trfs_service_forget(service, inode, 1);
}

static void op_forget(fuse_req_t req, fuse_ino_t inode, uint64_t nr)
{
	trfs_service_forget(service_of(req), inode, nr);
	fuse_reply_none(req);
}

static void op_forget_multi(fuse_req_t req, size_t nr, struct fuse_forget_data *forgets)
{
	for (size_t i = 0; i < nr; i++)
		trfs_service_forget(service_of(req), forgets[i].ino, forgets[i].nlookup);
	fuse_reply_none(req);
}

static void op_getattr(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	struct trfs_place_shown place;
	struct trfs_error err = { 0 };
	struct stat st;
	int rc;

	(void)fi;
	if (!take(req, inode, &place))
		return;
	rc = stat_place(&place, &st, &err);
	if (rc < 0)
		reply_refusal(req, rc, &err);
	else
		fuse_reply_attr(req, &st, timeout_of(&place));
	trfs_service_give(&place);
}

static void op_opendir(fuse_req_t req, fuse_ino_t inode, struct fuse_file_info *fi)
{
	struct trfs_place_shown place;

	if (!take(req, inode, &place))
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
	struct trfs_service *service = service_of(l->req);
	struct trfs_place_shown place = *l->place;
	struct fuse_entry_param entry = { .entry_timeout = FOREVER };
	bool looks_up = position > 1 && trfs_tree_is_sized(tree, local);
	size_t len;

	place.local = local;
	entry.attr_timeout = timeout_of(&place);
	if (looks_up && stat_place(&place, &entry.attr, NULL) == 0)
		entry.ino = trfs_inode_join(place.view, local);
	else
		entry.attr = trfs_tree_stat_type(tree, local);
	if (position == 1)
		entry.attr.st_ino = trfs_service_parent(service, l->place, local);
	else
		entry.attr.st_ino = trfs_inode_join(place.view, local);
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

	st.st_ino = trfs_inode_join(l->place->view, local);
	if (position == 1)
		st.st_ino = trfs_service_parent(service_of(l->req), l->place, local);
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
	struct trfs_reply_buffers *pool = &service_of(req)->buffers;
	struct trfs_place_shown place;
	struct listing l = { .req = req, .place = &place, .plus = plus, .size = size };

	if (!take(req, inode, &place))
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
	struct trfs_buffer *content = make_own(service_of(req), own);

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

	if (!take(req, inode, &place))
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

static void read_own(fuse_req_t req, const struct trfs_buffer *content, size_t size,
		     off_t offset)
{
	struct trfs_bytes left = trfs_buffer_bytes(content);
	size_t skip = (uint64_t)offset < left.len ? (size_t)offset : left.len;

	left.len -= skip;
	fuse_reply_buf(req, left.len > 0 ? (const char *)left.data + skip : NULL,
		       left.len < size ? left.len : size);
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
	struct trfs_service *service = service_of(req);
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
	if (!take(req, inode, &place))
		return;
	buf = trfs_reply_buffers_take(&service->buffers, size);
	rc = buf ? read_place(service, &place, (uint64_t)offset, buf, size, &got, &err)
		 : -ENOMEM;
	if (rc == 0)
		fuse_reply_buf(req, buf, got);
	else if (rc == -EISDIR || !err.code)
		fuse_reply_err(req, -rc);
	else
		reply_failure(req, &err);
	if (buf)
		trfs_reply_buffers_give(&service->buffers, buf, size);
	trfs_service_give(&place);
}

static void op_statfs(fuse_req_t req, fuse_ino_t inode)
{
	const struct trfs_tree *tree = &service_of(req)->root->tree;
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

static void op_getxattr(fuse_req_t req, fuse_ino_t inode, const char *name, size_t size)
{
	struct trfs_place_shown place;
	struct trfs_buffer value;
	int rc;

	if (!take(req, inode, &place))
		return;
	trfs_buffer_init(&value, ATTRIBUTE_MAX);
	rc = trfs_attribute_get(service_of(req), &place, name, &value);
	if (rc < 0)
		fuse_reply_err(req, -rc);
	else
		reply_sized(req, &value, size);
	trfs_buffer_done(&value);
	trfs_service_give(&place);
}

static void op_listxattr(fuse_req_t req, fuse_ino_t inode, size_t size)
{
	struct trfs_place_shown place;
	struct trfs_buffer names;

	if (!take(req, inode, &place))
		return;
	trfs_buffer_init(&names, ATTRIBUTE_MAX);
	trfs_attribute_list(&place, &names);
	reply_sized(req, &names, size);
	trfs_buffer_done(&names);
	trfs_service_give(&place);
}

void trfs_ops_fill(struct fuse_lowlevel_ops *ops)
{
	*ops = (struct fuse_lowlevel_ops){
		.init = op_init,
		.lookup = op_lookup,
		.forget = op_forget,
		.forget_multi = op_forget_multi,
		.getattr = op_getattr,
		.opendir = op_opendir,
		.readdir = op_readdir,
		.readdirplus = op_readdirplus,
		.open = op_open,
		.read = op_read,
		.release = op_release,
		.statfs = op_statfs,
		.getxattr = op_getxattr,
		.listxattr = op_listxattr,
	};
	trfs_read_only_fill(ops);
}
