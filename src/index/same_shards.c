/* SPDX-License-Identifier: MIT */
/*
 * Two records are the same if they are laid out alike, literal byte for literal byte, and
 * their contents come from files that are the same, or were made with equal checksums.
 */
#include "index/same_shards.h"

#include "base/error.h"
#include "base/file.h"
#include "base/workers.h"
#include "dataset/content.h"
#include "dataset/plan.h"
#include "dataset/schema.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPARED_AT_ONCE ((size_t)1 << 18)

/* One side of the comparison. */
struct side {
	const struct trfs_generation *generation;
	struct trfs_example_builder *builders; /* one a worker */
	unsigned int nr_builders;
};

struct comparison {
	struct side before, after;
	uint32_t *same_as;
};

static bool same_file(const struct trfs_example *a, const struct trfs_example *b)
{
	return a->who == b->who && a->size == b->size;
}

static bool same_made(const struct trfs_content_ref *a, const struct trfs_catalog *before,
		      const struct trfs_content_ref *b, const struct trfs_catalog *after)
{
	struct trfs_made left, right;
	bool is_made = trfs_made_find(before, *a, &left);

	if (is_made != trfs_made_find(after, *b, &right))
		return false;
	return !is_made || (left.size == right.size && left.crc == right.crc);
}

/* Of segments that are laid out alike. */
static bool same_content(const struct comparison *c, const struct trfs_content_ref *a,
			 const struct trfs_content_ref *b)
{
	const struct trfs_catalog *before = c->before.generation->catalog;
	const struct trfs_catalog *after = c->after.generation->catalog;

	if (!same_file(trfs_catalog_example(before, a->example),
		       trfs_catalog_example(after, b->example)) ||
	    !same_made(a, before, b, after) || !before->masks != !after->masks)
		return false;
	return !before->masks || same_file(trfs_catalog_mask(before, a->example),
					   trfs_catalog_mask(after, b->example));
}

static bool same_segments(const struct comparison *c, const struct trfs_record *before,
			  const struct trfs_record *after, struct trfs_content_ref a,
			  struct trfs_content_ref b)
{
	if (before->len != after->len || before->nr_segments != after->nr_segments)
		return false;
	for (size_t i = 0; i < before->nr_segments; i++) {
		const struct trfs_segment *left = &before->segments[i];
		const struct trfs_segment *right = &after->segments[i];

		if (left->kind != right->kind || left->len != right->len)
			return false;
		if (left->kind == TRFS_SEGMENT_LITERAL &&
		    memcmp(left->literal, right->literal, left->len) != 0)
			return false;
		a.hole = left->hole;
		b.hole = right->hole;
		if (left->kind == TRFS_SEGMENT_CONTENT &&
		    (a.hole != b.hole || !same_content(c, &a, &b)))
			return false;
	}
	return true;
}

static int lay_out(const struct side *side, unsigned int worker, uint64_t record,
		   struct trfs_content_ref *ret, struct trfs_error *err)
{
	const struct trfs_plan *plan = side->generation->plan;
	struct trfs_example_builder *builder = &side->builders[worker];

	ret->example = trfs_plan_example(plan, record);
	ret->copy = trfs_plan_copy(plan, record);
	builder->has_copies = trfs_plan_has_copies(plan, record);
	return trfs_example_builder_layout(builder, ret->example, ret->copy, err);
}

static int compare_records(const struct comparison *c, unsigned int worker,
			   struct trfs_shard_range before, struct trfs_shard_range after,
			   bool *ret_same, struct trfs_error *err)
{
	*ret_same = before.nr_records == after.nr_records;
	for (uint64_t i = 0; *ret_same && i < after.nr_records; i++) {
		struct trfs_content_ref a = { 0 }, b = { 0 };
		int rc = lay_out(&c->before, worker, before.first + i, &a, err);

		if (rc == 0)
			rc = lay_out(&c->after, worker, after.first + i, &b, err);
		if (rc < 0)
			return rc;
		*ret_same = same_segments(c, &c->before.builders[worker].record,
					  &c->after.builders[worker].record, a, b);
	}
	return 0;
}

