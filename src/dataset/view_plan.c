/* SPDX-License-Identifier: MIT */
/*
 * From a spec to a plan: the root's splits, changed step by step, then cut evenly into
 * shards and shown as a plan that looks its records up in the root's.
 */
#include "base/error.h"
#include "dataset/shard_name.h"
#include "dataset/view_kind.h"

#include <errno.h>
#include <stdlib.h>

/**
 * struct view_memory - what the plan of a view owns; a view has few splits, and there are
 *	many views, so that it is as large as it has to be
 * @lists: of each split its records, or NULL
 */
struct view_memory {
	struct trfs_string_table *names;
	uint64_t *shard_starts;
	uint32_t nr_splits;
	struct trfs_plan_split *splits;
	struct trfs_plan_source *sources;
	uint32_t **lists;
};

static void release_memory(void *owner)
{
	struct view_memory *m = owner;

	for (uint32_t i = 0; m->lists && i < m->nr_splits; i++)
		free(m->lists[i]);
	free(m->lists);
	free(m->splits);
	free(m->sources);
	trfs_string_table_free(m->names);
	free(m->shard_starts);
	free(m);
}

static int reserve(struct view_memory *m, uint32_t nr_splits)
{
	m->nr_splits = nr_splits;
	m->names = trfs_string_table_new();
	m->splits = calloc(nr_splits, sizeof(*m->splits));
	m->sources = calloc(nr_splits, sizeof(*m->sources));
	m->lists = calloc(nr_splits, sizeof(*m->lists));
	return m->names && m->splits && m->sources && m->lists ? 0 : -ENOMEM;
}

static void start(struct trfs_view_builder *b)
{
	const struct trfs_plan *plan = b->context->plan;
	struct trfs_bytes train =
		trfs_view_split_shown(b->context, TRFS_VIEW_TRAIN, b->train);
	bool has_train = false;

	trfs_view_split_shown(b->context, TRFS_VIEW_VALIDATION, b->validation);
	b->nr_splits = plan->nr_splits;
	for (uint32_t i = 0; i < plan->nr_splits; i++) {
		struct trfs_bytes name = trfs_strings_get(&plan->split_names, i);

		b->splits[i] = (struct trfs_view_split){
			.name = name,
			.training = trfs_bytes_equal(name, train),
			.first = plan->splits[i].first,
			.nr = plan->splits[i].nr_records,
			.nr_most = UINT64_MAX,
			.nr_shards = plan->splits[i].nr_shards,
		};
		has_train |= b->splits[i].training;
	}
	for (uint32_t i = 0; i < b->nr_splits && !has_train; i++)
		b->splits[i].training = true;
}

static int apply_steps(struct trfs_view_builder *b, const struct trfs_view_spec *spec,
		       struct trfs_error *err)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < spec->nr_steps; i++)
		rc = spec->steps[i].kind->apply(b, &spec->steps[i], err);
	return rc;
}

/* Splits without records are not there. */
static void leave_empty_out(struct trfs_view_builder *b)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < b->nr_splits; i++) {
		if (trfs_view_split_nr(&b->splits[i]) == 0) {
			trfs_view_split_drop(&b->splits[i]);
			continue;
		}
		if (kept != i) {
			b->splits[kept] = b->splits[i];
			b->splits[i].records = NULL;
		}
		kept++;
	}
	b->nr_splits = kept;
}

/* What the names of shards have to tell apart. */
static int check_names(const struct trfs_view_builder *b, struct trfs_error *err)
{
	const char *template = b->context->plan->name_template;
	struct trfs_shard_name_traits traits = trfs_shard_name_traits(template);

	if (!traits.split && b->nr_splits > 1)
		return trfs_fail(err, -ENOENT,
				 "shards of its splits would have one name");
	for (uint32_t i = 0; i < b->nr_splits; i++) {
		const struct trfs_view_split *split = &b->splits[i];
		char name[TRFS_SHARD_NAME_MAX];

		if ((split->nr_shards > 1 && !traits.shard) ||
		    !trfs_shard_name_format(template, split->name, split->nr_shards - 1,
					    split->nr_shards, name, sizeof(name)))
			return trfs_fail(err, -ENOENT, "its shards cannot be named");
	}
	return 0;
}

