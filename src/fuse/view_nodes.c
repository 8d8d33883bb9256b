/* SPDX-License-Identifier: MIT */
/* Two hash tables over the same nodes, by number and by path, that grow and shrink. */
#include "fuse/view_nodes.h"

#include "base/random.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define NR_BUCKETS_MIN 64u

struct node {
	struct node *next_by_number, *next_by_path;
	uint64_t hash; /* of the path */
	uint64_t parent;
	uint64_t nr_lookups;
	uint32_t number;
	uint32_t root;
	struct trfs_view_spec spec;
	char path[];
};

/**
 * struct trfs_view_nodes - all of them
 * @by_number, @by_path: @nr_buckets chains each, a power of two
 * @last_number: given last; numbers are not given again before all others were
 */
struct trfs_view_nodes {
	pthread_mutex_t lock;
	struct node **by_number, **by_path;
	uint64_t nr_buckets;
	uint64_t nr;
	uint32_t last_number;
};

int trfs_view_nodes_new(uint32_t last_number, struct trfs_view_nodes **ret)
{
	struct trfs_view_nodes *nodes = calloc(1, sizeof(*nodes));

	if (!nodes)
		return -ENOMEM;
	nodes->nr_buckets = NR_BUCKETS_MIN;
	nodes->last_number = last_number;
	nodes->by_number = calloc(nodes->nr_buckets, sizeof(struct node *));
	nodes->by_path = calloc(nodes->nr_buckets, sizeof(struct node *));
	pthread_mutex_init(&nodes->lock, NULL);
	if (!nodes->by_number || !nodes->by_path) {
		trfs_view_nodes_free(nodes);
		return -ENOMEM;
	}
	*ret = nodes;
	return 0;
}

struct trfs_view_nodes *trfs_view_nodes_free(struct trfs_view_nodes *nodes)
{
	if (!nodes)
		return NULL;
	for (uint64_t i = 0; nodes->by_number && i < nodes->nr_buckets; i++) {
		while (nodes->by_number[i]) {
			struct node *node = nodes->by_number[i];

			nodes->by_number[i] = node->next_by_number;
			free(node);
		}
	}
	free(nodes->by_number);
	free(nodes->by_path);
	pthread_mutex_destroy(&nodes->lock);
	free(nodes);
	return NULL;
}

static struct node **number_bucket(struct trfs_view_nodes *nodes, uint32_t number)
{
	return &nodes->by_number[number & (nodes->nr_buckets - 1)];
}

static struct node **path_bucket(struct trfs_view_nodes *nodes, uint64_t hash)
{
	return &nodes->by_path[hash & (nodes->nr_buckets - 1)];
}

static struct node *find_number(struct trfs_view_nodes *nodes, uint32_t number)
{
	struct node *node = *number_bucket(nodes, number);

	while (node && node->number != number)
		node = node->next_by_number;
	return node;
}

static struct node *find_path(struct trfs_view_nodes *nodes, uint32_t root,
			      const char *path, uint64_t hash)
{
	struct node *node = *path_bucket(nodes, hash);

	while (node && (node->hash != hash || node->root != root ||
			strcmp(node->path, path) != 0))
		node = node->next_by_path;
	return node;
}

static void link_node(struct trfs_view_nodes *nodes, struct node *node)
{
	struct node **by_number = number_bucket(nodes, node->number);
	struct node **by_path = path_bucket(nodes, node->hash);

	node->next_by_number = *by_number;
	*by_number = node;
	node->next_by_path = *by_path;
	*by_path = node;
}

/* Keep about a node a bucket; without memory it only gets slower. */
static void resize(struct trfs_view_nodes *nodes, uint64_t nr_buckets)
{
	struct node **old = nodes->by_number;
	uint64_t nr_old = nodes->nr_buckets;
	struct node **by_number = calloc(nr_buckets, sizeof(struct node *));
	struct node **by_path = calloc(nr_buckets, sizeof(struct node *));

	if (!by_number || !by_path) {
		free(by_number);
		free(by_path);
		return;
	}
	free(nodes->by_path);
	nodes->by_number = by_number;
	nodes->by_path = by_path;
	nodes->nr_buckets = nr_buckets;
	for (uint64_t i = 0; i < nr_old; i++) {
		while (old[i]) {
			struct node *node = old[i];

			old[i] = node->next_by_number;
			link_node(nodes, node);
		}
	}
	free(old);
}

static void fit(struct trfs_view_nodes *nodes)
{
	if (nodes->nr > nodes->nr_buckets)
		resize(nodes, nodes->nr_buckets * 2);
	else if (nodes->nr_buckets > NR_BUCKETS_MIN && nodes->nr < nodes->nr_buckets / 8)
		resize(nodes, nodes->nr_buckets / 4 < NR_BUCKETS_MIN
				      ? NR_BUCKETS_MIN
				      : nodes->nr_buckets / 4);
}

