/* SPDX-License-Identifier: MIT */
/*
 * From slots to records and shards: what --keep-every leaves, how many records each slot
 * becomes, and where shards begin among these.
 */
#include "base/error.h"
#include "dataset/augment.h"
#include "dataset/plan_builder.h"
#include "dataset/shard_counts.h"
#include "dataset/shard_cut.h"

#include <errno.h>
#include <stdlib.h>

/* What framing, keys and labels add to an image, about; for choosing shard counts. */
#define RECORD_ALLOWANCE 512
#define NO_RECORD	 UINT32_MAX

struct cutting {
	const struct trfs_catalog *catalog;
	const struct trfs_options *options;
	const struct trfs_splits *splits;
	struct trfs_plan_slots *slots;
	struct trfs_class_rules keep_every;
	struct trfs_class_rules augment;
	struct trfs_plan_builder *b;
	uint32_t nr_slots[TRFS_SPLITS_MAX];
	bool any_copies;
};

static bool is_train(const struct cutting *c, uint32_t split)
{
	return strcmp(c->splits->names[split], "train") == 0;
}

static uint32_t *slots_of(const struct cutting *c, uint32_t split)
{
	return c->slots->items + c->slots->firsts[split];
}

static int read_rules(struct cutting *c, struct trfs_error *err)
{
	bool train = false;
	int rc = trfs_keep_every_parse(c->options, c->catalog, &c->keep_every, err);

	if (rc == 0)
		rc = trfs_augment_parse(c->options, c->catalog, &c->augment, err);
	if (rc < 0)
		return rc;
	for (uint32_t s = 0; s < c->splits->nr; s++)
		train |= is_train(c, s);
	if (!train && c->keep_every.nr + c->augment.nr > 0)
		return trfs_fail(
			err, -EINVAL,
			"--keep-every and --augment are for the split train, and "
			"there is none");
	return 0;
}

static void leave_out(struct cutting *c, uint32_t split)
{
	uint32_t *items = slots_of(c, split);
	uint32_t seen[TRFS_LIST_MAX] = { 0 };

	for (uint32_t i = 0; i < c->nr_slots[split]; i++) {
		const struct trfs_class_rule *rule;

		if (items[i] >= c->catalog->nr_examples)
			continue;
		rule = trfs_class_rules_find(&c->keep_every, c->catalog, items[i], 0);
		if (rule && ++seen[rule - c->keep_every.items] % rule->every != 0)
			items[i] = NO_RECORD;
	}
}

/* Only slots with a record stay. */
static void squeeze(struct cutting *c, uint32_t split)
{
	uint32_t *items = slots_of(c, split), kept = 0;

	for (uint32_t i = 0; i < c->nr_slots[split]; i++) {
		if (items[i] < c->catalog->nr_examples)
			items[kept++] = items[i];
	}
	c->nr_slots[split] = kept;
}

/* Copies of the example in a slot, beside the original. */
static uint32_t copies_of(const struct cutting *c, bool train, uint32_t example)
{
	return train ? trfs_class_rules_count(&c->augment, c->catalog, example) : 0;
}

static struct trfs_shard_demand add_up(struct cutting *c, uint32_t split)
{
	const uint32_t *items = slots_of(c, split);
	struct trfs_shard_demand demand = { 0 };
	bool train = is_train(c, split) && c->augment.nr > 0;

	for (uint32_t i = 0; i < c->nr_slots[split]; i++) {
		uint64_t nr;

		if (items[i] >= c->catalog->nr_examples)
			continue;
		nr = 1 + (uint64_t)copies_of(c, train, items[i]);
		c->any_copies |= nr > 1;
		demand.nr_records += nr;
		demand.nr_bytes +=
			nr * ((uint64_t)trfs_catalog_example(c->catalog, items[i])->size +
			      RECORD_ALLOWANCE);
	}
	return demand;
}

static int prepare_splits(struct cutting *c, struct trfs_shard_demand *demands,
			  struct trfs_error *err)
{
	struct trfs_plan_builder *b = c->b;
	bool even = c->options->cut == TRFS_CUT_EVEN;

	for (uint32_t s = 0; s < c->splits->nr; s++) {
		c->nr_slots[s] =
			(uint32_t)(c->slots->firsts[s + 1] - c->slots->firsts[s]);
		if (is_train(c, s) && c->keep_every.nr > 0)
			leave_out(c, s);
		if (even)
			squeeze(c, s);
		demands[s] = add_up(c, s);
		if (even && demands[s].nr_records == 0)
			return trfs_fail(err, -EBADMSG,
					 "split \"%s\" would be empty: --keep-every "
					 "leaves none of its rows; type a smaller number",
					 c->splits->names[s]);
		b->splits[s].first = b->nr_records;
		b->splits[s].nr_records = demands[s].nr_records;
		b->nr_records += demands[s].nr_records;
		if (!even)
			demands[s].nr_records = c->nr_slots[s];
	}
	b->nr_splits = c->splits->nr;
	if (b->nr_records <= UINT32_MAX)
		return 0;
	return trfs_fail(err, -EBADMSG,
			 "with their copies there are more than 4,294,967,295 records; "
			 "mount them in several parts");
}

