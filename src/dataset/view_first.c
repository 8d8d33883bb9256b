/* SPDX-License-Identifier: MIT */
/*
 * first/N: N records of each split for a quick look, classes in their proportions: each
 * label set has its share of N to the largest remainder, and its records are drawn with
 * the seed.  They keep their order.
 */
#include "base/error.h"
#include "dataset/split_strata.h"
#include "dataset/view_kind.h"

#include <errno.h>
#include <stdlib.h>

/**
 * struct stratum - the records of one label set in the split at hand
 * @nr: of them; while drawing, that are left
 * @quota: that are kept; while drawing, that are still wanted
 * @remainder: what rounding down took off, times the split's records
 * @random: state of its own random numbers
 */
struct stratum {
	uint64_t nr;
	uint64_t quota;
	uint64_t remainder;
	uint64_t random;
};

struct drawing {
	const struct trfs_view_builder *b;
	const struct trfs_strata *strata;
	struct stratum *items;
	uint32_t *by_remainder;
};

static struct stratum *stratum_of(const struct drawing *d, uint32_t set)
{
	return &d->items[d->strata->of_set ? d->strata->of_set[set] : 0];
}

/* The largest remainder first; on a tie, the first stratum. */
static int compare_remainders(const void *a, const void *b, void *items)
{
	const struct stratum *strata = items;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (strata[x].remainder != strata[y].remainder)
		return strata[x].remainder > strata[y].remainder ? -1 : 1;
	return (x > y) - (x < y);
}

static void set_quotas(struct drawing *d, uint64_t nr_records, uint64_t wanted)
{
	uint64_t left = wanted;

	for (uint32_t s = 0; s < d->strata->nr; s++) {
		struct stratum *stratum = &d->items[s];

		/* Both below 2^32. */
		stratum->quota = stratum->nr * wanted / nr_records;
		stratum->remainder = stratum->nr * wanted % nr_records;
		left -= stratum->quota;
		d->by_remainder[s] = s;
	}
	qsort_r(d->by_remainder, d->strata->nr, sizeof(*d->by_remainder),
		compare_remainders, d->items);
	for (uint64_t i = 0; i < left; i++)
		d->items[d->by_remainder[i]].quota++;
}

static void count(struct drawing *d, const struct trfs_view_split *split,
		  const uint32_t *sets)
{
	for (uint32_t s = 0; s < d->strata->nr; s++)
		d->items[s] = (struct stratum){
			.random = trfs_random_hash(d->b->context->options->seed ^ s,
						   trfs_bytes_of("first")),
		};
	for (uint64_t i = 0; i < split->nr; i++)
		stratum_of(d, sets[i])->nr++;
}

static int draw(struct drawing *d, struct trfs_view_split *split, uint64_t wanted,
		struct trfs_error *err)
{
	uint32_t *records, *sets;
	uint64_t kept = 0;
	int rc;

	if (split->nr <= wanted)
		return 0;
	rc = trfs_view_split_sets(d->b, split, &sets, err);
	if (rc < 0)
		return rc;
	records = malloc((wanted + 1) * sizeof(*records));
	if (!records) {
		free(sets);
		return trfs_fail_memory(err, "the records of a view");
	}
	count(d, split, sets);
	set_quotas(d, split->nr, wanted);
	for (uint64_t i = 0; i < split->nr; i++) {
		struct stratum *s = stratum_of(d, sets[i]);

		/* Written always, kept if wanted; there is room for one too many. */
		records[kept] = (uint32_t)trfs_view_split_record(split, i);
		kept += trfs_view_draw(&s->random, &s->nr, &s->quota);
	}
	free(sets);
	trfs_view_split_set(split, records, kept);
	return 0;
}

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	(void)context;
	(void)i;
	return trfs_view_parse_number(text, UINT32_MAX, &step->numbers[0]) &&
	       step->numbers[0] > 0;
}

static int draw_all(struct trfs_view_builder *b, uint64_t wanted, struct trfs_error *err)
{
	const struct trfs_catalog *catalog = b->context->catalog;
	struct trfs_strata strata;
	struct drawing d = { .b = b, .strata = &strata };
	int rc = trfs_strata_build(catalog, b->context->options->stratify, 0, &strata,
				   err);

	if (rc < 0)
		return rc;
	d.items = calloc((size_t)strata.nr + 1, sizeof(*d.items));
	d.by_remainder = calloc((size_t)strata.nr + 1, sizeof(*d.by_remainder));
	if (!d.items || !d.by_remainder)
		rc = trfs_fail_memory(err, "the records of a view");
	for (uint32_t i = 0; rc == 0 && i < b->nr_splits; i++)
		rc = draw(&d, &b->splits[i], wanted, err);
	free(d.items);
	free(d.by_remainder);
	trfs_strata_done(&strata);
	return rc;
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	bool any_fills = false;

	for (uint32_t i = 0; i < b->nr_splits; i++)
		any_fills |= b->splits[i].nr >= step->numbers[0];
	if (!any_fills)
		return trfs_fail(err, -ENOENT, "it has fewer records");
	return draw_all(b, step->numbers[0], err);
}

const struct trfs_view_kind trfs_view_first = {
	.name = "first",
	.stage = TRFS_VIEW_STAGE_FIRST,
	.min_arguments = 1,
	.max_arguments = 1,
	.parse = parse,
	.apply = apply,
};
