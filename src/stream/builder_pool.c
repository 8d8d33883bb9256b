/* SPDX-License-Identifier: MIT */
/* A stack of idle builders: as many exist as ever read at the same time. */
#include "stream/builder_pool.h"

#include <stdlib.h>

/* The builder comes first, so that a pointer to it is a pointer to its place here. */
struct trfs_pooled_builder {
	struct trfs_example_builder builder;
	struct trfs_pooled_builder *next;
};

void trfs_builder_pool_init(struct trfs_builder_pool *pool,
			    const struct trfs_schema *schema,
			    const struct trfs_catalog *catalog)
{
	pthread_mutex_init(&pool->lock, NULL);
	pool->idle = NULL;
	pool->schema = schema;
	pool->catalog = catalog;
}

void trfs_builder_pool_done(struct trfs_builder_pool *pool)
{
	while (pool->idle) {
		struct trfs_pooled_builder *first = pool->idle;

		pool->idle = first->next;
		trfs_example_builder_done(&first->builder);
		free(first);
	}
	pthread_mutex_destroy(&pool->lock);
}

struct trfs_example_builder *trfs_builder_pool_take(struct trfs_builder_pool *pool)
{
	struct trfs_pooled_builder *taken;

	pthread_mutex_lock(&pool->lock);
	taken = pool->idle;
	if (taken)
		pool->idle = taken->next;
	pthread_mutex_unlock(&pool->lock);
	if (taken)
		return &taken->builder;

	taken = calloc(1, sizeof(*taken));
	if (!taken)
		return NULL;
	if (trfs_example_builder_init(&taken->builder, pool->schema, pool->catalog) < 0) {
		free(taken);
		return NULL;
	}
	return &taken->builder;
}

void trfs_builder_pool_give(struct trfs_builder_pool *pool,
			    struct trfs_example_builder *builder)
{
	struct trfs_pooled_builder *given = (struct trfs_pooled_builder *)builder;

	pthread_mutex_lock(&pool->lock);
	given->next = pool->idle;
	pool->idle = given;
	pthread_mutex_unlock(&pool->lock);
}