static int count_blocks(struct cutting *c, uint32_t *counts, struct trfs_error *err)
{
	int rc = 0;

	if (c->options->shards)
		return trfs_fail(err, -EINVAL,
				 "with --cut blocks the number of shards follows from "
				 "--shard-size; leave --shards out");
	for (uint32_t s = 0; rc == 0 && s < c->splits->nr; s++)
		rc = trfs_shard_cut_count_blocks(c->options, c->nr_slots[s], &counts[s],
						 err);
	return rc;
}

static int count_shards(struct cutting *c, const struct trfs_shard_demand *demands,
			struct trfs_error *err)
{
	uint32_t counts[TRFS_SPLITS_MAX];
	int rc;

	if (c->options->cut == TRFS_CUT_BLOCKS)
		rc = count_blocks(c, counts, err);
	else
		rc = trfs_shard_counts_choose(c->options->shards, c->splits, demands,
					      trfs_splits_can_be_empty(c->options),
					      counts, err);
	for (uint32_t s = 0; rc == 0 && s < c->splits->nr; s++) {
		rc = trfs_shard_cut_check(c->options, c->splits->names[s], counts[s],
					  err);
		c->b->splits[s].first_shard = c->b->nr_shards;
		c->b->splits[s].nr_shards = counts[s];
		c->b->nr_shards += counts[s];
	}
	return rc;
}

static int allocate(struct trfs_plan_builder *b, bool copies)
{
	/* One more of each: no rule forbids a plan without records. */
	b->order = malloc((b->nr_records + 1) * sizeof(*b->order));
	b->shard_starts = calloc((size_t)b->nr_shards + 1, sizeof(*b->shard_starts));
	if (copies)
		b->copies = malloc(b->nr_records);
	return b->order && b->shard_starts && (b->copies || !copies) ? 0 : -ENOMEM;
}

/* Records of a split from its slots; @starts of its shards, in slots. */
static void write_records(const struct cutting *c, uint32_t split, const uint32_t *starts)
{
	const struct trfs_plan_split *s = &c->b->splits[split];
	const uint32_t *items = slots_of(c, split);
	uint64_t *shard_starts = c->b->shard_starts + s->first_shard;
	uint64_t record = s->first;
	bool train = is_train(c, split) && c->augment.nr > 0;
	uint32_t shard = 0;

	for (uint32_t i = 0; i < c->nr_slots[split]; i++) {
		uint32_t nr = 0;

		while (shard < s->nr_shards && starts[shard] <= i)
			shard_starts[shard++] = record;
		if (items[i] < c->catalog->nr_examples)
			nr = 1 + copies_of(c, train, items[i]);
		for (uint32_t copy = 0; copy < nr; copy++) {
			if (c->b->copies)
				c->b->copies[record] = (uint8_t)copy;
			c->b->order[record++] = items[i];
		}
	}
	while (shard < s->nr_shards)
		shard_starts[shard++] = record;
}

static int cut_split(struct cutting *c, uint32_t split, struct trfs_error *err)
{
	const struct trfs_plan_split *s = &c->b->splits[split];
	bool even = c->options->cut == TRFS_CUT_EVEN;
	uint32_t nr = even ? (uint32_t)s->nr_records : c->nr_slots[split];
	uint32_t *starts = malloc(((size_t)s->nr_shards + 1) * sizeof(*starts));
	uint32_t *dealt = NULL;

	if (c->options->cut == TRFS_CUT_ROUND_ROBIN)
		dealt = malloc(((size_t)nr + 1) * sizeof(*dealt));
	if (!starts || (c->options->cut == TRFS_CUT_ROUND_ROBIN && !dealt)) {
		free(starts);
		free(dealt);
		return trfs_fail_memory(err, "the shards");
	}
	if (dealt) {
		trfs_shard_cut_deal(slots_of(c, split), nr, s->nr_shards, dealt);
		memcpy(slots_of(c, split), dealt, nr * sizeof(*dealt));
	}
	trfs_shard_cut(c->options, nr, s->nr_shards, starts);
	write_records(c, split, starts);
	for (uint32_t i = 0; even && i < s->nr_shards; i++)
		c->b->shard_starts[s->first_shard + i] = s->first + starts[i];
	free(starts);
	free(dealt);
	return 0;
}

int trfs_plan_cut(const struct trfs_catalog *catalog, const struct trfs_options *options,
		  const struct trfs_splits *splits, struct trfs_plan_slots *slots,
		  struct trfs_plan_builder *b, struct trfs_error *err)
{
	struct cutting c = { .catalog = catalog,
			     .options = options,
			     .splits = splits,
			     .slots = slots,
			     .b = b };
	struct trfs_shard_demand demands[TRFS_SPLITS_MAX];
	int rc = read_rules(&c, err);

	if (rc == 0)
		rc = prepare_splits(&c, demands, err);
	if (rc == 0)
		rc = count_shards(&c, demands, err);
	if (rc == 0 && allocate(b, c.any_copies) < 0)
		rc = trfs_fail_memory(err, "the plan");
	for (uint32_t s = 0; rc == 0 && s < splits->nr; s++)
		rc = cut_split(&c, s, err);
	if (rc == 0)
		b->shard_starts[b->nr_shards] = b->nr_records;
	return rc;
}
