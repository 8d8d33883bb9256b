/* SPDX-License-Identifier: MIT */
/*
 * Generations and directories of views, by inode.  A generation that is served no more is
 * freed by the thread that lets things age, as it waits for its loaders.
 */
#include "fuse/service.h"

#include "base/clock.h"
#include "base/error.h"
#include "fuse/clock_text.h"
#include "fuse/handle.h"
#include "fuse/ops.h"
#include "index/known_sums.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* Each worker numbers directories from elsewhere on, so that the kernel, which remembers
 * those of the one before, is told that they are stale. */
#define NUMBERS_A_WORKER_BITS 20

#define NS_PER_SECOND 1000000000

/* Who shares an index that cannot be written computes checksums for himself. */
static void tell_whether_sums_are_kept(struct trfs_service *service,
				       const struct trfs_generation *generation)
{
	const char *index = trfs_generation_index_path(generation);

	if (index && !trfs_known_sums_are_kept(generation))
		trfs_log_line(&service->log, TRFS_LOG_INFO,
			      "checksums of what is read are kept in memory, as nothing "
			      "can be written beside %s",
			      index);
}

int trfs_service_init(struct trfs_service *service, struct trfs_generation *generation,
		      struct trfs_error *err)
{
	int rc;

	service->served = NULL;
	pthread_mutex_init(&service->served_lock, NULL);
	pthread_mutex_init(&service->handles_lock, NULL);
	service->handles = NULL;
	trfs_reply_buffers_init(&service->buffers);
	trfs_failures_init(&service->failures, &service->log);
	trfs_source_reads_init(&service->reads, &service->failures.watch);
	trfs_pending_init(&service->pending, trfs_pending_run);
	trfs_rates_init(&service->rates);
	service->started = trfs_clock_now();
	service->started_ms = trfs_clock_ms();
	rc = trfs_view_nodes_new(service->nr_workers_before << NUMBERS_A_WORKER_BITS,
				 &service->nodes);
	if (rc < 0)
		trfs_fail_memory(err, "the mount");
	else
		rc = trfs_service_prepare(service, generation, &service->served, err);
	if (rc == 0)
		tell_whether_sums_are_kept(service, generation);
	if (rc < 0) {
		trfs_generation_free(generation);
		trfs_service_done(service);
	}
	return rc;
}

void trfs_service_done(struct trfs_service *service)
{
	trfs_pending_done(&service->pending);
	trfs_handles_close_all(service);
	while (service->served) {
		struct trfs_served *served = service->served;

		service->served = served->next;
		trfs_served_free(served);
	}
	trfs_view_nodes_free(service->nodes);
	trfs_source_reads_done(&service->reads);
	trfs_failures_done(&service->failures);
	trfs_rates_done(&service->rates);
	trfs_reply_buffers_done(&service->buffers);
	pthread_mutex_destroy(&service->handles_lock);
	pthread_mutex_destroy(&service->served_lock);
}

int trfs_service_prepare(struct trfs_service *service, struct trfs_generation *generation,
			 struct trfs_served **ret, struct trfs_error *err)
{
	struct trfs_shown_owner owner;
	uint32_t number = 0;
	int rc = trfs_readers_owner(&service->readers, generation->catalog, &owner, err);

	if (rc < 0)
		return rc;
	/* The very first one has the plainest inodes. */
	if (service->served || service->nr_workers_before > 0) {
		rc = trfs_view_nodes_add_root(service->nodes, &number);
		if (rc < 0)
			return trfs_fail_errno(err, rc, "another generation");
	}
	owner.mtime_ns = INT64_MIN;
	/* Whoever copies what is younger has to see that all of it is. */
	if (service->served)
		owner.mtime_ns = service->served->owner.mtime_ns + NS_PER_SECOND;
	rc = trfs_served_new(generation, owner, number, ret, err);
	if (rc == 0)
		trfs_stream_watch((*ret)->stream, &service->reads);
	else if (number)
		trfs_view_nodes_forget(service->nodes, number, 1);
	return rc;
}

void trfs_service_switch(struct trfs_service *service, struct trfs_served *next)
{
	pthread_mutex_lock(&service->served_lock);
	next->next = service->served;
	service->served = next;
	pthread_mutex_unlock(&service->served_lock);
	trfs_failures_forget(&service->failures);
}

struct trfs_served *trfs_service_current(struct trfs_service *service)
{
	struct trfs_served *current;

	pthread_mutex_lock(&service->served_lock);
	current = service->served;
	current->nr_uses++;
	pthread_mutex_unlock(&service->served_lock);
	return current;
}

void trfs_service_release(struct trfs_service *service, struct trfs_served *served)
{
	pthread_mutex_lock(&service->served_lock);
	served->nr_uses--;
	pthread_mutex_unlock(&service->served_lock);
}

uint64_t trfs_service_nr_served(struct trfs_service *service)
{
	uint64_t nr = 0;

	pthread_mutex_lock(&service->served_lock);
	for (const struct trfs_served *s = service->served; s; s = s->next)
		nr++;
	pthread_mutex_unlock(&service->served_lock);
	return nr;
}

