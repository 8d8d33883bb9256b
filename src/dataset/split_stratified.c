/* SPDX-License-Identifier: MIT */
/*
 * Splitting by shares, example by example.  Each stratum is put in the order of a keyed
 * hash of its paths and cut into one run a split.  An image's place in that order hangs
 * on its own name, so a new image shifts the few that stand next to a cut and no others.
 */
#include "base/error.h"
#include "base/random.h"
#include "dataset/split_quota.h"
#include "dataset/split_strata.h"
#include "dataset/split_ways.h"

#include <errno.h>
#include <stdlib.h>

struct place {
	uint64_t hash;
	uint32_t example;
};

/* All memory of one split, freed together. */
struct stratified {
	const struct trfs_catalog *catalog;
	struct trfs_strata strata;
	uint32_t *counts;     /* a row a stratum, a column a split */
	uint64_t *ends;	      /* of each stratum in places */
	struct place *places; /* stratum after stratum */
};

static int compare_places(const void *a, const void *b, void *catalog)
{
	const struct place *x = a, *y = b;
	struct trfs_name room_x, room_y;
	int order;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	order = trfs_bytes_compare(trfs_catalog_name(catalog, x->example, &room_x),
				   trfs_catalog_name(catalog, y->example, &room_y));
	if (order != 0)
		return order;
	return (x->example > y->example) - (x->example < y->example);
}

/* Gather the strata: afterwards ends[s] is one past the last place of stratum s. */
static void place_examples(struct stratified *s, uint64_t seed)
{
	uint64_t start = 0;

	for (uint32_t i = 0; i < s->strata.nr; i++) {
		s->ends[i] = start;
		start += s->strata.sizes[i];
	}
	for (uint64_t i = 0; i < s->catalog->nr_examples; i++) {
		struct trfs_name room;
		uint32_t stratum = trfs_strata_of_example(&s->strata, s->catalog, i);

		s->places[s->ends[stratum]++] = (struct place){
			.hash = trfs_random_hash(seed,
						 trfs_catalog_name(s->catalog, i, &room)),
			.example = (uint32_t)i,
		};
	}
}

static void cut_strata(struct stratified *s, uint32_t nr_splits, uint32_t *of_example)
{
	struct place *place = s->places;

	for (uint32_t i = 0; i < s->strata.nr; i++) {
		qsort_r(place, s->strata.sizes[i], sizeof(*place), compare_places,
			(void *)s->catalog);
		for (uint32_t split = 0; split < nr_splits; split++) {
			uint32_t count = s->counts[(size_t)i * nr_splits + split];

			for (; count > 0; count--)
				of_example[place++->example] = split;
		}
	}
}

static int allocate(struct stratified *s, uint32_t nr_splits)
{
	s->counts = calloc((size_t)s->strata.nr * nr_splits, sizeof(*s->counts));
	s->ends = malloc(s->strata.nr * sizeof(*s->ends));
	s->places = malloc((s->catalog->nr_examples + 1) * sizeof(*s->places));
	return s->counts && s->ends && s->places ? 0 : -ENOMEM;
}

int trfs_split_by_shares(const struct trfs_catalog *catalog,
			 const struct trfs_shares *shares, uint64_t seed, bool stratify,
			 uint32_t *of_example, struct trfs_error *err)
{
	struct stratified s = { .catalog = catalog };
	int rc;

	rc = trfs_strata_build(catalog, stratify, shares->nr, &s.strata, err);
	if (rc < 0)
		goto out;
	if (allocate(&s, shares->nr) < 0) {
		rc = trfs_fail_memory(err, "the order of the split");
		goto out;
	}
	rc = trfs_quotas_fill(shares, s.strata.sizes, s.strata.nr, s.counts, err);
	if (rc < 0)
		goto out;
	place_examples(&s, seed);
	cut_strata(&s, shares->nr, of_example);
out:
	free(s.places);
	free(s.ends);
	free(s.counts);
	trfs_strata_done(&s.strata);
	return rc;
}
