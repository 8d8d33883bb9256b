/* SPDX-License-Identifier: MIT */
/* A table of names and functions; a new attribute is a row. */
#include "fuse/attributes.h"
#include "fuse/reload.h"

#include "dataset/plan.h"
#include "index/content_digest.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/* What an inode is; an attribute may be of several. */
enum {
	OF_SHARD = 1 << 0,
	OF_DIRECTORY = 1 << 1,
	OF_ROOT = 1 << 2,
	OF_SIDE_FILE = 1 << 3,
	/* It takes long for very many images, or is of use to export alone: only who asks
	 * for it gets it. */
	UNLISTED = 1 << 4,
};

/**
 * struct node - the inode that is asked
 * @is: one or two of the bits above
 * @place: where it is
 * @shard: of shards
 * @directory: of the root and other directories
 */
struct node {
	unsigned int is;
	const struct trfs_place_shown *place;
	uint32_t shard;
	const struct trfs_tree_directory *directory;
};

struct attribute {
	const char *name; /* behind the prefix */
	unsigned int of;
	void (*print)(struct trfs_service *service, const struct node *node,
		      struct trfs_buffer *ret);
};

static void print_split(struct trfs_service *service, const struct node *node,
			struct trfs_buffer *ret)
{
	const struct trfs_plan *plan = node->place->shown->view->plan;
	struct trfs_shard_range range = trfs_plan_shard_range(plan, node->shard);
	struct trfs_bytes name = trfs_strings_get(&plan->split_names, range.split);

	(void)service;
	trfs_buffer_put(ret, name.data, name.len);
}

static void print_shard(struct trfs_service *service, const struct node *node,
			struct trfs_buffer *ret)
{
	const struct trfs_plan *plan = node->place->shown->view->plan;
	struct trfs_shard_range range = trfs_plan_shard_range(plan, node->shard);

	(void)service;
	trfs_buffer_printf(ret, "%" PRIu32,
			   node->shard - plan->splits[range.split].first_shard);
}

static void print_shard_examples(struct trfs_service *service, const struct node *node,
				 struct trfs_buffer *ret)
{
	const struct trfs_plan *plan = node->place->shown->view->plan;

	(void)service;
	trfs_buffer_printf(ret, "%" PRIu64,
			   trfs_plan_shard_nr_records(plan, node->shard));
}

static void print_number(struct trfs_service *service, const struct node *node,
			 struct trfs_buffer *ret)
{
	(void)service;
	trfs_buffer_printf(ret, "%" PRIu32, node->shard);
}

static void print_version(struct trfs_service *service, const struct node *node,
			  struct trfs_buffer *ret)
{
	(void)service;
	(void)node;
	trfs_buffer_printf(ret, "%s", TRFS_VERSION);
}

static void print_source(struct trfs_service *service, const struct node *node,
			 struct trfs_buffer *ret)
{
	(void)service;
	trfs_buffer_printf(ret, "%s",
			   node->place->served->generation->catalog->root_path);
}

static void print_index(struct trfs_service *service, const struct node *node,
			struct trfs_buffer *ret)
{
	const char *path = trfs_generation_index_path(node->place->served->generation);

	(void)service;
	trfs_buffer_printf(ret, "%s", path ? path : "");
}

static void print_pid(struct trfs_service *service, const struct node *node,
		      struct trfs_buffer *ret)
{
	(void)node;
	trfs_buffer_printf(ret, "%ld", (long)service->keeper_pid);
}

static void print_worker_pid(struct trfs_service *service, const struct node *node,
			     struct trfs_buffer *ret)
{
	(void)service;
	(void)node;
	trfs_buffer_printf(ret, "%ld", (long)getpid());
}

static void print_nr_workers_before(struct trfs_service *service, const struct node *node,
				    struct trfs_buffer *ret)
{
	(void)node;
	trfs_buffer_printf(ret, "%u", service->nr_workers_before);
}

static void print_confinement(struct trfs_service *service, const struct node *node,
			      struct trfs_buffer *ret)
{
	(void)node;
	trfs_confinement_print(&service->confinement, ret);
}

static void print_examples(struct trfs_service *service, const struct node *node,
			   struct trfs_buffer *ret)
{
	(void)service;
	trfs_buffer_printf(ret, "%" PRIu64, node->directory->nr_examples);
}

static void print_shards(struct trfs_service *service, const struct node *node,
			 struct trfs_buffer *ret)
{
	(void)service;
	trfs_buffer_printf(ret, "%" PRIu32, node->directory->nr_shards);
}

static void print_size(struct trfs_service *service, const struct node *node,
		       struct trfs_buffer *ret)
{
	uint64_t size = 0;

	(void)service;
	if (trfs_tree_directory_size(&node->place->shown->tree, node->place->local, &size,
				     NULL) < 0)
		ret->failed = true;
	trfs_buffer_printf(ret, "%" PRIu64, size);
}

static void print_failed_reads(struct trfs_service *service, const struct node *node,
			       struct trfs_buffer *ret)
{
	(void)node;
	trfs_buffer_printf(ret, "%" PRIu64,
			   trfs_failures_count(&service->failures).nr_replies);
}

static void print_last_failure(struct trfs_service *service, const struct node *node,
			       struct trfs_buffer *ret)
{
	(void)node;
	trfs_failures_print_last(&service->failures, ret);
}

static void print_view(struct trfs_service *service, const struct node *node,
		       struct trfs_buffer *ret)
{
	trfs_service_print_view(service, node->place, ret);
}

static void print_hexadecimal(const uint8_t digest[TRFS_CONTENT_DIGEST_SIZE],
			      struct trfs_buffer *ret)
{
	char hex[2 * TRFS_CONTENT_DIGEST_SIZE];

