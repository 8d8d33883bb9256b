/* SPDX-License-Identifier: MIT */
/*
 * balanced: in what is trained on, every class as often as the most common one;
 * balanced/under: as the rarest one; balanced/POWER: in between, n being a class's
 * records and m those of the most common one, m * (n / m) ^ POWER of them, so that 1
 * changes nothing.  A record of several classes counts for its rarest.  Whole classes are
 * repeated and a part drawn with the seed, then all are mixed.
 */
#include "base/error.h"
#include "dataset/view_kind.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* A GiB of record numbers: a rare class beside a huge one could ask for any memory. */
#define RECORDS_MAX (UINT64_C(1) << 28)

/* The argument: a power in thousandths, or this. */
#define UNDER	    1001u
#define POWER_SCALE 1000u

/**
 * struct class - the records of one class in the split at hand
 * @nr: records that count for it
 * @target: that it is to have
 * @end: where its records end among those sorted by class
 * @last_set: while counting, the label set that last had it, from 1
 */
struct class
{
	uint64_t nr;
	uint64_t target;
	uint64_t end;
	uint32_t last_set;
};

/**
 * struct balance - of one split
 * @classes: by number; behind them one for records without a class
 * @sets: the label set of each record
 * @of_set: the class that each label set counts for
 * @sorted: records, class after class
 */
struct balance {
	struct trfs_view_builder *b;
	struct trfs_view_split *split;
	struct class *classes;
	uint32_t nr_classes;
	uint32_t *sets;
	uint32_t *of_set;
	uint32_t *sorted;
};

/* "0.25" in thousandths: at most three decimals, none of them a 0 at the end. */
static bool parse_power(struct trfs_bytes text, uint64_t *ret)
{
	uint64_t scale = POWER_SCALE;

	if (text.len == 1 && (text.data[0] == '0' || text.data[0] == '1')) {
		*ret = text.data[0] == '1' ? POWER_SCALE : 0;
		return true;
	}
	if (text.len < 3 || text.len > 5 || text.data[0] != '0' || text.data[1] != '.' ||
	    text.data[text.len - 1] == '0')
		return false;
	*ret = 0;
	for (size_t i = 2; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		scale /= 10;
		*ret += scale * (uint64_t)(text.data[i] - '0');
	}
	return true;
}

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	(void)context;
	(void)i;
	if (trfs_bytes_equal(text, trfs_bytes_of("over")))
		step->numbers[0] = 0;
	else if (trfs_bytes_equal(text, trfs_bytes_of("under")))
		step->numbers[0] = UNDER;
	else
		return parse_power(text, &step->numbers[0]);
	return true;
}

/* The rarest class of a label set, by @nr_records of each; on a tie the first. */
static uint32_t rarest(const struct balance *balance, struct trfs_bytes set,
		       const uint64_t *nr_records)
{
	uint32_t best = balance->nr_classes - 1;

	for (size_t k = 0; k < set.len / 4; k++) {
		uint32_t class = trfs_catalog_label(set.data, k);

		if (k == 0 || nr_records[class] < nr_records[best])
			best = class;
	}
	return best;
}

/* A class is in the set of an image with two such objects twice, and counted once. */
static void count_set(struct balance *balance, uint32_t number, uint64_t nr,
		      uint64_t *of_classes)
{
	struct trfs_bytes set =
		trfs_strings_get(&balance->b->context->catalog->label_sets, number);

	for (size_t k = 0; k < set.len / 4; k++) {
		uint32_t class = trfs_catalog_label(set.data, k);

		if (balance->classes[class].last_set != number + 1)
			of_classes[class] += nr;
		balance->classes[class].last_set = number + 1;
	}
}

/* Records of each label set, then of each class, then which class a set counts for. */
static int choose_classes(struct balance *balance, struct trfs_error *err)
{
	const struct trfs_strings *sets = &balance->b->context->catalog->label_sets;
	uint64_t *of_sets = calloc(sets->nr + 1, sizeof(*of_sets));
	uint64_t *of_classes = calloc(balance->nr_classes, sizeof(*of_classes));

	if (!of_sets || !of_classes) {
		free(of_sets);
		free(of_classes);
		return trfs_fail_memory(err, "the records of a view");
	}
	for (uint64_t i = 0; i < balance->split->nr; i++)
		of_sets[balance->sets[i]]++;
	for (uint64_t s = 0; s < sets->nr; s++)
		count_set(balance, (uint32_t)s, of_sets[s], of_classes);
	for (uint64_t s = 0; s < sets->nr; s++) {
		uint32_t class = rarest(balance, trfs_strings_get(sets, s), of_classes);

		balance->of_set[s] = class;
		balance->classes[class].nr += of_sets[s];
	}
	free(of_sets);
	free(of_classes);
	return 0;
}

/*
 * @x to the power of so many thousandths, below 1, from its binary digits: the root of
 * each one that is set.  Square roots and products are the same on every machine, which
 * nobody says of pow().
 */