/* What has that number and still is served to whoever has it open; NULL: nothing. */
static struct trfs_served *find_served(struct trfs_service *service, uint32_t number)
{
	struct trfs_served *served = service->served;

	while (served && served->number != number)
		served = served->next;
	return served;
}

/* The generation whose root has @inode; the current one, where it has it too. */
static struct trfs_served *take_root_of(struct trfs_service *service, uint64_t inode,
					uint64_t *ret_local)
{
	struct trfs_served *found;

	pthread_mutex_lock(&service->served_lock);
	found = service->served;
	if (!trfs_served_find(found, inode, ret_local)) {
		*ret_local = trfs_inode_local(inode);
		found = find_served(service, trfs_inode_view(inode));
	}
	if (found)
		found->nr_uses++;
	pthread_mutex_unlock(&service->served_lock);
	return found;
}

static struct trfs_served *take_served(struct trfs_service *service, uint32_t number)
{
	struct trfs_served *found;

	pthread_mutex_lock(&service->served_lock);
	found = find_served(service, number);
	if (found)
		found->nr_uses++;
	pthread_mutex_unlock(&service->served_lock);
	return found;
}

int trfs_service_take(struct trfs_service *service, uint64_t inode,
		      struct trfs_place_shown *ret, struct trfs_error *err)
{
	struct trfs_view_spec spec;
	uint32_t root = 0;
	int rc;

	*ret = (struct trfs_place_shown){ .service = service };
	ret->served = take_root_of(service, inode, &ret->local);
	if (ret->served) {
		ret->shown = ret->served->root;
		return 0;
	}
	ret->view = trfs_inode_view(inode);
	if (trfs_view_nodes_spec(service->nodes, ret->view, &root, &spec))
		ret->served = take_served(service, root);
	if (!ret->served)
		return trfs_fail(err, -ESTALE, "what was shown there is not any more");
	rc = trfs_served_take_view(ret->served, &spec, &ret->shown, err);
	if (rc < 0)
		trfs_service_release(service, ret->served);
	return rc;
}

void trfs_service_give(const struct trfs_place_shown *place)
{
	if (place->view != 0)
		trfs_cache_give(place->served->views, place->shown);
	trfs_service_release(place->service, place->served);
}

bool trfs_place_is_problems(const struct trfs_place_shown *place, size_t *ret_side_file)
{
	return place->view == 0 &&
	       trfs_tree_side_file(&place->shown->tree, place->local, ret_side_file) &&
	       strcmp(trfs_side_files_path(place->shown->side_files, *ret_side_file),
		      "problems.csv") == 0;
}

uint64_t trfs_place_inode(const struct trfs_place_shown *place, uint64_t local)
{
	return place->view == 0 ? trfs_served_inode(place->served, local)
				: trfs_inode_join(place->view, local);
}

/* What the directory at @path means; -ENOENT where there is none. */
static int parse_path(const struct trfs_served *served, const char *path,
		      struct trfs_view_spec *ret)
{
	struct trfs_view_context context =
		trfs_generation_view_context(served->generation);

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
		rc = parse_path(place->served, trfs_buffer_text(&path), &spec);
	if (rc == 0)
		rc = trfs_served_take_view(place->served, &spec, &shown, err);
	if (rc == 0) {
		trfs_cache_give(place->served->views, shown);
		rc = trfs_view_nodes_look_up(service->nodes, place->served->number,
					     trfs_buffer_text(&path), parent, &spec,
					     &number);
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
		*ret = trfs_place_inode(&place, local);
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
		return trfs_place_inode(place, local_parent);
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

/* Those that are not current and that nobody uses, taken off the list. */
static struct trfs_served *take_unused(struct trfs_service *service)
{
	struct trfs_served *unused = NULL;

	pthread_mutex_lock(&service->served_lock);
	for (struct trfs_served **at = &service->served->next; *at;) {
		struct trfs_served *served = *at;

		if (served->nr_uses > 0) {
			at = &served->next;
			continue;
		}
		*at = served->next;
		served->next = unused;
		unused = served;
	}
	pthread_mutex_unlock(&service->served_lock);
	return unused;
}

bool trfs_service_sweep(struct trfs_service *service)
{
	struct trfs_served *unused = take_unused(service);
	bool has_freed = unused;

	while (unused) {
		struct trfs_served *served = unused;

		unused = served->next;
		trfs_view_nodes_forget(service->nodes, served->number, 1);
		trfs_served_free(served);
		trfs_log_line(&service->log, TRFS_LOG_INFO,
			      "what was shown before a reload is used no more");
	}
	return has_freed;
}

bool trfs_service_age(struct trfs_service *service)
{
	struct trfs_served *served = trfs_service_current(service);
	bool has_freed = false;

	trfs_service_release(service, served);
	/* Who calls is the only one that takes anything off the list. */
	for (; served; served = served->next)
		has_freed |= trfs_served_age(served);
	return has_freed;
}
