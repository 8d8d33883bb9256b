/* SPDX-License-Identifier: MIT */
/*
 * Reading a plan.  Only arithmetic on its columns, so that a plan mapped from a saved
 * index answers exactly as one that was just built.
 */
#include "dataset/plan.h"
#include "dataset/shard_name.h"

#include <stdlib.h>

struct trfs_plan *trfs_plan_free(struct trfs_plan *plan)
{
	if (plan) {
		if (plan->release)
			plan->release(plan->owner);
		free(plan);
	}
	return NULL;
}

uint32_t trfs_plan_nr_shards(const struct trfs_plan *plan)
{
	return plan->nr_shards;
}

static uint32_t split_of_shard(const struct trfs_plan *plan, uint32_t shard)
{
	uint32_t split = 0;

	while (shard - plan->splits[split].first_shard >= plan->splits[split].nr_shards)
		split++;
	return split;
}

struct trfs_shard_range trfs_plan_shard_range(const struct trfs_plan *plan,
					      uint32_t shard)
{
	uint64_t first = plan->shard_starts[shard];

	return (struct trfs_shard_range){
		.split = split_of_shard(plan, shard),
		.first = first,
		.nr_records = plan->shard_starts[shard + 1] - first,
	};
}

static uint32_t split_of_record(const struct trfs_plan *plan, uint64_t record)
{
	uint32_t split = 0;

	while (record - plan->splits[split].first >= plan->splits[split].nr_records)
		split++;
	return split;
}

/* The root's record at place @place of a split of a view, counted from its @from. */
static uint64_t origin_at(const struct trfs_plan_source *source, uint64_t place)
{
	uint64_t i = place + source->from;

	if (source->permuted)
		i = trfs_permutation_at(&source->permutation, i);
	return source->records ? source->records[i] : source->first + i;
}

uint64_t trfs_plan_origin_of_view(const struct trfs_plan *plan, uint64_t record)
{
	uint32_t split = split_of_record(plan, record);

	return origin_at(&plan->sources[split], record - plan->splits[split].first);
}

void trfs_plan_origins(const struct trfs_plan *plan, uint64_t record, size_t nr,
		       uint32_t *ret)
{
	const struct trfs_plan_source *source;
	uint32_t split;
	uint64_t place;

	if (!plan->sources || nr == 0) {
		for (size_t i = 0; i < nr; i++)
			ret[i] = (uint32_t)(record + i);
		return;
	}
	split = split_of_record(plan, record);
	source = &plan->sources[split];
	place = record - plan->splits[split].first + source->from;
	if (source->permuted) {
		trfs_permutation_run(&source->permutation, place, nr, ret);
	} else {
		for (size_t i = 0; i < nr; i++)
			ret[i] = (uint32_t)(place + i);
	}
	for (size_t i = 0; i < nr; i++)
		ret[i] = source->records ? source->records[ret[i]]
					 : (uint32_t)(source->first + ret[i]);
}

uint32_t trfs_plan_nr_copies_max(const struct trfs_plan *plan)
{
	uint32_t most = 0;

	for (uint64_t i = 0; plan->copies && i < plan->nr_ordered; i++) {
		uint32_t copy = trfs_plan_copy(plan, i);

		most = copy > most ? copy : most;
	}
	return most;
}

uint64_t trfs_plan_shard_nr_records(const struct trfs_plan *plan, uint32_t shard)
{
	return trfs_plan_shard_range(plan, shard).nr_records;
}

void trfs_plan_shard_name(const struct trfs_plan *plan, uint32_t shard,
			  char ret_name[TRFS_SHARD_NAME_MAX])
{
	uint32_t split = split_of_shard(plan, shard);
	const struct trfs_plan_split *s = &plan->splits[split];

	/* Splits' names and shard counts are limited so that every name fits. */
	if (!trfs_shard_name_format(
		    plan->name_template, trfs_strings_get(&plan->split_names, split),
		    shard - s->first_shard, s->nr_shards, ret_name, TRFS_SHARD_NAME_MAX))
		ret_name[0] = '\0';
}

bool trfs_plan_find_shard(const struct trfs_plan *plan, const char *name,
			  uint32_t *ret_shard)
{
	for (uint32_t i = 0; i < plan->nr_splits; i++) {
		const struct trfs_plan_split *s = &plan->splits[i];
		uint32_t number;

		if (trfs_shard_name_find(plan->name_template,
					 trfs_strings_get(&plan->split_names, i),
					 s->nr_shards, name, &number)) {
			*ret_shard = s->first_shard + number;
			return true;
		}
	}
	return false;
}
