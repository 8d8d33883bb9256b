/* SPDX-License-Identifier: MIT */
/*
 * Directories of views are kept by path and made by key: two spellings of one view are
 * two directories with inodes of their own, and show one thing.
 */
#include "fuse/service.h"

#include "base/error.h"
#include "fuse/handle.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* The key of what every directory on the way to views shows: nothing. */
#define KEY_PARTIAL "partial"

static int make_shown(void *user, const char *key, const void *argument, void **ret,
		      struct trfs_error *err)
{
	struct trfs_service *service = user;
	struct trfs_shown *shown;
	int rc;

	(void)key;
	rc = trfs_shown_make(service->stream, argument, service->owner, &shown, err);
	if (rc == 0)
		*ret = shown;
	return rc;
}

static void destroy_shown(void *user, void *thing)
{
	(void)user;
	trfs_shown_free(thing);
}

static uint64_t memory_of_shown(void *user, const void *thing)
{
	(void)user;
	return trfs_shown_memory(thing);
}

static int make_parts(struct trfs_service *service, struct trfs_error *err)
{
	static const struct trfs_cache_kind kind = { .make = make_shown,
						     .destroy = destroy_shown,
						     .memory = memory_of_shown };
	static const struct trfs_view_spec root = { .nr_steps = 0 };
	uint64_t budget = TRFS_VIEWS_BYTES_MAX +
			  trfs_stream_root(service->stream)->plan->nr_records *
				  TRFS_VIEWS_BYTES_A_RECORD;

	if (trfs_read_ahead_new(service->stream, &service->read_ahead) < 0 ||
	    trfs_cache_new(&kind, service, budget, &service->views) < 0 ||
	    trfs_view_nodes_new(&service->nodes) < 0)
		return trfs_fail_memory(err, "the mount");
	return trfs_shown_make(service->stream, &root, service->owner, &service->root,
			       err);
}

int trfs_service_init(struct trfs_service *service,
		      const struct trfs_generation *generation, struct trfs_error *err)
{
	int rc = trfs_stream_open(generation, &service->stream, err);

	if (rc < 0)
		return rc;
	/* What the kernel keeps of shards is the one copy there should be. */
	trfs_stream_leave_uncached(service->stream);
	service->owner = (struct trfs_shown_owner){ .uid = geteuid(), .gid = getegid() };
	pthread_mutex_init(&service->handles_lock, NULL);
	service->handles = NULL;
	trfs_reply_buffers_init(&service->buffers);
	trfs_failures_init(&service->failures);
	rc = make_parts(service, err);
	if (rc < 0)
		trfs_service_done(service);
	return rc;
}

void trfs_service_done(struct trfs_service *service)
{
	trfs_handles_close_all(service);
	trfs_read_ahead_free(service->read_ahead);
	trfs_cache_free(service->views);
	trfs_view_nodes_free(service->nodes);
	trfs_shown_free(service->root);
	trfs_failures_done(&service->failures);
	trfs_reply_buffers_done(&service->buffers);
	pthread_mutex_destroy(&service->handles_lock);
	trfs_stream_close(service->stream);
}

static struct trfs_view_context context_of(const struct trfs_service *service)
{
	return trfs_generation_view_context(service->root->view->generation);
}

/* What the directory at @path means; -ENOENT where there is none. */
static int parse_path(const struct trfs_service *service, const char *path,
		      struct trfs_view_spec *ret)
{
	struct trfs_view_context context = context_of(service);

	switch (trfs_view_path_parse(&context, path, ret)) {
	case TRFS_VIEW_NONE:
		return -ENOENT;
	case TRFS_VIEW_PARTIAL:
		ret->nr_steps = 0;
		break;
	case TRFS_VIEW_WHOLE:
		break;
	}
	return 0;
}

/* What a directory of that meaning shows; without steps, nothing. */
static int take_view(struct trfs_service *service, const struct trfs_view_spec *spec,
		     struct trfs_shown **ret, struct trfs_error *err)
{
	char key[TRFS_VIEW_KEY_MAX] = KEY_PARTIAL;
	bool is_whole = spec->nr_steps > 0;
	void *thing = NULL;
	int rc;

	if (is_whole)
		trfs_view_spec_key(spec, key);
	rc = trfs_cache_take(service->views, key, is_whole ? spec : NULL, &thing, err);
	*ret = thing;
	return rc;
}

int trfs_service_take(struct trfs_service *service, uint64_t inode,
		      struct trfs_place_shown *ret, struct trfs_error *err)
{
	struct trfs_view_spec spec;

