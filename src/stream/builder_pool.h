/* SPDX-License-Identifier: MIT */
/* Example builders for however many threads read at once; each keeps its memory. */
#ifndef TRFS_STREAM_BUILDER_POOL_H
#define TRFS_STREAM_BUILDER_POOL_H

#include "dataset/schema.h"
#include <pthread.h>

struct trfs_pooled_builder;

struct trfs_builder_pool {
	pthread_mutex_t lock;
	struct trfs_pooled_builder *idle;
	const struct trfs_schema *schema;
	const struct trfs_catalog *catalog;
};

void trfs_builder_pool_init(struct trfs_builder_pool *pool,
			    const struct trfs_schema *schema,
			    const struct trfs_catalog *catalog);
/* All builders must have been given back. */
void trfs_builder_pool_done(struct trfs_builder_pool *pool);

/* NULL: no memory. */
struct trfs_example_builder *trfs_builder_pool_take(struct trfs_builder_pool *pool);
void trfs_builder_pool_give(struct trfs_builder_pool *pool,
			    struct trfs_example_builder *builder);

#endif
