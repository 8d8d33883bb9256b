/* SPDX-License-Identifier: MIT */
/*
 * Label sets to strata.  "a|b" and "b|a" are two label sets to the catalog, which keeps
 * the order of the cell, and one to a split: sets are compared sorted.
 */
#include "dataset/split_strata.h"
#include "base/error.h"

#include <errno.h>
#include <stdlib.h>

/**
 * struct sorted_sets - every label set with its classes ascending
 * @classes: of all sets; those of set i begin where its bytes do in the catalog
 * @order: set numbers, equal sets being neighbours
 */
struct sorted_sets {
	const struct trfs_strings *sets;
	uint32_t *classes;
	uint32_t *order;
};

static void sorted_sets_done(struct sorted_sets *s)
{
	free(s->classes);
	free(s->order);
}

static const uint32_t *classes_of(const struct sorted_sets *s, uint32_t set,
				  size_t *ret_nr)
{
	uint64_t start = set ? s->sets->ends[set - 1] : 0;

	*ret_nr = (size_t)(s->sets->ends[set] - start) / sizeof(uint32_t);
	return s->classes + start / sizeof(uint32_t);
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int compare_sets(const struct sorted_sets *s, uint32_t a, uint32_t b)
{
	size_t nr_a, nr_b;
	const uint32_t *in_a = classes_of(s, a, &nr_a), *in_b = classes_of(s, b, &nr_b);

	for (size_t i = 0; i < nr_a && i < nr_b; i++) {
		if (in_a[i] != in_b[i])
			return in_a[i] < in_b[i] ? -1 : 1;
	}
	return (nr_a > nr_b) - (nr_a < nr_b);
}

static int compare_for_sort(const void *a, const void *b, void *sets)
{
	return compare_sets(sets, *(const uint32_t *)a, *(const uint32_t *)b);
}

static int sort_sets(const struct trfs_strings *sets, struct sorted_sets *s)
{
	size_t nr_bytes = (size_t)trfs_strings_nr_bytes(sets);
	uint32_t nr = (uint32_t)sets->nr;

	s->sets = sets;
	/* One more, since there may be no classes at all. */
	s->classes = malloc(nr_bytes + sizeof(*s->classes));
	s->order = malloc(nr * sizeof(*s->order));
	if (!s->classes || !s->order)
		return -ENOMEM;
	if (nr_bytes > 0)
		memcpy(s->classes, sets->bytes, nr_bytes);
	for (uint32_t set = 0; set < nr; set++) {
		size_t len;
		uint64_t start = set ? sets->ends[set - 1] : 0;

		classes_of(s, set, &len);
		qsort(s->classes + start / sizeof(*s->classes), len, sizeof(*s->classes),
		      compare_numbers);
		s->order[set] = set;
	}
	qsort_r(s->order, nr, sizeof(*s->order), compare_for_sort, s);
	return 0;
}

/* Give the run of equal sets that begins at @first one number; returns its end. */
static uint32_t number_run(struct trfs_strata *strata, const struct sorted_sets *s,
			   uint32_t first, const uint64_t *set_sizes, uint64_t min_size,
			   uint64_t *pool_size)
{
	uint32_t nr_sets = (uint32_t)s->sets->nr, end = first, number;
	uint64_t size = 0;

	while (end < nr_sets && compare_sets(s, s->order[first], s->order[end]) == 0)
		size += set_sizes[s->order[end++]];
	if (size < min_size) {
		*pool_size += size;
		number = UINT32_MAX;
	} else {
		number = strata->nr++;
		strata->sizes[number] = size;
	}
	for (uint32_t i = first; i < end; i++)
		strata->of_set[s->order[i]] = number;
	return end;
}

static void number_strata(struct trfs_strata *strata, const struct sorted_sets *s,
			  const uint64_t *set_sizes, uint64_t min_size)
{
	uint64_t pool_size = 0;

	for (uint32_t at = 0; at < s->sets->nr;)
		at = number_run(strata, s, at, set_sizes, min_size, &pool_size);
	if (pool_size == 0)
		return;
	for (uint32_t set = 0; set < s->sets->nr; set++) {
		if (strata->of_set[set] == UINT32_MAX)
			strata->of_set[set] = strata->nr;
	}
	strata->sizes[strata->nr++] = pool_size;
}

static int build(const struct trfs_catalog *catalog, uint64_t min_size,
		 struct trfs_strata *strata, struct sorted_sets *s, uint64_t **set_sizes)
{
	const struct trfs_strings *sets = &catalog->label_sets;
	int rc = sort_sets(sets, s);

	if (rc < 0)
		return rc;
	*set_sizes = calloc(sets->nr, sizeof(**set_sizes));
	strata->of_set = malloc(sets->nr * sizeof(*strata->of_set));
	strata->sizes = malloc((sets->nr + 1) * sizeof(*strata->sizes));
	if (!*set_sizes || !strata->of_set || !strata->sizes)
		return -ENOMEM;
	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		(*set_sizes)[trfs_catalog_label_set(catalog, i)]++;
	number_strata(strata, s, *set_sizes, min_size);
	return 0;
}

int trfs_strata_build(const struct trfs_catalog *catalog, bool stratify,
		      uint64_t min_size, struct trfs_strata *ret, struct trfs_error *err)
{
	struct trfs_strata strata = { .nr = 0 };
	struct sorted_sets s = { .sets = NULL };
	uint64_t *set_sizes = NULL;
	int rc = 0;

	if (!stratify || catalog->label_sets.nr < 2) {
		strata.sizes = malloc(sizeof(*strata.sizes));
		if (strata.sizes) {
			strata.nr = 1;
			strata.sizes[0] = catalog->nr_examples;
		} else {
			rc = -ENOMEM;
		}
	} else {
		rc = build(catalog, min_size, &strata, &s, &set_sizes);
	}
	free(set_sizes);
	sorted_sets_done(&s);
	if (rc < 0) {
		trfs_strata_done(&strata);
		return trfs_fail_memory(err, "the strata of the split");
	}
	*ret = strata;
	return 0;
}

void trfs_strata_done(struct trfs_strata *strata)
{
	free(strata->of_set);
	free(strata->sizes);
	*strata = (struct trfs_strata){ .nr = 0 };
}