	*ret = (struct trfs_place_shown){ .service = service,
					  .shown = service->root,
					  .view = trfs_inode_view(inode),
					  .local = trfs_inode_local(inode) };
	if (ret->view == 0)
		return 0;
	if (!trfs_view_nodes_spec(service->nodes, ret->view, &spec))
		return trfs_fail(err, -ENOENT, "no such inode");
	return take_view(service, &spec, &ret->shown, err);
}

void trfs_service_give(const struct trfs_place_shown *place)
{
	if (place->view != 0)
		trfs_cache_give(place->service->views, place->shown);
}

/* The path of @name in a directory of @place, from the root; *@ret is the caller's. */
static int make_path(struct trfs_service *service, const struct trfs_place_shown *place,
		     const char *name, struct trfs_buffer *ret)
{
	trfs_service_print_view(service, place, ret);
	if (ret->len > 0)
		trfs_buffer_put_u8(ret, '/');
	trfs_tree_print_path(&place->shown->tree, place->local, ret);
	trfs_buffer_printf(ret, "%s", name);
	if (trfs_buffer_text(ret))
		return 0;
	/* Else longer than any path of views. */
	return ret->lacks_memory ? -ENOMEM : -ENOENT;
}

/* The directory of a view, which has to exist. */
static int look_up_view(struct trfs_service *service, uint64_t parent,
			const struct trfs_place_shown *place, const char *name,
			uint64_t *ret, struct trfs_error *err)
{
	struct trfs_view_spec spec;
	struct trfs_shown *shown;
	struct trfs_buffer path;
	uint32_t number;
	int rc;

	trfs_buffer_init(&path, PATH_MAX);
	rc = make_path(service, place, name, &path);
	if (rc == 0)
		rc = parse_path(service, trfs_buffer_text(&path), &spec);
	if (rc == 0)
		rc = take_view(service, &spec, &shown, err);
	if (rc == 0) {
		trfs_cache_give(service->views, shown);
		rc = trfs_view_nodes_look_up(service->nodes, trfs_buffer_text(&path),
					     parent, &spec, &number);
	}
	if (rc == 0)
		*ret = trfs_inode_join(number, TRFS_INODE_ROOT);
	trfs_buffer_done(&path);
	return rc;
}

int trfs_service_look_up(struct trfs_service *service, uint64_t parent, const char *name,
			 uint64_t *ret, struct trfs_error *err)
{
	struct trfs_place_shown place;
	uint64_t local;
	int rc = trfs_service_take(service, parent, &place, err);

	if (rc < 0)
		return rc;
	local = trfs_tree_lookup(&place.shown->tree, place.local, name);
	if (local) {
		*ret = trfs_inode_join(place.view, local);
		trfs_service_count(service, *ret);
	} else if (trfs_tree_directory(&place.shown->tree, place.local)) {
		rc = look_up_view(service, parent, &place, name, ret, err);
	} else {
		rc = -ENOTDIR;
	}
	trfs_service_give(&place);
	return rc;
}

uint64_t trfs_service_parent(struct trfs_service *service,
			     const struct trfs_place_shown *place, uint64_t local_parent)
{
	uint64_t parent = TRFS_INODE_ROOT;
	char *path = NULL;

	if (place->view == 0 || place->local != TRFS_INODE_ROOT)
		return trfs_inode_join(place->view, local_parent);
	if (trfs_view_nodes_get(service->nodes, place->view, &path, &parent))
		free(path);
	return parent;
}

void trfs_service_count(struct trfs_service *service, uint64_t inode)
{
	if (trfs_inode_view(inode) != 0)
		trfs_view_nodes_count(service->nodes, trfs_inode_view(inode));
}

void trfs_service_forget(struct trfs_service *service, uint64_t inode, uint64_t nr)
{
	if (trfs_inode_view(inode) != 0)
		trfs_view_nodes_forget(service->nodes, trfs_inode_view(inode), nr);
}

void trfs_service_print_view(struct trfs_service *service,
			     const struct trfs_place_shown *place,
			     struct trfs_buffer *ret)
{
	uint64_t parent;
	char *path = NULL;

	if (place->view == 0 ||
	    !trfs_view_nodes_get(service->nodes, place->view, &path, &parent))
		return;
	/* A path without its beginning would be another one. */
	if (path)
		trfs_buffer_printf(ret, "%s", path);
	else
		ret->failed = ret->lacks_memory = true;
	free(path);
}

struct trfs_init_exchange *trfs_init_exchange_of(void *userdata)
{
	struct trfs_service *service = userdata;

	return &service->init;
}

bool trfs_service_age(struct trfs_service *service)
{
	bool has_read_ahead = trfs_read_ahead_age(service->read_ahead);

	return trfs_cache_age(service->views) || has_read_ahead;
}
