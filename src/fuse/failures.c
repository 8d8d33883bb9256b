/* SPDX-License-Identifier: MIT */
/* Failing reads are rare, so one lock will do. */
#include "fuse/failures.h"

void trfs_failures_init(struct trfs_failures *failures)
{
	*failures = (struct trfs_failures){ .nr = 0 };
	pthread_mutex_init(&failures->lock, NULL);
}

void trfs_failures_done(struct trfs_failures *failures)
{
	pthread_mutex_destroy(&failures->lock);
}

void trfs_failures_note(struct trfs_failures *failures, const struct trfs_error *err)
{
	pthread_mutex_lock(&failures->lock);
	failures->nr++;
	failures->last = *err;
	pthread_mutex_unlock(&failures->lock);
}

uint64_t trfs_failures_count(struct trfs_failures *failures)
{
	uint64_t nr;

	pthread_mutex_lock(&failures->lock);
	nr = failures->nr;
	pthread_mutex_unlock(&failures->lock);
	return nr;
}

void trfs_failures_print_last(struct trfs_failures *failures, struct trfs_buffer *ret)
{
	pthread_mutex_lock(&failures->lock);
	if (failures->last.code)
		trfs_buffer_printf(ret, "%s", failures->last.message);
	pthread_mutex_unlock(&failures->lock);
}