	trfs_hexadecimal(digest, TRFS_CONTENT_DIGEST_SIZE, hex);
	trfs_buffer_put(ret, hex, sizeof(hex));
}

_Static_assert(TRFS_FINGERPRINT_SIZE == TRFS_CONTENT_DIGEST_SIZE, "both are SHA-256");

static void print_fingerprint(struct trfs_service *service, const struct node *node,
			      struct trfs_buffer *ret)
{
	(void)service;
	print_hexadecimal(node->place->served->generation->fingerprint, ret);
}

static void print_content(struct trfs_service *service, const struct node *node,
			  struct trfs_buffer *ret)
{
	uint8_t digest[TRFS_CONTENT_DIGEST_SIZE];

	(void)service;
	if (trfs_content_digest(node->place->served->generation, digest, NULL) < 0)
		ret->failed = true;
	else
		print_hexadecimal(digest, ret);
}

/* Of a file that is open it stays the same, unless a later generation has that too. */
static void print_served(struct trfs_service *service, const struct node *node,
			 struct trfs_buffer *ret)
{
	(void)service;
	trfs_buffer_printf(ret, "%ld %" PRIu32, (long)getpid(),
			   node->place->served->number);
}

static void print_generation(struct trfs_service *service, const struct node *node,
			     struct trfs_buffer *ret)
{
	(void)node;
	trfs_buffer_printf(ret, "%" PRIu64,
			   service->reload ? trfs_reload_nr_switched(service->reload) + 1
					   : UINT64_C(1));
}

static void print_reload(struct trfs_service *service, const struct node *node,
			 struct trfs_buffer *ret)
{
	(void)node;
	if (service->reload)
		trfs_reload_print(service->reload, ret);
}

static const struct attribute attributes[] = {
	{ "split", OF_SHARD, print_split },
	{ "shard", OF_SHARD, print_shard },
	{ "number", OF_SHARD, print_number },
	{ "num_examples", OF_SHARD, print_shard_examples },
	{ "view", OF_SHARD | OF_DIRECTORY, print_view },
	{ "fingerprint", OF_ROOT, print_fingerprint },
	{ "content", OF_ROOT | OF_SHARD | OF_SIDE_FILE | UNLISTED, print_content },
	{ "served", OF_SHARD | OF_SIDE_FILE | UNLISTED, print_served },
	{ "version", OF_ROOT, print_version },
	{ "source", OF_ROOT, print_source },
	{ "index", OF_ROOT, print_index },
	{ "pid", OF_ROOT, print_pid },
	{ "worker_pid", OF_ROOT, print_worker_pid },
	{ "restarts", OF_ROOT, print_nr_workers_before },
	{ "confinement", OF_ROOT, print_confinement },
	{ "generation", OF_ROOT, print_generation },
	{ "reload", OF_ROOT, print_reload },
	{ "num_examples", OF_DIRECTORY, print_examples },
	{ "num_shards", OF_DIRECTORY, print_shards },
	{ "size", OF_DIRECTORY, print_size },
	{ "failed_reads", OF_ROOT, print_failed_reads },
	{ "last_failure", OF_ROOT, print_last_failure },
};

static struct node node_of(const struct trfs_place_shown *place)
{
	const struct trfs_tree *tree = &place->shown->tree;
	struct node node = { .place = place,
			     .directory = trfs_tree_directory(tree, place->local) };

	if (node.directory && place->view == 0 && place->local == TRFS_INODE_ROOT)
		node.is = OF_ROOT | OF_DIRECTORY;
	else if (node.directory)
		node.is = OF_DIRECTORY;
	else if (trfs_tree_shard(tree, place->local, &node.shard))
		node.is = OF_SHARD;
	else
		node.is = OF_SIDE_FILE;
	return node;
}

static int print_where(const struct node *node, const char *text, struct trfs_buffer *ret)
{
	struct trfs_place place;
	uint64_t offset;
	char *end;
	int rc;

	if (*text < '0' || *text > '9')
		return -ENODATA;
	errno = 0;
	offset = strtoull(text, &end, 10);
	if (errno || *end)
		return -ENODATA;
	rc = trfs_stream_where_view(node->place->shown->view, node->shard, offset,
				    &place);
	if (rc < 0)
		return -ENODATA;
	trfs_buffer_printf(ret, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %.*s", place.record,
			   place.record_offset, place.record_size, (int)place.image_len,
			   place.image);
	return 0;
}

int trfs_attribute_get(struct trfs_service *service, const struct trfs_place_shown *place,
		       const char *name, struct trfs_buffer *ret)
{
	static const char prefix[] = TRFS_ATTRIBUTE_PREFIX;
	static const char where[] = "where.";
	struct node node = node_of(place);

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return -ENODATA;
	name += sizeof(prefix) - 1;
	for (size_t i = 0; i < TRFS_COUNT(attributes); i++) {
		if (!(attributes[i].of & node.is) ||
		    strcmp(attributes[i].name, name) != 0)
			continue;
		attributes[i].print(service, &node, ret);
		return ret->failed ? -ENOMEM : 0;
	}
	if (node.is == OF_SHARD && strncmp(name, where, sizeof(where) - 1) == 0)
		return print_where(&node, name + sizeof(where) - 1, ret);
	return -ENODATA;
}

void trfs_attribute_list(const struct trfs_place_shown *place, struct trfs_buffer *ret)
{
	struct node node = node_of(place);

	for (size_t i = 0; i < TRFS_COUNT(attributes); i++)
		if ((attributes[i].of & node.is) && !(attributes[i].of & UNLISTED))
			trfs_buffer_printf(ret, "%s%s%c", TRFS_ATTRIBUTE_PREFIX,
					   attributes[i].name, '\0');
}
