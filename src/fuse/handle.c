/* SPDX-License-Identifier: MIT */
/* A shard's handle ends when nothing is loaded for it any more, which may be later. */
#include "fuse/handle.h"

#include "base/error.h"
#include <stdlib.h>

/* Metrics are a few lines. */
#define OWN_FILE_MAX ((size_t)1 << 16)

/* Addresses of user space have 47 bits, so the rest tells workers from each other. */
#define ADDRESS_BITS 48

static uint64_t tag_of(const struct trfs_service *service)
{
	return (uint64_t)service->nr_workers_before << ADDRESS_BITS;
}

uint64_t trfs_handle_number(const struct trfs_handle *handle)
{
	return (uint64_t)(uintptr_t)handle ^ tag_of(handle->place.service);
}

struct trfs_handle *trfs_handle_of(const struct trfs_service *service, uint64_t fh)
{
	fh ^= tag_of(service);
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
	if (own == TRFS_OWN_METRICS)
		trfs_service_print_metrics(service, content);
	else
		trfs_buffer_printf(content, "%s\n", TRFS_VERSION);
	return content;
}

static int fill(struct trfs_handle *handle, struct trfs_error *err)
{
	const struct trfs_place_shown *place = &handle->place;
	enum trfs_own_file own;
	uint32_t shard;

	if (trfs_tree_own_file(&place->shown->tree, place->local, &own)) {
		handle->own = make_own(place->service, own);
		return handle->own ? 0 : trfs_fail_memory(err, "metrics");
	}
	if (!trfs_tree_shard(&place->shown->tree, place->local, &shard))
		return 0;
	return trfs_shard_reader_open(place->served->read_ahead, place->shown->view,
				      shard, end_handle, handle, &handle->reader, err);
}

static void link_handle(struct trfs_handle *handle)
{
	struct trfs_service *service = handle->place.service;

	pthread_mutex_lock(&service->handles_lock);
	handle->next = service->handles;
	if (handle->next)
		handle->next->previous = handle;
	service->handles = handle;
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
	rc = fill(handle, err);
	if (rc < 0) {
		end_handle(handle);
		return rc;
	}
	link_handle(handle);
	*ret = handle;
	return 0;
}

void trfs_handle_close(struct trfs_handle *handle)
{
	unlink_handle(handle);
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