static double power(double x, uint64_t thousandths)
{
	double result = 1;

	for (int digit = 0; digit < DBL_MANT_DIG; digit++) {
		x = sqrt(x);
		thousandths *= 2;
		if (thousandths >= POWER_SCALE) {
			thousandths -= POWER_SCALE;
			result *= x;
		}
	}
	return result;
}

static uint64_t target_of(uint64_t nr, uint64_t most, uint64_t least, uint64_t how)
{
	double share = (double)nr / (double)most;

	if (nr == 0)
		return 0;
	if (how == UNDER)
		return least;
	if (how == 0)
		return most;
	if (how == POWER_SCALE)
		return nr;
	/* At least one: nobody's class is lost. */
	share = round((double)most * power(share, how));
	return share < 1 ? 1 : (uint64_t)share;
}

static void set_targets(struct balance *balance, uint64_t how)
{
	uint64_t most = 0, least = UINT64_MAX, end = 0;

	for (uint32_t c = 0; c < balance->nr_classes; c++) {
		uint64_t nr = balance->classes[c].nr;

		most = nr > most ? nr : most;
		least = nr > 0 && nr < least ? nr : least;
	}
	for (uint32_t c = 0; c < balance->nr_classes; c++) {
		struct class *class = &balance->classes[c];

		class->target = target_of(class->nr, most, least, how);
		class->end = end; /* its start, until it is filled */
		end += class->nr;
	}
}

static void sort_records(struct balance *balance)
{
	for (uint64_t i = 0; i < balance->split->nr; i++) {
		struct class *class =
			&balance->classes[balance->of_set[balance->sets[i]]];

		balance->sorted[class->end++] =
			(uint32_t)trfs_view_split_record(balance->split, i);
	}
}

/* All of the class as often as it fits, and some once more. */
static uint64_t repeat(const struct balance *balance, uint32_t number, uint32_t *ret)
{
	const struct class *class = &balance->classes[number];
	const uint32_t *records = balance->sorted + class->end - class->nr;
	uint64_t random = trfs_random_hash(balance->b->context->options->seed ^ number,
					   trfs_bytes_of("balanced"));
	uint64_t left = class->nr, once_more, nr = 0;

	if (class->nr == 0)
		return 0;
	once_more = class->target % class->nr;
	for (uint64_t i = 0; i < class->nr; i++) {
		uint64_t times = class->target / class->nr +
				 trfs_view_draw(&random, &left, &once_more);

		for (; times > 0; times--)
			ret[nr++] = records[i];
	}
	return nr;
}

static int fill(struct balance *balance, struct trfs_error *err)
{
	uint64_t nr = 0, total = 0;
	uint32_t *records;

	for (uint32_t c = 0; c < balance->nr_classes; c++)
		total += balance->classes[c].target;
	if (total > RECORDS_MAX)
		return trfs_fail(err, -ENOENT, "it would have too many records");
	records = malloc((total + 1) * sizeof(*records));
	if (!records)
		return trfs_fail_memory(err, "the records of a view");
	for (uint32_t c = 0; c < balance->nr_classes; c++)
		nr += repeat(balance, c, records + nr);
	trfs_view_split_set(balance->split, records, nr);
	balance->split->permuted = true;
	balance->split->seed = balance->b->context->options->seed;
	balance->split->stream = trfs_random_hash(UINT64_MAX, trfs_bytes_of("balanced"));
	return 0;
}

static int balance_split(struct balance *balance, uint64_t how, struct trfs_error *err)
{
	const struct trfs_catalog *catalog = balance->b->context->catalog;
	int rc = 0;

	balance->nr_classes = (uint32_t)catalog->class_names.nr + 1;
	balance->classes = calloc(balance->nr_classes, sizeof(*balance->classes));
	balance->of_set = calloc(catalog->label_sets.nr + 1, sizeof(*balance->of_set));
	balance->sorted = malloc((balance->split->nr + 1) * sizeof(*balance->sorted));
	if (!balance->classes || !balance->of_set || !balance->sorted)
		rc = trfs_fail_memory(err, "the records of a view");
	if (rc == 0)
		rc = trfs_view_split_sets(balance->b, balance->split, &balance->sets,
					  err);
	if (rc == 0)
		rc = choose_classes(balance, err);
	if (rc == 0) {
		set_targets(balance, how);
		sort_records(balance);
		rc = fill(balance, err);
	}
	free(balance->classes);
	free(balance->of_set);
	free(balance->sets);
	free(balance->sorted);
	return rc;
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	int rc = 0;

	if (b->context->catalog->class_names.nr == 0)
		return trfs_fail(err, -ENOENT, "there are no classes");
	for (uint32_t i = 0; rc == 0 && i < b->nr_splits; i++) {
		struct balance balance = { .b = b, .split = &b->splits[i] };

		if (b->splits[i].training && b->splits[i].nr > 0)
			rc = balance_split(&balance, step->numbers[0], err);
	}
	return rc;
}

const struct trfs_view_kind trfs_view_balanced = {
	.name = "balanced",
	.stage = TRFS_VIEW_STAGE_BALANCE,
	.max_arguments = 1,
	.parse = parse,
	.apply = apply,
};