static int next_number(struct trfs_view_nodes *nodes, uint32_t *ret)
{
	if (nodes->nr == UINT32_MAX)
		return -ENFILE;
	do
		nodes->last_number++;
	while (nodes->last_number == 0 || find_number(nodes, nodes->last_number));
	*ret = nodes->last_number;
	return 0;
}

static int add(struct trfs_view_nodes *nodes, uint32_t root, const char *path,
	       uint64_t hash, uint64_t parent, const struct trfs_view_spec *spec,
	       struct node **ret)
{
	size_t len = strlen(path) + 1;
	struct node *node = calloc(1, sizeof(*node) + len);
	int rc;

	if (!node)
		return -ENOMEM;
	rc = next_number(nodes, &node->number);
	if (rc < 0) {
		free(node);
		return rc;
	}
	node->root = root;
	node->hash = hash;
	node->parent = parent;
	node->spec = *spec;
	memcpy(node->path, path, len);
	link_node(nodes, node);
	nodes->nr++;
	fit(nodes);
	*ret = node;
	return 0;
}

int trfs_view_nodes_add_root(struct trfs_view_nodes *nodes, uint32_t *ret)
{
	static const struct trfs_view_spec nothing = { .nr_steps = 0 };
	struct node *node;
	int rc;

	pthread_mutex_lock(&nodes->lock);
	/* Nobody looks the path "" up, as look-ups have a name. */
	rc = add(nodes, 0, "", 0, 0, &nothing, &node);
	if (rc == 0) {
		node->root = node->number;
		node->nr_lookups = 1;
		*ret = node->number;
	}
	pthread_mutex_unlock(&nodes->lock);
	return rc;
}

int trfs_view_nodes_look_up(struct trfs_view_nodes *nodes, uint32_t root,
			    const char *path, uint64_t parent,
			    const struct trfs_view_spec *spec, uint32_t *ret)
{
	uint64_t hash = trfs_random_hash(root, trfs_bytes_of(path));
	struct node *node;
	int rc = 0;

	pthread_mutex_lock(&nodes->lock);
	node = find_path(nodes, root, path, hash);
	if (!node)
		rc = add(nodes, root, path, hash, parent, spec, &node);
	if (rc == 0) {
		node->nr_lookups++;
		*ret = node->number;
	}
	pthread_mutex_unlock(&nodes->lock);
	return rc;
}

void trfs_view_nodes_count(struct trfs_view_nodes *nodes, uint32_t view)
{
	struct node *node;

	pthread_mutex_lock(&nodes->lock);
	node = find_number(nodes, view);
	if (node)
		node->nr_lookups++;
	pthread_mutex_unlock(&nodes->lock);
}

static void remove_node(struct trfs_view_nodes *nodes, struct node *node)
{
	struct node **at = number_bucket(nodes, node->number);

	while (*at != node)
		at = &(*at)->next_by_number;
	*at = node->next_by_number;
	at = path_bucket(nodes, node->hash);
	while (*at != node)
		at = &(*at)->next_by_path;
	*at = node->next_by_path;
	free(node);
	nodes->nr--;
	fit(nodes);
}

void trfs_view_nodes_forget(struct trfs_view_nodes *nodes, uint32_t view, uint64_t nr)
{
	struct node *node;

	pthread_mutex_lock(&nodes->lock);
	node = find_number(nodes, view);
	if (node) {
		node->nr_lookups -= nr < node->nr_lookups ? nr : node->nr_lookups;
		if (node->nr_lookups == 0)
			remove_node(nodes, node);
	}
	pthread_mutex_unlock(&nodes->lock);
}

bool trfs_view_nodes_get(struct trfs_view_nodes *nodes, uint32_t view, char **ret_path,
			 uint64_t *ret_parent)
{
	const struct node *node;

	pthread_mutex_lock(&nodes->lock);
	node = find_number(nodes, view);
	if (node) {
		*ret_path = strdup(node->path);
		*ret_parent = node->parent;
	}
	pthread_mutex_unlock(&nodes->lock);
	return node;
}

bool trfs_view_nodes_spec(struct trfs_view_nodes *nodes, uint32_t view,
			  uint32_t *ret_root, struct trfs_view_spec *ret)
{
	const struct node *node;

	pthread_mutex_lock(&nodes->lock);
	node = find_number(nodes, view);
	if (node) {
		*ret_root = node->root;
		*ret = node->spec;
	}
	pthread_mutex_unlock(&nodes->lock);
	return node;
}

uint64_t trfs_view_nodes_nr(struct trfs_view_nodes *nodes)
{
	uint64_t nr;

	pthread_mutex_lock(&nodes->lock);
	nr = nodes->nr;
	pthread_mutex_unlock(&nodes->lock);
	return nr;
}
