/* SPDX-License-Identifier: MIT */
/* A shard's handle ends when nothing is loaded for it any more, which may be later. */
#include "fuse/handle.h"

#include "base/error.h"
#include <stdatomic.h>
#include <stdlib.h>

/* Metrics are a few lines, the log a few hundred of a thousand bytes at most; of status
 * the paths of all reads that are stuck are the most. */
#define OWN_FILE_MAX ((size_t)8 << 20)

/* Addresses of user space have 47 bits, so the rest tells workers from each other. */
#define ADDRESS_BITS 48

static uint64_t tag_of(const struct trfs_service *service)
{
	return (uint64_t)service->nr_workers_before << ADDRESS_BITS;
}

/*
 * The kernel hands the number on to another thread, which is no order that the language
 * knows of: what the handle holds is written before this counts, and read after a look at
 * the count.
 */
uint64_t trfs_handle_number(const struct trfs_handle *handle)
{
	atomic_fetch_add_explicit(&handle->place.service->nr_told, 1,
				  memory_order_release);
	return (uint64_t)(uintptr_t)handle ^ tag_of(handle->place.service);
}

struct trfs_handle *trfs_handle_of(const struct trfs_service *service, uint64_t fh)
{
	fh ^= tag_of(service);
	(void)atomic_load_explicit(&service->nr_told, memory_order_acquire);
	return fh >> ADDRESS_BITS ? NULL : (struct trfs_handle *)(uintptr_t)fh;
}

static void end_handle(void *user)
{
	struct trfs_handle *handle = user;

	trfs_service_give(&handle->place);
	if (handle->own)
		trfs_buffer_done(handle->own);
	free(handle->own);
	free(handle);
}

/* What one of the mount's own files says now; NULL without memory. */
static struct trfs_buffer *make_own(struct trfs_service *service, enum trfs_own_file own)
{
	struct trfs_buffer *content = malloc(sizeof(*content));

	if (!content)
		return NULL;
	trfs_buffer_init(content, OWN_FILE_MAX);
	switch (own) {
	case TRFS_OWN_METRICS:
		trfs_service_print_metrics(service, content);
		break;
	case TRFS_OWN_STATUS:
		trfs_service_print_status(service, content);
		break;
	case TRFS_OWN_LOG:
		trfs_log_print(&service->log, content);
		break;
	default:
		trfs_buffer_printf(content, "%s\n", TRFS_VERSION);
	}
	return content;
}

/* What cannot be read now stands behind what was wrong when it was indexed. */
static int fill_problems(struct trfs_handle *handle, size_t side_file,
			 struct trfs_error *err)
{
	const struct trfs_place_shown *place = &handle->place;

	handle->own = malloc(sizeof(*handle->own));
	if (!handle->own)
		return trfs_fail_memory(err, "problems.csv");
	trfs_buffer_init(handle->own, TRFS_FAILURES_CSV_MAX);
	trfs_failures_print_csv(&place->service->failures, handle->own);
	return trfs_side_files_size(place->shown->side_files, side_file,
				    &handle->own_start, err);
}

static int fill(struct trfs_handle *handle, struct trfs_error *err)
{
	const struct trfs_place_shown *place = &handle->place;
	enum trfs_own_file own;
	size_t side_file;
	uint32_t shard;
	int rc;

	if (trfs_tree_own_file(&place->shown->tree, place->local, &own)) {
		handle->own = make_own(place->service, own);
		return handle->own
			       ? 0
			       : trfs_fail_memory(err, "what the mount says of itself");
	}
	if (trfs_place_is_problems(place, &side_file))
		return fill_problems(handle, side_file, err);
	if (!trfs_tree_shard(&place->shown->tree, place->local, &shard))
		return 0;
	rc = trfs_shard_reader_open(place->served->read_ahead, place->shown->view, shard,
				    end_handle, handle, &handle->reader, err);
	return rc < 0 ? rc : trfs_generation_check(place->served->generation, err);
}

static void link_handle(struct trfs_handle *handle)
{
	struct trfs_service *service = handle->place.service;

	pthread_mutex_lock(&service->handles_lock);
	handle->next = service->handles;
	if (handle->next)
		handle->next->previous = handle;
	service->handles = handle;
	service->nr_handles++;
	pthread_mutex_unlock(&service->handles_lock);
}

static void unlink_handle(struct trfs_handle *handle)
{
	struct trfs_service *service = handle->place.service;

	pthread_mutex_lock(&service->handles_lock);
	if (handle->previous)
		handle->previous->next = handle->next;
	else
		service->handles = handle->next;
	if (handle->next)
		handle->next->previous = handle->previous;
	service->nr_handles--;
	pthread_mutex_unlock(&service->handles_lock);
}

int trfs_handle_open(const struct trfs_place_shown *place, struct trfs_handle **ret,
		     struct trfs_error *err)
{
	struct trfs_handle *handle = calloc(1, sizeof(*handle));
	int rc;

	if (!handle) {
		trfs_service_give(place);
		return trfs_fail_memory(err, "an open file");
	}
	handle->place = *place;
	handle->nr_users = 1;
	rc = fill(handle, err);
	if (rc < 0) {
		trfs_handle_drop(handle);
		return rc;
	}
	link_handle(handle);
	*ret = handle;
	return 0;
}

void trfs_handle_close(struct trfs_handle *handle)
{
	unlink_handle(handle);
	trfs_handle_drop(handle);
}

void trfs_handle_keep(struct trfs_handle *handle)
{
	atomic_fetch_add(&handle->nr_users, 1);
}

void trfs_handle_drop(struct trfs_handle *handle)
{
	if (atomic_fetch_sub(&handle->nr_users, 1) > 1)
		return;
	if (handle->reader)
		trfs_shard_reader_close(handle->reader);
	else
		end_handle(handle);
}

void trfs_handles_close_all(struct trfs_service *service)
{
	while (service->handles)
		trfs_handle_close(service->handles);
}