/* One shard a record at most. */
static int limit(struct trfs_view_builder *b, struct trfs_error *err)
{
	uint64_t nr_records = 0;

	leave_empty_out(b);
	for (uint32_t i = 0; i < b->nr_splits; i++) {
		struct trfs_view_split *split = &b->splits[i];
		uint64_t nr = trfs_view_split_nr(split);

		if (split->nr_shards > nr)
			split->nr_shards = (uint32_t)nr;
		if (split->nr_shards == 0)
			split->nr_shards = 1;
		nr_records += nr;
	}
	if (nr_records == 0 || nr_records > UINT32_MAX)
		return trfs_fail(err, -ENOENT, "it has no records, or too many");
	return check_names(b, err);
}

static void show_split(struct trfs_view_builder *b, uint32_t i, struct view_memory *m,
		       struct trfs_plan *plan)
{
	struct trfs_view_split *from = &b->splits[i];

	m->lists[i] = from->records;
	from->records = NULL;
	m->splits[i] = (struct trfs_plan_split){ .first = plan->nr_records,
						 .nr_records = trfs_view_split_nr(from),
						 .first_shard = plan->nr_shards,
						 .nr_shards = from->nr_shards };
	m->sources[i] = (struct trfs_plan_source){ .first = from->first,
						   .records = m->lists[i],
						   .from = from->from,
						   .permuted = from->permuted };
	if (from->permuted)
		trfs_permutation_init(&m->sources[i].permutation, from->nr, from->seed,
				      from->stream);
	plan->nr_records += m->splits[i].nr_records;
	plan->nr_shards += from->nr_shards;
}

static void cut(const struct trfs_plan *plan, uint64_t *starts)
{
	for (uint32_t i = 0; i < plan->nr_splits; i++) {
		const struct trfs_plan_split *s = &plan->splits[i];

		for (uint64_t k = 0; k < s->nr_shards; k++)
			starts[s->first_shard + k] =
				s->first + k * s->nr_records / s->nr_shards;
	}
	starts[plan->nr_shards] = plan->nr_records;
}

static int show(struct trfs_view_builder *b, struct view_memory *m,
		struct trfs_plan *plan)
{
	const struct trfs_plan *root = b->context->plan;

	if (reserve(m, b->nr_splits) < 0)
		return -ENOMEM;
	plan->nr_splits = b->nr_splits;
	for (uint32_t i = 0; i < b->nr_splits; i++) {
		if (trfs_string_table_add(m->names, b->splits[i].name, NULL) < 0)
			return -ENOMEM;
		show_split(b, i, m, plan);
	}
	m->shard_starts = calloc((size_t)plan->nr_shards + 1, sizeof(*m->shard_starts));
	if (!m->shard_starts)
		return -ENOMEM;
	plan->splits = m->splits;
	plan->sources = m->sources;
	plan->split_names = trfs_string_table_view(m->names);
	plan->shard_starts = m->shard_starts;
	plan->order = root->order;
	plan->copies = root->copies;
	plan->guard = root->guard;
	plan->nr_ordered = root->nr_ordered;
	plan->name_template = root->name_template;
	cut(plan, m->shard_starts);
	return 0;
}

int trfs_view_plan_build(const struct trfs_view_context *context,
			 const struct trfs_view_spec *spec, trfs_record_size_fn *size,
			 void *user, struct trfs_plan **ret, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_plan_freep) struct trfs_plan *plan = calloc(1, sizeof(*plan));
	struct trfs_view_builder *b = calloc(1, sizeof(*b));
	struct view_memory *m = calloc(1, sizeof(*m));
	int rc;

	if (!plan || !b || !m) {
		free(b);
		free(m);
		return trfs_fail_memory(err, "a view");
	}
	plan->owner = m;
	plan->release = release_memory;
	b->context = context;
	b->size = size;
	b->user = user;
	start(b);
	rc = apply_steps(b, spec, err);
	if (rc == 0)
		rc = limit(b, err);
	if (rc == 0 && show(b, m, plan) < 0)
		rc = trfs_fail_memory(err, "a view");
	for (uint32_t i = 0; i < b->nr_splits; i++)
		free(b->splits[i].records);
	free(b);
	if (rc == 0)
		*ret = TRFS_STEAL(plan);
	return rc;
}
