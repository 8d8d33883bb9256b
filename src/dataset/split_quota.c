/* SPDX-License-Identifier: MIT */
/*
 * Largest remainders in integers.  A quota of n examples is n * part / total; its
 * remainder is kept as n * part % total, so that equal remainders are equal numbers.
 */
#include "dataset/split_quota.h"
#include "base/error.h"

#include <errno.h>
#include <stdlib.h>

/* Totals may be off by one in this many, or by one example. */
#define TOLERANCE_DIVISOR 200

/**
 * struct quotas - the table being filled
 * @counts: a row a stratum, a column a split
 * @assigned: sum of each column so far
 * @nr_so_far: examples of the rows so far
 */
struct quotas {
	const struct trfs_shares *shares;
	const uint64_t *sizes;
	uint32_t nr_strata;
	uint32_t *counts;
	uint64_t assigned[TRFS_SPLITS_MAX];
	uint64_t nr_so_far;
};

/* A rounding that can be turned; see collect_turns(). */
struct turn {
	int64_t cost;
	uint32_t stratum;
};

static uint64_t remainder_of(const struct quotas *q, uint64_t size, uint32_t split)
{
	return size * q->shares->parts[split] % q->shares->total;
}

static uint64_t floor_of(const struct quotas *q, uint64_t size, uint32_t split)
{
	return size * q->shares->parts[split] / q->shares->total;
}

/* How far a split is behind its share of the rows so far, in examples / total. */
static int64_t behind(const struct quotas *q, uint32_t split)
{
	return (int64_t)(q->nr_so_far * q->shares->parts[split]) -
	       (int64_t)(q->assigned[split] * q->shares->total);
}

/* The split to be rounded up next in a stratum; some split always can be. */
static uint32_t choose(const struct quotas *q, uint64_t size, const bool *rounded_up)
{
	uint32_t best = UINT32_MAX;

	for (uint32_t i = 0; i < q->shares->nr; i++) {
		uint64_t remainder = remainder_of(q, size, i), best_remainder;

		if (rounded_up[i] || remainder == 0)
			continue;
		best_remainder = best == UINT32_MAX ? 0 : remainder_of(q, size, best);
		if (remainder > best_remainder ||
		    (remainder == best_remainder && behind(q, i) > behind(q, best)))
			best = i;
	}
	return best;
}

static void fill_row(struct quotas *q, uint32_t stratum)
{
	uint64_t size = q->sizes[stratum], left = size;
	uint32_t *row = q->counts + (size_t)stratum * q->shares->nr;
	bool rounded_up[TRFS_SPLITS_MAX] = { false };

	for (uint32_t i = 0; i < q->shares->nr; i++) {
		row[i] = (uint32_t)floor_of(q, size, i);
		q->assigned[i] += row[i];
		left -= row[i];
	}
	q->nr_so_far += size;
	for (; left > 0; left--) {
		uint32_t split = choose(q, size, rounded_up);

		rounded_up[split] = true;
		row[split]++;
		q->assigned[split]++;
	}
}

/* Strata where one example can go from @over to @under by rounding the other way. */
static size_t collect_turns(const struct quotas *q, uint32_t over, uint32_t under,
			    struct turn *turns)
{
	size_t nr = 0;

	for (uint32_t s = 0; s < q->nr_strata; s++) {
		const uint32_t *row = q->counts + (size_t)s * q->shares->nr;
		uint64_t gives = remainder_of(q, q->sizes[s], over);
		uint64_t takes = remainder_of(q, q->sizes[s], under);

		if (row[over] > 1 && row[over] > floor_of(q, q->sizes[s], over) &&
		    takes > 0 && row[under] == floor_of(q, q->sizes[s], under))
			turns[nr++] = (struct turn){
				.cost = (int64_t)gives - (int64_t)takes,
				.stratum = s,
			};
	}
	return nr;
}

static int compare_turns(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	return (x->stratum > y->stratum) - (x->stratum < y->stratum);
}

static void turn_roundings(struct quotas *q, uint32_t over, uint32_t under,
			   uint64_t wanted, struct turn *turns)
{
	size_t nr = collect_turns(q, over, under, turns);

	qsort(turns, nr, sizeof(*turns), compare_turns);
	if (nr > wanted)
		nr = (size_t)wanted;
	for (size_t i = 0; i < nr; i++) {
		uint32_t *row = q->counts + (size_t)turns[i].stratum * q->shares->nr;

		row[over]--;
		row[under]++;
	}
	q->assigned[over] -= nr;
	q->assigned[under] += nr;
}

static uint64_t excess(uint64_t more, uint64_t less, uint64_t tolerance)
{
	return more > less + tolerance ? more - less - tolerance : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t greatest(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* How many examples have to go from @over to @under for both to be near @targets. */
static uint64_t nr_to_turn(const struct quotas *q, const uint32_t *targets, uint32_t over,
			   uint32_t under)
{
	uint64_t tolerance = greatest(1, q->nr_so_far / TOLERANCE_DIVISOR);
	uint64_t too_many = excess(q->assigned[over], targets[over], tolerance);
	uint64_t too_few = excess(targets[under], q->assigned[under], tolerance);

	if (q->assigned[under] == 0)
		too_few = greatest(too_few, 1);
	return least(greatest(too_many, too_few),
		     least(excess(q->assigned[over], targets[over], 0),
			   excess(targets[under], q->assigned[under], 0)));
}

static int correct_totals(struct quotas *q)
{
	uint32_t targets[TRFS_SPLITS_MAX];
	struct quotas whole = {
		.shares = q->shares,
		.sizes = &q->nr_so_far,
		.nr_strata = 1,
		.counts = targets,
	};
	struct turn *turns = NULL;

	fill_row(&whole, 0);
	for (uint32_t over = 0; over < q->shares->nr; over++) {
		for (uint32_t under = 0; under < q->shares->nr; under++) {
			uint64_t wanted = nr_to_turn(q, targets, over, under);

			if (wanted == 0)
				continue;
			if (!turns)
				turns = malloc(q->nr_strata * sizeof(*turns));
			if (!turns)
				return -ENOMEM;
			turn_roundings(q, over, under, wanted, turns);
		}
	}
	free(turns);
	return 0;
}

int trfs_quotas_fill(const struct trfs_shares *shares, const uint64_t *sizes,
		     uint32_t nr_strata, uint32_t *ret_counts, struct trfs_error *err)
{
	struct quotas q = {
		.shares = shares,
		.sizes = sizes,
		.nr_strata = nr_strata,
		.counts = ret_counts,
	};

	for (uint32_t s = 0; s < nr_strata; s++)
		fill_row(&q, s);
	if (correct_totals(&q) < 0)
		return trfs_fail_memory(err, "the quotas of the split");
	return 0;
}