static int compare_shards(void *user, unsigned int worker, uint64_t first, uint64_t end,
			  struct trfs_error *err)
{
	struct comparison *c = user;
	const struct trfs_generation *before = c->before.generation;
	const struct trfs_generation *after = c->after.generation;

	for (uint64_t i = first; i < end; i++) {
		uint32_t shard = (uint32_t)i, other;
		char name[TRFS_SHARD_NAME_MAX];
		bool same = false;
		int rc = 0;

		trfs_plan_shard_name(after->plan, shard, name);
		if (trfs_plan_find_shard(before->plan, name, &other) &&
		    trfs_generation_shard_size(before, other) ==
			    trfs_generation_shard_size(after, shard))
			rc = compare_records(
				c, worker, trfs_plan_shard_range(before->plan, other),
				trfs_plan_shard_range(after->plan, shard), &same, err);
		if (rc < 0)
			return rc;
		c->same_as[shard] = same ? other : TRFS_SHARD_NONE;
	}
	return 0;
}

static int open_side(struct side *side, unsigned int nr_threads)
{
	const struct trfs_generation *g = side->generation;
	int rc = 0;

	side->builders = calloc(nr_threads, sizeof(*side->builders));
	if (!side->builders)
		return -ENOMEM;
	while (rc == 0 && side->nr_builders < nr_threads) {
		rc = trfs_example_builder_init(&side->builders[side->nr_builders],
					       g->schema, g->catalog);
		if (rc == 0)
			side->nr_builders++;
	}
	return rc;
}

static void close_side(struct side *side)
{
	while (side->nr_builders > 0)
		trfs_example_builder_done(&side->builders[--side->nr_builders]);
	free(side->builders);
}

int trfs_same_shards(const struct trfs_generation *before,
		     const struct trfs_generation *after, uint32_t *ret,
		     struct trfs_error *err)
{
	struct comparison c = { .before = { .generation = before },
				.after = { .generation = after },
				.same_as = ret };
	unsigned int nr_threads = trfs_workers_nr_threads(after->options.threads);
	int rc;

	for (uint32_t shard = 0; shard < after->plan->nr_shards; shard++)
		ret[shard] = TRFS_SHARD_NONE;
	/* Made for other options, codecs or schema. */
	if (memcmp(before->fingerprint, after->fingerprint, TRFS_FINGERPRINT_SIZE) != 0)
		return 0;
	rc = open_side(&c.before, nr_threads);
	if (rc == 0)
		rc = open_side(&c.after, nr_threads);
	if (rc < 0)
		trfs_fail_errno(err, rc, "comparing shards");
	else
		rc = trfs_workers_run(nr_threads, after->plan->nr_shards, 1,
				      compare_shards, &c, "Comparing shards", NULL, err);
	close_side(&c.before);
	close_side(&c.after);
	if (rc == 0)
		rc = trfs_generation_check(before, err);
	if (rc == 0)
		rc = trfs_generation_check(after, err);
	return rc;
}

static bool same_bytes(int left, int right, uint64_t size)
{
	uint8_t *buf = malloc(2 * COMPARED_AT_ONCE);
	bool same = buf;

	for (uint64_t at = 0; same && at < size; at += COMPARED_AT_ONCE) {
		size_t len = size - at < COMPARED_AT_ONCE ? (size_t)(size - at)
							  : COMPARED_AT_ONCE;

		same = trfs_file_read(left, at, buf, len) == 0 &&
		       trfs_file_read(right, at, buf + COMPARED_AT_ONCE, len) == 0 &&
		       memcmp(buf, buf + COMPARED_AT_ONCE, len) == 0;
	}
	free(buf);
	return same;
}

bool trfs_same_index(int fd, const char *path)
{
	TRFS_CLEANUP(trfs_file_closep)
	int other = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct stat left, right;

	return other >= 0 && fstat(fd, &left) == 0 && fstat(other, &right) == 0 &&
	       left.st_size == right.st_size &&
	       same_bytes(fd, other, (uint64_t)left.st_size);
}
